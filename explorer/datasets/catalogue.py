"""All datasets by id: found as files in this folder, loaded once for the whole program."""

from __future__ import annotations

import importlib
import pkgutil
import threading
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

import explorer.datasets
from explorer.datasets.dataset import Arrays, Dataset, DatasetError

MACHINERY = frozenset(
    {"catalogue", "dataset", "ink", "stored"}
)  # every other file of the folder is a dataset

_loaded: dict[str, Arrays] = {}
_lock = threading.Lock()  # for the two dicts; each dataset has its own lock for the slow part
_loading: dict[str, threading.Lock] = {}


@cache
def datasets() -> Mapping[str, Dataset]:
    """Every dataset by id, in the order in which lists show them."""
    names = (module.name for module in pkgutil.iter_modules(explorer.datasets.__path__))
    found = [_declared(name) for name in names if name not in MACHINERY]
    found.sort(key=lambda each: (each.order, each.title))
    return MappingProxyType({each.id: each for each in found})


def dataset(dataset_id: str) -> Dataset:
    """The description of one dataset; DatasetError names those that exist."""
    if dataset_id not in datasets():
        raise DatasetError(
            f'There is no dataset "{dataset_id}". There are: {", ".join(datasets())}.'
        )
    return datasets()[dataset_id]


def load(dataset_id: str) -> Arrays:
    """The arrays of one dataset, for any thread; the first call does the work (MNIST: 0.7 s)."""
    wanted = dataset(dataset_id)
    with _lock:
        loading = _loading.setdefault(dataset_id, threading.Lock())
    with loading:
        if dataset_id not in _loaded:
            _loaded[dataset_id] = wanted.load()
        return _loaded[dataset_id]


def _declared(name: str) -> Dataset:
    declared = getattr(
        importlib.import_module(f"{explorer.datasets.__name__}.{name}"), "DATASET", None
    )
    if not isinstance(declared, Dataset):
        raise TypeError(f"explorer/datasets/{name}.py has no module constant DATASET: Dataset")
    return declared
