from edgekit.doctor.probe import Package

TOOL = Package("pyserial", "talking to boards and to emulated ones")
