from edgekit.doctor.probe import Package

TOOL = Package("torch", "train, and build from a recipe")
