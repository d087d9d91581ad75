"""Forms for the DSP extension (Armv7E-M, Armv8-M with DSP)."""
