from edgekit.doctor.probe import Program

TOOL = Program(
    "arm-none-eabi-gcc",
    "Cortex-M targets; none in this release",
    install="apt-get install gcc-arm-none-eabi libnewlib-arm-none-eabi",
)
