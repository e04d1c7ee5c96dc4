"""Amounts of memory and shares in words, alike in the whole program."""

from __future__ import annotations

UNITS = ("B", "kB", "MB", "GB", "TB")


def amount(size: int) -> str:
    """Bytes as file managers tell them, by powers of 1000: 1.5 MB."""
    shown, unit = float(size), 0
    while round(shown, 1) >= 1000 and unit < len(UNITS) - 1:
        shown, unit = shown / 1000, unit + 1
    return f"{shown:.1f} {UNITS[unit]}" if unit else f"{size} B"


def percent(share: float, digits: int = 1) -> str:
    """A share of one: 95.4 %."""
    return f"{100 * share:.{digits}f} %"


def times(count: int) -> str:
    """How often: once, 11 times."""
    return "once" if count == 1 else f"{count:,} times"


def at_step(step: int) -> str:
    """How far a network has been trained: "step 1,200"; before the first one "untrained"."""
    return f"step {step:,}" if step else "untrained"
