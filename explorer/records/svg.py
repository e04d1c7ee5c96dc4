"""Elements of inline SVG: what a text holds is escaped, numbers are short."""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree import ElementTree

from markupsafe import Markup

from explorer.graph.texts import printable

Element = ElementTree.Element
Place = tuple[float, float]


def element(name: str, *children: Element, text: str = "", **attributes: str | float) -> Element:
    """An element; `class_` stands for class, an underscore within a name for a hyphen."""
    named = {key.rstrip("_").replace("_", "-"): value for key, value in attributes.items()}
    made = Element(name, {key: _attribute(value) for key, value in named.items()})
    made.text = printable(text) or None
    made.extend(children)
    return made


def drawing(title: str, width: float, height: float, *children: Element, class_: str) -> Markup:
    """A whole picture, named for those who can't see it."""
    whole = element(
        "svg",
        element("title", text=title),
        *children,
        class_=class_,
        role="img",
        width=width,
        height=height,
        viewBox=f"0 0 {number(width)} {number(height)}",
    )
    return Markup(ElementTree.tostring(whole, encoding="unicode"))  # it has escaped


def polyline(places: Iterable[Place]) -> str:
    """The `d` of straight lines from place to place."""
    found = [f"{number(x)} {number(y)}" for x, y in places]
    return "M" + "L".join(found) if found else ""


def number(value: float) -> str:
    """In tenths: finer is not seen."""
    return f"{value:.1f}".removesuffix(".0")


def _attribute(value: str | float) -> str:
    return printable(value) if isinstance(value, str) else number(value)
