"""What the DSP forms (Armv7E-M, Armv8-M with DSP) need at build time: packed weights, conditions of their tricks.

Every function returns None where a condition does not hold: the emitter then takes the portable kernel.
"""

CORES = ("cortex-m4", "cortex-m7", "cortex-m33")
