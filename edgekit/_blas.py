"""A hint to NumPy's OpenBLAS, given before NumPy is loaded.

OpenBLAS 0.3.31 takes AMD processors that it does not know, Zen 5 among them, for Haswell and leaves AVX-512 unused;
its SkylakeX kernels are twice as fast there (measured: 42 against 85 billion multiply-accumulates a second on one core,
products of 144 x 16 weights). Results do not change: the simulator's products are exact in any order. Setting
OPENBLAS_CORETYPE yourself takes precedence.
"""

from __future__ import annotations

import os
import sys

NEEDED = {"avx512f", "avx512cd", "avx512bw", "avx512dq", "avx512vl"}  # what the SkylakeX kernels use


def hint() -> None:
    """Set OPENBLAS_CORETYPE on AMD processors with AVX-512, on Linux, unless it is set or NumPy is loaded already."""
    if "OPENBLAS_CORETYPE" in os.environ or "numpy" in sys.modules or not sys.platform.startswith("linux"):
        return
    try:
        with open("/proc/cpuinfo") as file:
            text = file.read(1 << 13).partition("\n\n")[0]  # the first core says it for all
    except OSError:
        return
    fields = {key.strip(): value for key, _, value in (line.partition(":") for line in text.splitlines())}
    if "AuthenticAMD" in fields.get("vendor_id", "") and set(fields.get("flags", "").split()) >= NEEDED:
        os.environ["OPENBLAS_CORETYPE"] = "SkylakeX"
