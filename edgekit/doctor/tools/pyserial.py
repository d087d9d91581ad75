from edgekit.doctor.probe import Package

TOOL = Package("pyserial", "talking to a board at a serial port")
