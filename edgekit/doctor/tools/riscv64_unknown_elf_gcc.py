from edgekit.doctor.probe import Program

TOOL = Program(
    "riscv64-unknown-elf-gcc",
    "RISC-V targets: sizes of the firmware",
    install="apt-get install gcc-riscv64-unknown-elf picolibc-riscv64-unknown-elf",
)
