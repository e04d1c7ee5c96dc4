"""Reads the tensors of PyTorch's .pt files. They are pickles, which can run code; here nothing is
unpickled: the few instructions that tensors need are followed, all others stand for nothing.
"""

from __future__ import annotations

import math
import pickletools
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

MOST_BYTES = 64_000_000  # of the pickle, which holds names and shapes only
TYPES: Mapping[str, torch.dtype] = {
    "FloatStorage": torch.float32,
    "DoubleStorage": torch.float64,
    "HalfStorage": torch.float16,
    "BFloat16Storage": torch.bfloat16,
    "LongStorage": torch.int64,
    "IntStorage": torch.int32,
    "ShortStorage": torch.int16,
    "CharStorage": torch.int8,
    "ByteStorage": torch.uint8,
    "BoolStorage": torch.bool,
}
# Where people put the weights in a file that holds more.
WITHIN = ("state_dict", "model_state_dict", "model", "network", "net", "weights", "module")
FAULTS = (
    zipfile.BadZipFile,
    zlib.error,
    NotImplementedError,  # a way of packing that there is none for
    ArithmeticError,
    AttributeError,
    EOFError,
    IndexError,
    KeyError,
    RuntimeError,
    TypeError,
    ValueError,
)


class TorchFileError(Exception):
    """What is wrong with a .pt file, as part of a sentence."""


@dataclass(frozen=True, slots=True)
class _Name:
    """A class or function that the file names. It is never looked up."""

    module: str
    name: str


@dataclass(frozen=True, slots=True)
class _Foreign:
    """What would have been made by calling something that the file names."""

    of: str


@dataclass(frozen=True, slots=True)
class _Storage:
    numbers: Tensor  # (count,)


class _Mark:
    """Where a run of items on the stack begins."""


def read_state_dict(path: Path) -> dict[str, Tensor]:
    """The tensors by name of a file that `torch.save` wrote; raises TorchFileError, OSError."""
    try:
        with zipfile.ZipFile(path) as archive:
            found = _Machine(_Storages(archive)).run(_pickle_of(archive))
    except FAULTS as error:
        raise TorchFileError(f"it is damaged or cut short: {str(error)[:200]}") from error
    return _tensors(found)


def _tensors(found: object) -> dict[str, Tensor]:
    if isinstance(found, _Foreign):
        raise TorchFileError(
            f"it holds a Python object ({found.of}), whose code is not run. "
            "Save its weights in Python: torch.save(network.state_dict(), 'net.pt')"
        )
    if not isinstance(found, dict):
        raise TorchFileError("it holds no weights by name")
    inner = next((found[key] for key in WITHIN if _are_tensors(found.get(key))), None)
    whole = found if _are_tensors(found) else inner
    if whole is None:
        keys = ", ".join(str(key)[:40] for key in list(found)[:6]) or "nothing"
        raise TorchFileError(f"it holds no weights by name, but {keys}")
    return dict(whole)


def _are_tensors(found: object) -> bool:
    return (
        isinstance(found, dict)
        and bool(found)
        and all(isinstance(name, str) and isinstance(each, Tensor) for name, each in found.items())
    )


def _pickle_of(archive: zipfile.ZipFile) -> bytes:
    entries = [each for each in archive.infolist() if each.filename.endswith("/data.pkl")]
    if len(entries) != 1 or entries[0].file_size > MOST_BYTES:
        raise TorchFileError("it has no list of its tensors")
    return _stored(archive, entries[0])


def _stored(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """torch packs nothing; what is packed could become any size."""
    if entry.compress_type != zipfile.ZIP_STORED:
        raise TorchFileError("its entries are compressed, which torch does not do")
    return archive.read(entry)


class _Storages:
    """The numbers in the archive, each entry read once."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        (listed,) = [n for n in archive.namelist() if n.endswith("/data.pkl")] or [""]
        self._folder = listed.removesuffix("data.pkl")
        self._read: dict[tuple[str, torch.dtype], _Storage] = {}
        order = f"{self._folder}byteorder"
        if order in archive.namelist() and archive.read(order) != b"little":
            raise TorchFileError("its bytes are in the order of another kind of machine")

    def storage(self, kind: _Name, key: str) -> _Storage:
        """By the type's name and the entry's."""
        dtype = TYPES[kind.name]
        if (key, dtype) not in self._read:
            content = _stored(self._archive, self._archive.getinfo(f"{self._folder}data/{key}"))
            numbers = torch.empty(0, dtype=dtype)
            if content:
                numbers = torch.frombuffer(bytearray(content), dtype=dtype)
            self._read[key, dtype] = _Storage(numbers)
        return self._read[key, dtype]


class _Machine:
    """Follows a pickle's instructions on a stack of plain values and tensors."""

    def __init__(self, storages: _Storages) -> None:
        self._storages = storages
        self._stack: list[Any] = []
        self._memo: dict[int, Any] = {}

    def run(self, content: bytes) -> object:
        """What the pickle holds; raises one of FAULTS."""
        for code, argument, _ in pickletools.genops(content):
            if code.name in IGNORED:
                continue
            if code.name == "STOP":
                return self._stack.pop()
            act = ACTS.get(code.name)
            if act is None:
                raise TorchFileError(f"it asks for {code.name}, which no weights need")
            act(self, argument)
        raise TorchFileError("it has no end")

    def push(self, value: object) -> None:
        """One more on the stack."""
        self._stack.append(value)

    def pop(self) -> Any:
        """The last one."""
        return self._stack.pop()

    def since_mark(self) -> list[Any]:
        """All since the last mark, which goes too."""
        at = max(place for place, each in enumerate(self._stack) if isinstance(each, _Mark))
        found = self._stack[at + 1 :]
        del self._stack[at:]
        return found

    def tuple_of(self, count: int) -> None:
        """The last so many as one."""
        items = tuple(self._stack[-count:])
        del self._stack[-count:]
        self.push(items)

    def remember(self, place: int | None) -> None:
        """The last one, under a number."""
        self._memo[len(self._memo) if place is None else place] = self._stack[-1]

    def recall(self, place: int) -> None:
        """Again what stands under the number."""
        self.push(self._memo[place])

    def load_persistent(self, _: object) -> None:
        """The only thing that a torch file keeps outside its pickle: numbers."""
        kind, of_type, key, *_rest = self.pop()
        if kind != "storage" or not isinstance(of_type, _Name) or not isinstance(key, str):
            raise TorchFileError("it refers to something that is no tensor")
        self.push(self._storages.storage(of_type, key))

    def call(self, _: object) -> None:
        """What torch's own makers of tensors would have made; of others just their name."""
        arguments, maker = self.pop(), self.pop()
        known = MAKERS.get((maker.module, maker.name)) if isinstance(maker, _Name) else None
        self.push(known(*arguments) if known is not None else _Foreign(_shown(maker)))

    def set_items(self, pairs: list[Any]) -> None:
        """Into the mapping below them."""
        target = self._stack[-1]
        if isinstance(target, dict):
            target.update(zip(pairs[::2], pairs[1::2], strict=True))

    def extend(self, items: list[Any]) -> None:
        """Onto the list below them."""
        if isinstance(self._stack[-1], list):
            self._stack[-1].extend(items)

    def global_of(self, text: str) -> None:
        """A name, as one text of module and name."""
        module, _, name = text.partition(" ")
        self.push(_Name(module, name))

    def stack_global(self, _: object) -> None:
        """A name, from two texts."""
        name, module = self.pop(), self.pop()
        self.push(_Name(str(module), str(name)))


def _tensor(storage: _Storage, offset: int, size: Any, stride: Any, *_: object) -> Tensor:
    """A view of the numbers that stays within them. torch._utils._rebuild_tensor_v2"""
    numbers = storage.numbers
    last = offset + sum((length - 1) * step for length, step in zip(size, stride, strict=True))
    count = math.prod(size)
    if (
        min((offset, *size, *stride)) < 0
        or count > len(numbers)
        or (count and last >= len(numbers))
    ):
        raise TorchFileError(f"a tensor of {tuple(size)} has {len(numbers):,} numbers")
    return numbers.as_strided(size, stride, offset)


def _shown(maker: object) -> str:
    return f"{maker.module}.{maker.name}"[:80] if isinstance(maker, _Name) else "made by another"


MAKERS: Mapping[tuple[str, str], Callable[..., object]] = {
    ("torch._utils", "_rebuild_tensor_v2"): _tensor,
    ("torch._utils", "_rebuild_parameter"): lambda tensor, *_: tensor,
    ("collections", "OrderedDict"): lambda *_: {},
}
IGNORED = frozenset({"PROTO", "FRAME"})
ACTS: Mapping[str, Callable[[_Machine, Any], object]] = {
    "MARK": lambda m, _: m.push(_Mark()),
    "POP": lambda m, _: m.pop(),
    "NONE": lambda m, _: m.push(None),
    "NEWTRUE": lambda m, _: m.push(True),
    "NEWFALSE": lambda m, _: m.push(False),
    "EMPTY_DICT": lambda m, _: m.push({}),
    "EMPTY_LIST": lambda m, _: m.push([]),
    "EMPTY_SET": lambda m, _: m.push([]),
    "EMPTY_TUPLE": lambda m, _: m.push(()),
    "TUPLE": lambda m, _: m.push(tuple(m.since_mark())),
    "TUPLE1": lambda m, _: m.tuple_of(1),
    "TUPLE2": lambda m, _: m.tuple_of(2),
    "TUPLE3": lambda m, _: m.tuple_of(3),
    "SETITEM": lambda m, _: m.set_items([m.pop(), m.pop()][::-1]),
    "SETITEMS": lambda m, _: m.set_items(m.since_mark()),
    "APPEND": lambda m, _: m.extend([m.pop()]),
    "APPENDS": lambda m, _: m.extend(m.since_mark()),
    "ADDITEMS": lambda m, _: m.extend(m.since_mark()),
    "GLOBAL": _Machine.global_of,
    "STACK_GLOBAL": _Machine.stack_global,
    "BINPERSID": _Machine.load_persistent,
    "REDUCE": _Machine.call,
    "NEWOBJ": _Machine.call,
    "BUILD": lambda m, _: m.pop(),  # the state of an object, which nobody asks for
    **dict.fromkeys(("BINPUT", "LONG_BINPUT", "MEMOIZE"), _Machine.remember),
    **dict.fromkeys(("BINGET", "LONG_BINGET"), _Machine.recall),
    **dict.fromkeys(
        (
            *("BININT", "BININT1", "BININT2", "LONG1", "BINFLOAT"),
            *("BINUNICODE", "SHORT_BINUNICODE", "BINBYTES", "SHORT_BINBYTES"),
        ),
        _Machine.push,
    ),
}
