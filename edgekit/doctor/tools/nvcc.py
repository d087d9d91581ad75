from edgekit.doctor.probe import Program

TOOL = Program(
    "nvcc",
    "compiling for the targets cuda and jetson-orin-nano-cuda",
    install="apt-get install nvidia-cuda-toolkit",
    fits=">=11.4",
)
