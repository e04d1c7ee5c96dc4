"""Ways in which a file can be damaged: by a disk, by an editor, by somebody who means harm."""

import json
import random
from collections.abc import Callable
from typing import Any

ODD: tuple[Any, ...] = (
    None,
    True,
    -1,
    0,
    2**31,
    2**63,
    -(10**400),
    1e308,
    float("inf"),
    float("nan"),
    "",
    "\x00",
    "x" * 5_000,
    "../../etc/passwd",
    "\ud800",
    "ﷺ",
    [],
    {},
    [[[[[]]]]],
    {"a": {"b": []}},
)
LETTERS = '{}[],:"0123456789.eE-+nulltruefalse \n\t\\\x00é()=@%;#'


def damaged(content: bytes, draw: random.Random, head: int = 12_000) -> bytes:
    """Cut short, bytes changed, a piece left out or put in twice; half of it within `head` bytes,
    where most of what has a meaning is.
    """
    if not content:
        return draw.randbytes(4)
    at = draw.randrange(min(len(content), draw.choice([head, len(content)])))
    return draw.choice(KINDS)(content, at, draw)


def _cut(content: bytes, at: int, draw: random.Random) -> bytes:
    return content[:at]


def _changed(content: bytes, at: int, draw: random.Random) -> bytes:
    return content[:at] + draw.randbytes(draw.randrange(1, 9)) + content[at + 4 :]


def _flipped(content: bytes, at: int, draw: random.Random) -> bytes:
    return content[:at] + bytes([content[at] ^ 1 << draw.randrange(8)]) + content[at + 1 :]


def _without(content: bytes, at: int, draw: random.Random) -> bytes:
    return content[:at] + content[at + draw.randrange(1, 400) :]


def _twice(content: bytes, at: int, draw: random.Random) -> bytes:
    return content[:at] + content[max(0, at - 200) :]


def _letters(content: bytes, at: int, draw: random.Random) -> bytes:
    for _ in range(draw.randrange(1, 5)):
        letter = draw.choice(LETTERS).encode()
        content = content[:at] + letter + content[at + 1 :]
        at = draw.randrange(len(content))
    return content


def _empty_blocks(content: bytes, at: int, draw: random.Random) -> bytes:
    """As after a power cut: a part of the file was never written."""
    length = draw.choice([16, 512, 4096])
    return content[:at] + b"\0" * len(content[at : at + length]) + content[at + length :]


KINDS: tuple[Callable[[bytes, int, random.Random], bytes], ...] = (
    _cut,
    _changed,
    _flipped,
    _without,
    _twice,
    _letters,
    _empty_blocks,
)


def odd_json(text: str | bytes, draw: random.Random) -> bytes:
    """Well-formed JSON in which values are not what they should be."""
    record = json.loads(text)
    for _ in range(draw.randrange(1, 4)):
        places = list(_places(record))
        if not places:
            break
        home, key = draw.choice(places)
        deed = draw.randrange(4)
        if deed == 0:
            del home[key]
        elif deed == 1:
            _, other = places[draw.randrange(len(places))]
            home[key] = draw.choice([other, *ODD])
        elif deed == 2 and isinstance(home, dict):
            home[str(draw.choice(ODD))[:200]] = home[key]
        else:
            home[key] = draw.choice(ODD)
    return json.dumps(record).encode()


def _places(value: Any) -> list[tuple[Any, Any]]:
    """Every container with each of its keys, however deep."""
    found: list[tuple[Any, Any]] = []
    waiting = [value]
    while waiting:
        home = waiting.pop()
        keys = list(home) if isinstance(home, dict) else range(len(home))
        for key in keys:
            found.append((home, key))
            if isinstance(home[key], dict | list):
                waiting.append(home[key])
    return found
