"""The areas that hold the members of a group and nothing else: one around all of them where nothing
else lies between, else several.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

MOST_PARTS = 60  # of which each is tried with each other


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle, in whatever unit; y grows downwards."""

    left: float
    top: float
    right: float
    bottom: float

    def with_(self, other: Area) -> Area:
        """The least one around both."""
        return Area(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )

    def grown(self, sides: float, above: float = 0.0, below: float = 0.0) -> Area:
        """With so much more on each side, and above or below."""
        return Area(
            self.left - sides,
            self.top - sides - above,
            self.right + sides,
            self.bottom + sides + below,
        )

    def meets(self, other: Area) -> bool:
        """Whether they have more than an edge in common."""
        across = self.left < other.right and other.left < self.right
        return across and self.top < other.bottom and other.top < self.bottom


Meets = Callable[[Area], bool]  # whether a block that is no member lies in an area, or in part


@dataclass(frozen=True, slots=True)
class Frame:
    """Where a group's frame is drawn; the title's bar lies on the edge of the first part."""

    parts: tuple[Area, ...]
    title: Area


def frame_of(bodies: Sequence[Area], meets: Meets, pad: float, title: float) -> Frame:
    """The frame of a group whose members lie at `bodies`: `pad` around them where there is room,
    with a bar of this height where its title is read.
    """
    parts = [_padded(part, meets, pad) for part in _parts(bodies, meets)]
    for above in (True, False):
        for place, part in enumerate(parts):
            bar = _bar(part, title, above)
            if not meets(bar):
                rest = [other for other in parts if other is not part]
                parts[place] = part.with_(bar)
                return Frame((parts[place], *rest), bar)
    return Frame(tuple(parts), _bar(parts[0], title, above=True))


def _bar(part: Area, title: float, above: bool) -> Area:
    if above:
        return Area(part.left, part.top - title, part.right, part.top)
    return Area(part.left, part.bottom, part.right, part.bottom + title)


def _padded(part: Area, meets: Meets, pad: float) -> Area:
    """As much around it as there is room for."""
    choices = (pad, pad / 2, pad / 4)
    return next((part.grown(p) for p in choices if not meets(part.grown(p))), part)


def _parts(bodies: Sequence[Area], meets: Meets) -> list[Area]:
    """As few areas around all bodies as are found by joining those in a row, then all others."""
    whole = bodies[0]
    for body in bodies:
        whole = whole.with_(body)
    if not meets(whole):
        return [whole]
    parts: list[Area] = []
    for body in sorted(bodies, key=lambda body: (body.top, body.left)):
        joined = parts[-1].with_(body) if parts else body
        if parts and not meets(joined):
            parts[-1] = joined
        else:
            parts.append(body)
    return _joined(parts, meets) if len(parts) <= MOST_PARTS else parts


def _joined(parts: list[Area], meets: Meets) -> list[Area]:
    """Each taken into the first other one with which it can be joined, until none can."""
    before = len(parts) + 1
    while len(parts) < before:
        before, kept = len(parts), list[Area]()
        for part in parts:
            for place, other in enumerate(kept):
                if not meets(part.with_(other)):
                    kept[place] = part.with_(other)
                    break
            else:
                kept.append(part)
        parts = kept
    return parts
