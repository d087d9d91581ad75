from edgekit.doctor.probe import Program

TOOL = Program(
    "trtexec",
    "the engines of jetson targets; they are built on the Jetson",
    install="https://docs.nvidia.com/deeplearning/tensorrt/latest/installing-tensorrt/",
    arguments=("--help",),
)
