from edgekit.doctor.probe import Program

TOOL = Program(
    "qemu-system-arm",
    "emulated Cortex-M boards; none in this release",
    install="apt-get install qemu-system-arm",
)
