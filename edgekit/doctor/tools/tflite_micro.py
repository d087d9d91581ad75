from edgekit.doctor.probe import Package

TOOL = Package("tflite-micro", "verify --against tflite-micro")
