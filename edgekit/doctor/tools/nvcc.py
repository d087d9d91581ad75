from edgekit.doctor.probe import Program

TOOL = Program(
    "nvcc",
    "CUDA targets; none in this release",
    install="apt-get install nvidia-cuda-toolkit",
)
