"""Where the bundled files are: one call for a checkout, an installed wheel and a frozen program."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path


def path(*parts: str) -> Path:
    """The bundled file or folder resources/<parts>; FileNotFoundError names what is missing."""
    found = root().joinpath(*parts)
    if not found.exists():
        raise FileNotFoundError(
            f"The bundled file {'/'.join(parts)} is missing from {root()}. "
            "Install the program again."
        )
    return found


@cache
def root() -> Path:
    """The folder of bundled files."""
    for folder in _candidates():
        if folder.is_dir():
            return folder
    places = ", ".join(str(folder) for folder in _candidates())
    raise FileNotFoundError(
        f"The bundled files are missing (looked in {places}). Install the program again."
    )


def _candidates() -> list[Path]:
    package = Path(__file__).resolve().parent
    frozen = getattr(sys, "_MEIPASS", None)  # set by PyInstaller, unknown to type checkers
    unpacked = (
        [Path(frozen) / "explorer" / "_resources", Path(frozen) / "resources"] if frozen else []
    )
    return [*unpacked, package / "_resources", package.parent / "resources"]
