"""Emitters of operators between int16 activations, one file each as in `emit/`."""
