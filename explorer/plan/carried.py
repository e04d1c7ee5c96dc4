"""The texts of layers that torch lacks, as one file can hold them all: no name stands for two."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePath

from explorer.graph import custom
from explorer.plan.helpers import NAMES
from explorer.plan.literals import prose
from explorer.plan.own_layers import layer_text, own_name
from explorer.plan.renaming import bound, renamed
from explorer.plan.usage import file_names

# What the exported file has itself; empty: its own.
OF_THE_FILE = {
    "struct": "struct",
    "sys": "sys",
    "zlib": "zlib",
    "torch": "torch",
    "nn": "torch.nn",
    "F": "torch.nn.functional",
    "Path": "pathlib.Path",
    "load_file": "safetensors.torch.load_file",
    **dict.fromkeys((*file_names(), *NAMES), ""),
}
COMMENT = 86


@dataclass(frozen=True, slots=True)
class Carried:
    """The texts in order, the class of each layer, and every name that they bind."""

    texts: tuple[str, ...]
    classes: dict[str, str]
    names: frozenset[str]


def carried(layers: Iterable[str]) -> Carried:
    """Of those that torch lacks, each once. What two files call the same gets a number in the
    second one; what both import is the same.
    """
    texts, classes, known = [], {}, dict(OF_THE_FILE)
    for layer in dict.fromkeys(layers):
        name = own_name(layer)
        if not name:
            continue
        text = layer_text(layer)
        own = bound(text)
        clash = [each for each, what in own.items() if _differs(what, known.get(each))]
        others: dict[str, str] = {}
        for each in clash:
            others[each] = _free(each, {*known, *own, *others.values()})
        if others:
            text = f"{_comment(layer, others)}\n{renamed(text, others)}"
        texts.append(text)
        known |= {others.get(each, each): what for each, what in own.items()}
        classes[layer] = others.get(name, name)
    return Carried(tuple(texts), classes, frozenset(known) - OF_THE_FILE.keys())


def _differs(what: str, before: str | None) -> bool:
    return before is not None and (not what or what != before)


def _free(name: str, taken: set[str]) -> str:
    number, stem = 2, f"{name}{'_' * name[-1].isdigit()}"
    while f"{stem}{number}" in taken:
        number += 1
    return f"{stem}{number}"


def _comment(layer: str, others: dict[str, str]) -> str:
    known = custom.trusted_text(layer.split(".")[1]) if layer.startswith(custom.FAMILY) else None
    file = prose(PurePath(known[0]).name) if known is not None else own_name(layer)
    told = ", ".join(f"{new} for {old}" for old, new in others.items())
    return textwrap.fill(
        f"From {file}, with other names where they were taken: {told}.",
        COMMENT,
        initial_indent="# ",
        subsequent_indent="# ",
    )
