from edgekit.doctor.probe import Program

TOOL = Program(
    "qemu-system-arm",
    "running Cortex-M firmware on emulated boards",
    install="apt-get install qemu-system-arm",
)
