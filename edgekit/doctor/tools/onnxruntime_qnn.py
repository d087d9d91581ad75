from edgekit.doctor.probe import Package

TOOL = Package("onnxruntime-qnn", "the target hexagon")
