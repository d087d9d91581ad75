from edgekit.doctor.probe import Package

TOOL = Package("flatbuffers", "reading and writing .tflite models")
