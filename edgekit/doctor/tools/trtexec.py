from edgekit.doctor.probe import Program

TOOL = Program(
    "trtexec",
    "TensorRT targets; none in this release",
    install="https://docs.nvidia.com/deeplearning/tensorrt/latest/installing-tensorrt/",
    arguments=("--help",),
)
