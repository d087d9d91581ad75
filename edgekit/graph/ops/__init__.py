"""One file per operator: its attributes and its shape rule. The file name is the operator's name."""
