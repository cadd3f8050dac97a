"""Every pytest run, the notebooks' kernels included: a failed lab check is an error,
and BLAS has one thread.
"""

import os

from hypothesis import settings

# Kernels and subprocesses inherit the environment, so it is set before anything is
# imported.
os.environ["FBKIT_LAB_STRICT"] = "1"
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"
os.environ.setdefault("MPLBACKEND", "agg")
os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")

# A busy machine is no fault of the code.
settings.register_profile("course", deadline=None)
settings.load_profile("course")

# Generated student pages: their answers are blank, so strict checks would rightly fail.
collect_ignore_glob = ["book/labs/*", "_build/*"]
