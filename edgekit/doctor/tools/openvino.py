from edgekit.doctor.probe import Package

TOOL = Package("openvino", "OpenVINO targets; none in this release")
