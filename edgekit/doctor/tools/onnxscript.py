from edgekit.doctor.probe import Package

TOOL = Package("onnxscript", "exporting networks from PyTorch to ONNX")
