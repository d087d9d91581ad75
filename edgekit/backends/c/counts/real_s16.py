"""Between int16 and float32."""

from edgekit.backends.c.counts.quantize import features as features
