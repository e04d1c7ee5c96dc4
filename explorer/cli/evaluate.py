"""`explorer evaluate`: loss and accuracy of a trained run on all test samples."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.cli import trusting
from explorer.cli.documents import DOCUMENT, WEIGHTS, read, trainable
from explorer.cli.recorded import is_number, newest
from explorer.plan.amounts import at_step, percent

if TYPE_CHECKING:
    from explorer.engine.session import Session


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What `evaluate` understands."""
    parser.add_argument("run", metavar="DIR|RUN", help="a folder that train wrote, a run's number")
    parser.add_argument("--device", help="cpu, cuda, mps or xpu; by default as there is")
    parser.add_argument("--json", action="store_true", help="print a line of JSON")
    trusting.add_argument(parser)


def run(options: argparse.Namespace) -> int:
    """Print both."""
    trusting.trust(options.trust)
    session = _session(options.run, options.device)
    loss, accuracy = session.evaluate()
    if options.json:
        print(json.dumps({"step": session.step, "test_loss": loss, "test_accuracy": accuracy}))
    else:
        print(at_step(session.step))
        print(f"test loss {loss:.4f}")
        print(f"test accuracy {percent(accuracy, 2)}")
    return 0


def _session(name: str, device: str | None) -> Session:
    from explorer.engine.session import Session, session_of

    folder = Path(name).expanduser()
    if not is_number(name) and (folder / WEIGHTS).is_file():
        session = Session(trainable(read(folder / DOCUMENT)), device)
        session.load(folder / WEIGHTS)
        return session
    found = newest(name)
    trainable(found.checkpoint.document)
    session = session_of(found.checkpoint, device=device)
    session.resume(found.checkpoint, 1, lambda event: None)
    return session
