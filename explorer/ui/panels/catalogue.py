"""Finds every panel file, so that a new one needs no registration."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

import explorer.ui.panels
from explorer.ui.panels.panel import Panel


@cache
def panels() -> tuple[type[Panel], ...]:
    """Every panel's class, by area, then in the order of the tabs."""
    found = [
        value
        for module in pkgutil.iter_modules(explorer.ui.panels.__path__)
        if not module.ispkg
        for value in _panels_in(f"{explorer.ui.panels.__name__}.{module.name}")
    ]
    return tuple(sorted(found, key=lambda panel: (panel.area, panel.order, panel.title)))


def _panels_in(module_name: str) -> list[type[Panel]]:
    module = importlib.import_module(module_name)
    return [
        value
        for value in vars(module).values()
        if isinstance(value, type)
        and issubclass(value, Panel)
        and value is not Panel
        and value.__module__ == module_name
    ]
