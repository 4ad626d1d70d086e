"""Timings. The lab comes first, before NumPy: it asks for one BLAS thread, as in the window and the command line."""

import optlab  # noqa: F401
