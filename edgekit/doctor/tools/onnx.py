from edgekit.doctor.probe import Package

TOOL = Package("onnx", "reading .onnx models")
