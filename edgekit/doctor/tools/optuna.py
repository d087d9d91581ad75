from edgekit.doctor.probe import Package

TOOL = Package("optuna", "search")
