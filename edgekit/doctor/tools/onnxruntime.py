from edgekit.doctor.probe import Package

TOOL = Package("onnxruntime", "comparing exported networks with PyTorch")
