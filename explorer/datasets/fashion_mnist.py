"""Fashion-MNIST: articles of clothing, of the same shape as MNIST and harder."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path

from explorer.datasets import stored
from explorer.datasets.dataset import Arrays, Dataset, DatasetError
from explorer.graph.block import Shape

# The program carries the first third of the training pictures; the Debian package has them all.
COMPLETE = Path("/usr/share/datasets/fashion-mnist")
INSTALLED = (COMPLETE / "train-images-idx3-ubyte.gz").exists()


def _load() -> Arrays:
    return _complete(COMPLETE) if INSTALLED else stored.arrays("fashion-mnist")


def _complete(folder: Path) -> Arrays:
    return Arrays(
        train_inputs=stored.pictures(_unzipped(folder / "train-images-idx3-ubyte.gz")),
        train_labels=stored.labels(_unzipped(folder / "train-labels-idx1-ubyte.gz")),
        test_inputs=stored.pictures(_unzipped(folder / "t10k-images-idx3-ubyte.gz")),
        test_labels=stored.labels(_unzipped(folder / "t10k-labels-idx1-ubyte.gz")),
    )


def _unzipped(file: Path) -> bytes:
    try:
        return gzip.decompress(file.read_bytes())
    except (OSError, EOFError, zlib.error) as error:
        raise DatasetError(
            f"{file} can't be read: {error}. Reinstall dataset-fashion-mnist, or remove it."
        ) from error


DATASET = Dataset(
    id="fashion-mnist",
    title="Fashion-MNIST",
    summary="Articles of clothing, 28 x 28 grey pixels. Shaped like MNIST, but harder: 88 to 92 %.",
    shape=Shape("image", (1, 28, 28)),
    classes=(
        "T-shirt",
        "trousers",
        "pullover",
        "dress",
        "coat",
        "sandal",
        "shirt",
        "trainer",
        "bag",
        "ankle boot",
    ),
    scale=255.0,
    mean=0.2860,  # the published figures for all pictures; the first third differs by 0.0003
    std=0.3530,
    train_size=60_000 if INSTALLED else 20_000,
    test_size=10_000,
    licence="MIT",
    load=_load,
    order=30,
)
