"""Reads the compressed arrays of resources/datasets, and refuses files other than those shipped."""

from __future__ import annotations

import hashlib
import json
import lzma
import math
from pathlib import Path
from typing import TYPE_CHECKING

from explorer import resources
from explorer.datasets.dataset import Arrays, DatasetError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

AGAIN = "Install the program again, or make the file anew with packaging/datasets/convert.py."
MOST_BYTES = 500_000_000  # of an unpacked file
UNSIGNED_BYTES = b"\0\0\x08"  # how an idx file of uint8 begins; the number of axes follows


def arrays(dataset_id: str) -> Arrays:
    """The four stored parts of a dataset of pictures."""
    return Arrays(
        train_inputs=pictures(stored_content(dataset_id, "train-images.idx.xz")),
        train_labels=labels(stored_content(dataset_id, "train-labels.idx.xz")),
        test_inputs=pictures(stored_content(dataset_id, "test-images.idx.xz")),
        test_labels=labels(stored_content(dataset_id, "test-labels.idx.xz")),
    )


def stored_content(dataset_id: str, name: str) -> bytes:
    """The decompressed content of one stored file, checked against the recorded sha256."""
    label = f"{dataset_id}/{name}"
    packed = _bytes(label)
    expected = _recorded_sha256(dataset_id, name)
    actual = hashlib.sha256(packed).hexdigest()
    if actual != expected:
        raise DatasetError(
            f"The file datasets/{label} is damaged: its sha256 begins with {actual[:12]}, "
            f"expected was {expected[:12]}. {AGAIN}"
        )
    return _unpacked(packed, label)


def _unpacked(packed: bytes, label: str) -> bytes:
    unpacking = lzma.LZMADecompressor(memlimit=MOST_BYTES)
    try:
        content = unpacking.decompress(packed, MOST_BYTES)
    except lzma.LZMAError as error:
        raise DatasetError(f"The file datasets/{label} is damaged: {error}. {AGAIN}") from error
    if not unpacking.eof:
        raise DatasetError(f"The file datasets/{label} is cut short, or far too large. {AGAIN}")
    return content


def pictures(content: bytes) -> NDArray[np.uint8]:
    """An idx file of grey pictures as (N, 1, H, W)."""
    pixels = _idx(content, axes=3)
    return pixels.reshape(len(pixels), 1, *pixels.shape[1:])


def labels(content: bytes) -> NDArray[np.int64]:
    """An idx file of class numbers as (N,)."""
    import numpy as np

    numbers = _idx(content, axes=1).astype(np.int64)
    numbers.setflags(write=False)
    return numbers


def _idx(content: bytes, axes: int) -> NDArray[np.uint8]:
    import numpy as np

    header = 4 + 4 * axes
    if content[:4] != UNSIGNED_BYTES + bytes([axes]):
        raise DatasetError(
            f"This is not an idx file of uint8 with {axes} axes: it begins with {content[:4]!r}."
        )
    sizes = [int.from_bytes(content[at : at + 4], "big") for at in range(4, header, 4)]
    if len(content) - header != math.prod(sizes):
        raise DatasetError(
            f"The idx file is cut short: {len(content) - header} values, sizes {sizes}. {AGAIN}"
        )
    return np.frombuffer(content, dtype=np.uint8, offset=header).reshape(
        sizes
    )  # read-only, as bytes are


def _recorded_sha256(dataset_id: str, name: str) -> str:
    try:
        record = json.loads(_bytes("SOURCES.json"))
        return str(record["datasets"][dataset_id]["files"][name]["sha256"])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        reason = f"{type(error).__name__}: {getattr(error, 'reason', error)}"[:200]
        raise DatasetError(
            f"datasets/SOURCES.json doesn't list {dataset_id}/{name} ({reason}). {AGAIN}"
        ) from error


def _bytes(label: str) -> bytes:
    try:
        return Path(resources.path("datasets", *label.split("/"))).read_bytes()
    except OSError as error:
        raise DatasetError(f"The file datasets/{label} can't be read: {error} {AGAIN}") from error
