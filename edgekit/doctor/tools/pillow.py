from edgekit.doctor.probe import Package

TOOL = Package("pillow", "data sets of images")
