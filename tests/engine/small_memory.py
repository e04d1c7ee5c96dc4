"""A training that really has too little memory: `python -m tests.engine.small_memory`.

The process may take so much more than it has once torch is loaded. It prints what happened.
"""

import json
import resource
from pathlib import Path

from explorer.engine.run.session import Session
from explorer.engine.run.train import Beat
from explorer.protocol.events import Failed
from tests.engine.making import block, planned

ROOM = 250_000_000  # bytes


def taken() -> int:
    """The process's address space."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    return pages * resource.getpagesize()


def main() -> None:
    wide = planned(
        block("conv2d", out_channels=128, kernel_size=3, padding=1),
        block("relu"),
        block("conv2d", out_channels=128, kernel_size=3, padding=1),
        block("flatten"),
        block("linear", out_features=10),
        batch=3_000,
    )
    events = []
    session = Session(wide, "cpu")
    run = session.begin(1, events.append)
    limit = taken() + ROOM
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    first = run.advance()
    (failed,) = [event for event in events if isinstance(event, Failed)]
    told = {"beats": [first.name], "message": failed.message, "step": run.step}
    told["cures"] = [cure.label for cure in failed.cures]
    while run.training.accumulate < 256 and first is Beat.FAULT:
        offered = next(event for event in reversed(events) if isinstance(event, Failed))
        session.accumulate(run, offered.cures[0].settings["accumulate"])
        first = run.advance()
        told["beats"].append(first.name)
    told["after"] = run.step
    told["accumulate"] = session.checkpoint_of(run).document.training.accumulate
    print(json.dumps(told))  # noqa: T201  what the test reads


if __name__ == "__main__":
    main()
