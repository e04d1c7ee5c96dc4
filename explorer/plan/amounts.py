"""Amounts of memory in words, in one unit for the whole program."""

from __future__ import annotations

UNITS = ("B", "kB", "MB", "GB", "TB")


def amount(size: int) -> str:
    """Bytes as file managers tell them, by powers of 1000: 1.5 MB."""
    shown, unit = float(size), 0
    while round(shown, 1) >= 1000 and unit < len(UNITS) - 1:
        shown, unit = shown / 1000, unit + 1
    return f"{shown:.1f} {UNITS[unit]}" if unit else f"{size} B"
