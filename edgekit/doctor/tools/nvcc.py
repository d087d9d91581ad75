from edgekit.doctor.probe import Program

TOOL = Program(
    "nvcc",
    "compiling CUDA code; no target needs it",
    install="apt-get install nvidia-cuda-toolkit",
)
