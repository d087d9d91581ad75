from edgekit.doctor.probe import Package

TOOL = Package("numpy", "the simulator")
