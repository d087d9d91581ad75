from edgekit.doctor.probe import Package

TOOL = Package("ethos-u-vela", "Arm Ethos-U targets; none in this release")
