from edgekit.doctor.probe import Package

TOOL = Package("lightning-fabric", "train on one or several devices")
