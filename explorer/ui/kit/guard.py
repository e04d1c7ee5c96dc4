"""Keeps an exception inside an override of Qt's from taking the whole program down."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


def guarded(override: Callable[P, None]) -> Callable[P, None]:
    """Hand an exception of an event override (`mousePressEvent`, `paint`, ...) to `sys.excepthook`.

    On Python 3.11 an exception that leaves such an override through Qt can end the process.
    """
    return guarded_with(None)(override)


def guarded_with(otherwise: T) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """The same for an override that gives something back: `otherwise`, where it raised."""

    def guard(override: Callable[P, T]) -> Callable[P, T]:
        @functools.wraps(override)
        def wrapped(*args: P.args, **kwargs: P.kwargs) -> T:
            try:
                return override(*args, **kwargs)
            except Exception:
                sys.excepthook(*sys.exc_info())
                return otherwise

        return wrapped

    return guard
