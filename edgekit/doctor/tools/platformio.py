from edgekit.doctor.probe import Package

TOOL = Package("platformio", "edgekit flash: building for boards and flashing them")
