from edgekit.doctor.probe import Program

TOOL = Program(
    "nvidia-smi",
    "training on NVIDIA GPUs",
    install="apt-get install nvidia-driver nvidia-smi",
)
