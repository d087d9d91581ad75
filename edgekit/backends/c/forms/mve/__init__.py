"""Helium (MVE), Cortex-M55."""
