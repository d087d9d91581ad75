from edgekit.doctor.probe import Program

TOOL = Program(
    "edgetpu_compiler",
    "compiling for the Coral Edge TPU",
    install="https://coral.ai/docs/edgetpu/compiler/#download",
)
