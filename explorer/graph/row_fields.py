"""Fields of a document's rows: each is what it should be, or a DocumentError says where not."""

from __future__ import annotations

from typing import Any

from explorer.graph import limits

Json = dict[str, Any]
LONGEST_TEXT = 500


class DocumentError(ValueError):
    """A text that is no document, with the place, what is wrong and the next step."""


def text_of(row: Json, key: str, where: str, default: str | None = None) -> str:
    value = row.get(key, default)
    if not isinstance(value, str):
        raise DocumentError(f'{where}: "{key}" should be text but is {short(value)}.')
    return value[:LONGEST_TEXT]


def number_of(row: Json, key: str, where: str) -> float:
    value = row.get(key, 0.0)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise DocumentError(f'{where}: "{key}" should be a number but is {short(value)}.')
    if not abs(value) <= limits.FARTHEST:  # NaN is not, nor is an integer of a thousand digits
        raise DocumentError(
            f'{where}: "{key}" is {short(value)}; a place lies within ±{limits.FARTHEST:g}.'
        )
    return float(value)


def object_of(row: object, where: str) -> Json:
    if not isinstance(row, dict):
        raise DocumentError(f"{where} should be an object but is {short(row)}.")
    return row


def short(value: object) -> str:
    shown = repr(value)
    return shown if len(shown) <= 60 else f"{shown[:57]}..."
