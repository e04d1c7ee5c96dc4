"""A block that is written in a user's own Python file, and what is known of such files.

Reading a document runs nothing: a block's file is run only after the user has said of this very
text (its sha256) that they trust it. Its shapes are those of a trial run in the engine; until then
the block says what is missing. What is known is kept for the whole program: it is a fact of the
text, the arguments and the shapes, and so the same for every document.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, Self

from pydantic import Field, field_validator

from explorer.graph.block import Block, Call, Shape, ShapeError
from explorer.graph.custom_file import LARGEST, Number, editor_of
from explorer.graph.form import Argument, Parameter

FAMILY = "custom."  # "custom.SHA256.Scale": the class Scale of the text with this sha256
PORTS = "abcdefgh"
LONGEST_STEM = 30


class Untried(ShapeError):
    """There was no trial run with these shapes yet."""


class NotTrusted(Untried):
    """The block's file may not run."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a trial run has shown."""

    shape: Shape
    weights: int
    macs: int


class Custom(Block):
    """The torch module of a user's file. The document names the file; its text is not in it."""

    title = "Custom block"
    summary = "A torch module from a Python file of your own. Its shapes come from a trial run."

    path: str = Field(max_length=4096)
    class_name: str = Field(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,60}$")
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    ports: int = Field(default=1, ge=1, le=8)
    arguments: str = Field(default="{}", max_length=4000)  # JSON: names and numbers

    @field_validator("arguments")
    @classmethod
    def _plain(cls, text: str) -> str:
        try:
            values = json.loads(text)
        except RecursionError:
            values = None
        if not isinstance(values, dict):
            raise ValueError("arguments should be a JSON object")
        for name, value in values.items():
            if not (name.isascii() and name.isidentifier()):
                raise ValueError(f"{name[:40]!r} is no parameter's name")
            if not isinstance(value, int | float) or not abs(value) <= LARGEST:
                raise ValueError(f"{name} should be a number")
        return json.dumps(values)

    @property
    def stem(self) -> str:  # type: ignore[override]  # each file's own
        """The class's name as a node's: res_unit of ResUnit."""
        return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", self.class_name).lower()[:LONGEST_STEM]

    @property
    def given(self) -> dict[str, Number]:
        """The parameters by name."""
        values: dict[str, Number] = json.loads(self.arguments)
        return values

    @property
    def inputs(self) -> tuple[str, ...]:
        """One, or as many as its forward takes."""
        return ("x",) if self.ports == 1 else tuple(PORTS[: self.ports])

    def form(self) -> tuple[Parameter, ...]:
        """Those of the file's class."""
        return tuple(editor_of(name, value) for name, value in self.given.items())

    def entries(self) -> dict[str, Argument]:
        """The file's parameters."""
        return dict(self.given)

    def changed(self, changes: Mapping[str, Argument]) -> Self:
        """With other values of the file's parameters, or of the block's own."""
        own = {name: value for name, value in changes.items() if name in type(self).model_fields}
        rest = {name: value for name, value in changes.items() if name not in own}
        own["arguments"] = own.get("arguments", json.dumps({**self.given, **rest}))
        fields: dict[str, Any] = {**self.values(), **own}
        return type(self)(**fields)

    def output_shape(self, *shapes: Shape) -> Shape:
        """As the trial run has shown."""
        return self._facts(shapes).shape

    def _facts(self, shapes: tuple[Shape, ...]) -> Facts:
        name = PurePath(self.path).name
        if text_of(self) is None:
            raise NotTrusted(f"needs {name} ({self.path}), which you have not trusted yet")
        found = _found.get((self, shapes))
        if found is None:
            given = ", ".join(str(shape) for shape in shapes)
            raise Untried(f"is being tried with {given}")
        if isinstance(found, str):
            raise ShapeError(found)
        return found

    def layer(self, *shapes: Shape) -> Call:
        """The file's class; the engine has its text."""
        ports = ", ".join(f"{{{port}}}" for port in self.inputs)
        forward = (f"{{layer}}({ports})",)
        name = f"{FAMILY}{self.sha256}.{self.class_name}"
        return Call(name, (), tuple(self.given.items()), forward)

    def weight_count(self, *shapes: Shape) -> int:
        """As counted in the trial run."""
        return self._facts(shapes).weights

    def macs(self, *shapes: Shape) -> int:
        """As counted in the trial run."""
        return self._facts(shapes).macs


_texts: dict[tuple[str, str], str] = {}  # of trusted files: path, sha256
_found: dict[tuple[Custom, tuple[Shape, ...]], Facts | str] = {}


def trust(path: str, sha256: str, text: str) -> None:
    """From now on this text may run. Called only for what the user has said to trust."""
    _texts[path, sha256] = text


def text_of(block: Custom) -> str | None:
    """The text of a trusted file."""
    return _texts.get((block.path, block.sha256))


def trusted_text(sha256: str) -> tuple[str, str] | None:
    """Path and text of a trusted file by its sha256."""
    return next(((path, text) for (path, sha), text in _texts.items() if sha == sha256), None)


def remember(block: Custom, shapes: tuple[Shape, ...], found: Facts | str) -> None:
    """Keep what a trial run has shown, or why it failed."""
    _found[block, shapes] = found


def untried(block: Custom, shapes: tuple[Shape, ...]) -> bool:
    """Whether a trial run would tell something new and may be made."""
    return text_of(block) is not None and (block, shapes) not in _found


def packed(used: Sequence[tuple[Custom, tuple[Shape, ...]]]) -> str:
    """What another process of this program needs to plan and build these blocks."""
    rows = []
    for block, shapes in used:
        found = _found.get((block, shapes))
        if isinstance(found, Facts):
            sizes = [(shape.kind, shape.dims) for shape in (*shapes, found.shape)]
            counts = [found.weights, found.macs]
            rows.append(
                {"block": block.values(), "shapes": sizes, "counts": counts, "text": text_of(block)}
            )
    return json.dumps(rows)


def unpack(text: str) -> None:
    """Trust and know what the process that started this one does."""
    for row in json.loads(text):
        block = Custom(**row["block"])
        *shapes, answer = [Shape(kind, tuple(dims)) for kind, dims in row["shapes"]]
        trust(block.path, block.sha256, row["text"])
        remember(block, tuple(shapes), Facts(answer, *row["counts"]))


def forget() -> None:
    """Trust nothing and know nothing: for tests."""
    _texts.clear()
    _found.clear()
