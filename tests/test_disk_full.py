"""A disk that is really full: nothing is lost, and each writer says so."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CASES = ("store_of_runs", "new_store", "checkpoints", "weights_and_exports")
CASES += ("documents", "own_blocks")
# A mount in a name space of its own: nobody else sees it, and it goes with the process.
MOUNTED = 'mount -t tmpfs -o size=2m none "$1" && shift && exec "$@"'


def inside(disk: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run a command that alone sees a disk of 2 MB at `disk`."""
    own = ["unshare", "--map-root-user", "--mount", "sh", "-c", MOUNTED, "sh", str(disk)]
    return subprocess.run(
        [*own, *command],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parent.parent,
    )


@pytest.mark.slow
def test_a_disk_that_is_full(tmp_path):
    if shutil.which("unshare") is None or inside(tmp_path, "true").returncode:
        pytest.skip("no file system may be mounted here (unshare --map-root-user --mount)")
    done = inside(tmp_path, sys.executable, "-m", "tests.small_disk", str(tmp_path))
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.split() == [*CASES]
    assert not list(tmp_path.iterdir())
