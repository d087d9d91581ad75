"""Measurements: each module is run as `python -m benchmarks.NAME`, on one thread.

The libraries read the number of threads when they are loaded, and this package is imported before them.
"""

import os

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_name] = "1"
