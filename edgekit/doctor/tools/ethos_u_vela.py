from edgekit.doctor.probe import Package

TOOL = Package("ethos-u-vela", "the targets ethos-u55-128 and the like")
