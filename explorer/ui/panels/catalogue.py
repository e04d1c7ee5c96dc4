"""Finds every panel file, so that a new one needs no registration."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Iterator
from functools import cache

import explorer.ui.panels
from explorer.ui.panels.panel import Panel


@cache
def panels() -> tuple[type[Panel], ...]:
    """Every panel's class, by area, then in the order of the tabs."""
    home = explorer.ui.panels
    found = [
        value
        for name in _modules(home.__path__, home.__name__, folders=1)
        for value in _panels_in(name)
    ]
    return tuple(sorted(found, key=lambda panel: (panel.area, panel.order, panel.title)))


def _modules(path: Iterable[str], package: str, folders: int) -> Iterator[str]:
    """The files of a package, and of its folders; what lies deeper is loaded when it is needed."""
    for module in pkgutil.iter_modules(path):
        name = f"{package}.{module.name}"
        if not module.ispkg:
            yield name
        elif folders:
            yield from _modules(importlib.import_module(name).__path__, name, folders - 1)


def _panels_in(module_name: str) -> list[type[Panel]]:
    module = importlib.import_module(module_name)
    return [
        value
        for value in vars(module).values()
        if isinstance(value, type)
        and issubclass(value, Panel)
        and value.title  # a class that panels are made from has none
        and value.__module__ == module_name
    ]
