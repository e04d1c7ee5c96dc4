"""Texts of people's and strangers': as titles, in pictures and pages, as names of files."""

from __future__ import annotations

import re
from collections.abc import Sequence

# What no XML may hold, not even escaped; tabs and line ends are allowed.
UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
# Halves of characters, which no file can hold.
HALVES = re.compile("[\ud800-\udfff]")
SEPARATORS = re.compile(r'[<>:"/\\|?*]+')
# Windows takes these for devices, whatever their ending.
DEVICES = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d)(?=\.|$)", re.IGNORECASE)
LONGEST_STEM = 100  # bytes: a name has 255, and gets an ending and numbers


def printable(text: str) -> str:
    """The text without what no browser can show: well-formed wherever it is escaped."""
    return UNPRINTABLE.sub("\ufffd", text)


def plain(text: str, longest: int) -> str:
    """The text as a document holds it, of so many characters at most: lines stay, what no file can
    hold is "?", other signs of control are left out.
    """
    text = HALVES.sub("?", text)
    return UNPRINTABLE.sub("", text)[:longest]


def plain_line(text: str, longest: int) -> str:
    """The same of a single line."""
    return plain(re.sub(r"[\t\r\n\x85\u2028\u2029]", " ", text), longest)


def file_stem(title: str, otherwise: str = "Untitled") -> str:
    """A name for a file from a title: no folders, nothing hidden, nothing that a system refuses."""
    shown = "".join(sign if sign.isprintable() else " " for sign in title)
    words = " ".join(SEPARATORS.sub("-", shown).split())
    stem = words.encode("utf-8", "ignore")[:LONGEST_STEM].decode("utf-8", "ignore").strip(" .-~")
    return DEVICES.sub(r"\1_", stem) or otherwise


def listed(names: Sequence[str], most: int = 4) -> str:
    """ "a, b and c", of many the first."""
    shown, rest = list(names[:most]), len(names) - most
    if rest > 0:
        shown.append(f"{rest} more")
    return " and ".join(filter(None, (", ".join(shown[:-1]), *shown[-1:])))
