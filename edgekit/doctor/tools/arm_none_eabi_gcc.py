from edgekit.doctor.probe import Program

TOOL = Program(
    "arm-none-eabi-gcc",
    "compiling generated C for Cortex-M",
    install="apt-get install gcc-arm-none-eabi libnewlib-arm-none-eabi",
)
