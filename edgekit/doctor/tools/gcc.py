from edgekit.doctor.probe import Program

TOOL = Program(
    "gcc",
    "compiling generated C for this host",
    install="apt-get install gcc",
)
