"""The first sentence of an explanation, where there is room for one line only."""

from __future__ import annotations

import re


def one_line(summary: str) -> str:
    """What a block does, without its formula, conditions and source: up to the first stop."""
    return re.split(r"[.:;](?:\s|$)|, then ", summary, maxsplit=1)[0] + "."
