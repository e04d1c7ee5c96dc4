"""Asks where to save: with the ending that the file will have, and what would be replaced."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from explorer.graph.texts import listed

Endings = Mapping[str, str]  # ".json": "Documents"; the first where none is typed or chosen
Final = Callable[[Path], Sequence[Path]]


def _itself(path: Path) -> Sequence[Path]:
    return (path,)


def ask_place(
    parent: QWidget, title: str, proposed: str, endings: Endings, final: Final = _itself
) -> Path | None:
    """The chosen file with its ending; `final` names all files that are written for it. None where
    the user gave up, or would not replace what is there.
    """
    refused: set[Path] = set()
    kinds = ";;".join(f"{words} (*{ending})" for ending, words in endings.items())
    while True:
        chosen, kind = QFileDialog.getSaveFileName(parent, title, proposed, kinds)
        if not chosen:
            return None
        path = with_ending(Path(chosen), endings, kind)
        if path in refused:
            return None
        # Qt has asked about the name as typed, but not with its ending, nor about files beside it.
        if may_replace(parent, [each for each in final(path) if each != Path(chosen)]):
            return path
        refused.add(path)
        proposed = str(path)


def with_ending(path: Path, endings: Endings, kind: str = "") -> Path:
    """ "net v1.2" gets an ending, "net.json" has one; `kind` is the dialog's chosen filter. Where
    there are several, one that looks like yet another stays, to be refused by who writes it.
    """
    suffix = path.suffix.lower()
    if suffix in endings or (len(endings) > 1 and re.fullmatch(r"\.[a-z]{2,4}", suffix)):
        return path
    fitting = [ending for ending in endings if f"*{ending})" in kind]
    return path.with_name(path.name + (fitting or list(endings))[0])


def may_replace(parent: QWidget, paths: Sequence[Path]) -> bool:
    """Whether none of these is there, or the user has said that they may go."""
    there = [path for path in paths if path.exists()]
    if not there:
        return True
    names = listed([path.name for path in there]).replace("<", "_")  # not to be read as HTML
    question = (
        f"{names} is there already, in {there[0].parent}. Replace it?"
        if len(there) == 1
        else f"{names} are there already, in {there[0].parent}. Replace them?"
    )
    answer = QMessageBox.question(
        parent,
        "Replace?",
        question,
        QMessageBox.StandardButton.Yes | QMessageBox.StandardButton.No,
        QMessageBox.StandardButton.No,
    )
    return answer == QMessageBox.StandardButton.Yes
