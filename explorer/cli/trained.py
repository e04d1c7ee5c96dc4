"""A trained network, as it is named: a run's number, the folder that train wrote, a checkpoint."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from explorer.cli.documents import DOCUMENT, WEIGHTS, read, trainable
from explorer.cli.failure import CommandError
from explorer.cli.recorded import CHECKPOINTS, is_number, newest
from explorer.plan.literals import prose

if TYPE_CHECKING:  # torch takes seconds to load
    from explorer.engine.session import Session

HELP = "a folder that train wrote, a run's number, or a checkpoint"


def trained(name: str, device: str | None = None) -> Session:
    """The network with its weights; raises CommandError, which says what is missing."""
    from explorer.engine.session import Session, session_of

    folder = Path(name).expanduser()
    if not is_number(name):
        _check_place(folder, name)
        if (folder / WEIGHTS).is_file() and (folder / DOCUMENT).is_file():
            session = Session(trainable(read(folder / DOCUMENT)), device)
            session.load(folder / WEIGHTS)
            return session
    found = newest(name)
    trainable(found.checkpoint.document)
    session = session_of(found.checkpoint, device=device)
    session.resume(found.checkpoint, 1, lambda event: None)
    return session


def _check_place(folder: Path, name: str) -> None:
    shown = prose(name, 200)
    if not folder.exists():
        raise CommandError(
            f"There is no folder {shown}. Give the one that train wrote, or a run's number."
        )
    if not folder.is_dir() or any(folder.glob("step-*")) or (folder / CHECKPOINTS).is_dir():
        return
    missing = [each for each in (DOCUMENT, WEIGHTS) if not (folder / each).is_file()]
    if missing:
        raise CommandError(
            f"{shown} holds no trained run: there is no {' and no '.join(missing)} in it, and no "
            f"{CHECKPOINTS} either. Give the folder that `explorer train --out` wrote, or a "
            "run's number (`explorer runs` lists them)."
        )
