from edgekit.doctor.probe import Package

TOOL = Package("safetensors", "checkpoints")
