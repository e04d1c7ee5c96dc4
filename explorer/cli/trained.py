"""A trained network, as it is named: a run's number, the folder that train wrote, a checkpoint."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from explorer.cli.documents import read, trainable
from explorer.cli.failure import CommandError
from explorer.cli.recorded import is_number, newest
from explorer.graph.file_kinds import SAFETENSORS, STATE_DICT, header_of, kind_of, told
from explorer.plan.literals import prose
from explorer.plan.run_folder import CHECKPOINTS, DOCUMENT, WEIGHTS

if TYPE_CHECKING:  # torch takes seconds to load
    from explorer.engine.run.session import Session

HELP = "a folder that train wrote, a run's number, a checkpoint, or weights"


def trained(name: str, device: str | None = None) -> Session:
    """The network with its weights; raises CommandError, which says what is missing."""
    from explorer.engine.run.session import Session, session_of

    path = Path(name).expanduser()
    if not is_number(name):
        _check_place(path, name)
        weights, document = _files(path)
        if weights.is_file() and document.is_file():
            session = Session(trainable(read(document)), device)
            session.load(weights)
            return session
    found = newest(name)
    trainable(found.checkpoint.document)
    session = session_of(found.checkpoint, device=device)
    session.resume(found.checkpoint, 1, lambda event: None)
    return session


def _files(path: Path) -> tuple[Path, Path]:
    """Weights and their document: the run's, or of a file the one that it names or that is beside
    it. A checkpoint is its own document.
    """
    if path.is_dir():
        return path / WEIGHTS, path / DOCUMENT
    kind = kind_of(path)
    if kind == SAFETENSORS and header_of(path).get("document"):
        return path, path
    if kind not in (SAFETENSORS, STATE_DICT):
        raise CommandError(told(path.name, kind, "weights"))
    beside = [path.with_suffix(".json"), path.with_name(DOCUMENT)]
    found = next((each for each in beside if each.is_file()), None)
    if found is None:
        raise CommandError(
            f"{path.name} holds weights, but not their network: put its document beside them, as "
            f"{beside[0].name} or {DOCUMENT}."
        )
    return path, found


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
