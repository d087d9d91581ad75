from edgekit.doctor.probe import Package

TOOL = Package("platformio", "firmware for boards; none in this release")
