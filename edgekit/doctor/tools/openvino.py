from edgekit.doctor.probe import Package

TOOL = Package("openvino", "the target openvino")
