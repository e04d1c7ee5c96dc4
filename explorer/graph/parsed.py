"""From a file's text to a record of the present format, whose texts can be written again."""

from __future__ import annotations

import json

from explorer.graph import limits
from explorer.graph.row_fields import DocumentError, Json, short
from explorer.graph.texts import HALVES
from explorer.graph.written import FORMAT, VERSION


def parsed(text: str | bytes) -> Json:
    """The record; raises DocumentError."""
    if len(text) > limits.MOST_BYTES:
        raise DocumentError(
            f"The file has {len(text):,} bytes; a document has {limits.MOST_BYTES:,} at most "
            f"({limits.MOST_NODES:,} blocks). It was not opened."
        )
    try:
        if isinstance(text, bytes):  # as json does it
            text = text.decode(json.detect_encoding(text), "surrogatepass")
        record = _writable(json.loads(text), text)
    except RecursionError as error:
        raise DocumentError("The file is nested too deeply to be a document.") from error
    except UnicodeDecodeError as error:
        raise DocumentError(f"The file is not text: byte {error.start} is not UTF-8.") from error
    except json.JSONDecodeError as error:
        raise DocumentError(
            f"The file is damaged or cut short: line {error.lineno}, column {error.colno}: "
            f"{error.msg}. "
            "Look for an autosaved copy or an earlier version of it."
        ) from error
    except ValueError as error:  # an integer of thousands of digits
        raise DocumentError(f"The file holds a number that can't be read: {error}") from error
    if not isinstance(record, dict) or record.get("format") != FORMAT:
        raise DocumentError(
            f'The file is not a document of this program: it has no "format": "{FORMAT}".'
        )
    return _migrated(record)


def _writable(record: object, text: str) -> object:
    """Halves of characters can't be written: "?" stands for each, whether escaped or as such."""
    if HALVES.search(text) is None and "\\ud" not in text.lower():
        return record
    found: object = json.loads(json.dumps(record, ensure_ascii=False).encode("utf-8", "replace"))
    return found


def _migrated(record: Json) -> Json:
    version = record.get("version")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise DocumentError(
            f"The document's version is {short(version)}; it should be a number from 1."
        )
    if version > VERSION:
        raise DocumentError(
            f"The document was written by a newer program (format {short(version)}; this one reads "
            f"up to {VERSION}). Update the program to open it."
        )
    return record  # version 1 is the first: nothing to migrate yet
