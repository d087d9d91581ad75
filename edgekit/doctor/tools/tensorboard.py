from edgekit.doctor.probe import Package

TOOL = Package("tensorboard", "logs of training")
