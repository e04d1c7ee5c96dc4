"""What a training really takes: `python -m tests.engine.measured_memory wide|deep`, in bytes."""

import json
import sys
from pathlib import Path

import torch

from explorer.engine.run.session import Session
from explorer.plan.memory import memory_of
from tests.engine.making import block, planned

WIDE = [block("flatten"), *(block("linear", out_features=2500) for _ in range(4))]
DEEP = [
    *(block("conv2d", out_channels=64, kernel_size=3, padding=1) for _ in range(6)),
    block("flatten"),
]
ROWS = {"wide": (WIDE, {}), "sgd": (WIDE, {"optimiser": "sgd"}), "deep": (DEEP, {"batch": 2000})}


def most() -> int:
    """The largest memory that the process has had. (What getrusage tells begins with that of the
    process that started this one, which may be larger.)
    """
    lines = Path("/proc/self/status").read_text(encoding="ascii", errors="replace").splitlines()
    (peak,) = (line.split()[1] for line in lines if line.startswith("VmHWM:"))
    return int(peak) * 1024


def main() -> None:
    torch.set_num_threads(1)
    Session(planned(block("flatten"), block("linear", out_features=10)), "cpu").train(steps=3)
    row, training = ROWS[sys.argv[1]]
    drawn = planned(*row, block("linear", out_features=10), **training)
    before = most()
    session = Session(drawn, "cpu")
    run = session.begin(1, lambda event: None)
    run.advance()
    run.good.keep(run.step)
    run.good.trail.begin(run.good._present, None)
    run.advance()
    found = memory_of(drawn)
    told = {"measured": most() - before, "told": found.total, "node": found.node}
    print(json.dumps(told))  # noqa: T201  what the test reads


if __name__ == "__main__":
    main()
