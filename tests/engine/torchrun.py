"""Several processes under torchrun, and alone beside them: what tests of teams are made of."""

import os
import subprocess
import sys
from pathlib import Path

from safetensors.torch import load_file

ROOT = Path(__file__).resolve().parents[2]


def launch(processes=2):
    """What comes before a script, or before `--module explorer`."""
    return ["-m", "torch.distributed.run", "--standalone", f"--nproc-per-node={processes}"]


def started(command, data, **more):
    """Run Python with this command to its end; the store is in the folder `data`."""
    environment = {**os.environ, "EXPLORER_DATA": str(data), "OMP_NUM_THREADS": "1", **more}
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )


def weights(folder):
    """Those that `train --out` has left."""
    return load_file(folder / "weights.safetensors")
