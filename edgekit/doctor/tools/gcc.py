from edgekit.doctor.probe import Program

TOOL = Program(
    "gcc",
    "generated C on the host; none in this release",
    install="apt-get install gcc",
)
