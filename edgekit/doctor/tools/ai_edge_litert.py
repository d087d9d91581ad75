from edgekit.doctor.probe import Package

TOOL = Package("ai-edge-litert", "verify --against litert-reference")
