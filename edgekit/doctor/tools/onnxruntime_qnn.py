from edgekit.doctor.probe import Package

TOOL = Package("onnxruntime-qnn", "Qualcomm Hexagon targets; none in this release")
