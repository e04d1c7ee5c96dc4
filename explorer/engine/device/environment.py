"""What torch and the C library are told once, before anything imports torch. Imports no torch."""

import os
from contextlib import suppress

from explorer.engine.device.memory import keep_memory
from explorer.records.folder import cache_folder

SETTINGS = {
    # OpenMP's idle threads sleep: busy-waiting ones starve as soon as anything else wants a core.
    "OMP_WAIT_POLICY": "PASSIVE",
    # But not at once: waking takes longer than most waits between two operations. On two quiet
    # cores a few microseconds of spinning gave a sixth more steps, on busy ones as many as none.
    "GOMP_SPINCOUNT": "1000",
    "KMP_BLOCKTIME": "0",  # the same for the OpenMP of LLVM and Intel
    "CUBLAS_WORKSPACE_CONFIG": ":4096:8",  # the same sums in the same order on CUDA
    "PYTORCH_ENABLE_MPS_FALLBACK": "1",  # what Apple's GPU can't do is done by the CPU
}


def prepare_environment() -> None:
    """Set what the user has not set; call it before anything imports torch."""
    for name, value in SETTINGS.items():
        os.environ.setdefault(name, value)
    with suppress(RuntimeError):  # nobody's home: torch finds a place by itself
        # By default it is in the folder for temporary files, under a name that others can take.
        os.environ.setdefault("TORCHINDUCTOR_CACHE_DIR", str(cache_folder() / "torch"))
    keep_memory()
