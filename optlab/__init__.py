"""OptLab: see how optimizers and learning-rate schedules behave, and where the gradient of a deep network dies."""

import os

# One BLAS thread, set before NumPy loads: beside a painting window two threads made a 128x129x128 product 150 times
# slower (15.8 ms against 0.10 ms). A user's own setting wins.
for _name in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"):
    os.environ.setdefault(_name, "1")

__version__ = "0.1.0"
