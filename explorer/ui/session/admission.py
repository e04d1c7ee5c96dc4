"""What is large for this machine is trained only once the user has said so."""

from __future__ import annotations

from collections.abc import Callable

from explorer.plan.memory import too_large
from explorer.plan.plan import Plan
from explorer.ui.session.built_from import structure


class Admission:
    """Asks, and remembers the answer for as long as the drawing is the same."""

    def __init__(self, ask: Callable[[str, Callable[[], None]], object]) -> None:
        """`ask` tells the user why, and what to call where they want it all the same."""
        self._ask = ask
        self._allowed: object = None

    def admits(self, found: Plan, act: Callable[[], object]) -> bool:
        """Whether a training may begin at once; if not, `act` is called after the user's yes."""
        why, shape = too_large(found), structure(found.document)
        if not why or shape == self._allowed:
            return True

        def allow() -> None:
            self._allowed = shape
            act()

        self._ask(why, allow)
        return False
