"""Lays a drawing out for a canvas of a certain size, so that its width is used."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QRectF

from explorer.graph.block_size import MEASURES
from explorer.graph.document import Document
from explorer.graph.folding import drawn
from explorer.graph.layout import arranged
from explorer.ui.canvas.geometry import HEIGHT, TIGHT_X, TIGHT_Y, body_of
from explorer.ui.canvas.lettering import natural_zoom, text_pixels
from explorer.ui.canvas.node_painter import shows_details

Room = tuple[float, float]  # of the canvas, in scene units at the natural zoom


def fitted(document: Document, room: Room) -> Document:
    """The drawing arranged as large as the canvas has room for; nearer together where it is so
    large that the shapes on its wires could not be read anyway.
    """
    wide, high = room
    loose = replace(MEASURES, wide=wide, high=high)
    made = arranged(document, loose)
    if _readable(made, room):
        return made
    return arranged(document, replace(loose, step_x=TIGHT_X, gap_y=TIGHT_Y - HEIGHT))


def _readable(document: Document, room: Room) -> bool:
    around = QRectF()
    for node in drawn(document).nodes.values():
        around = around.united(body_of(node))
    zoom = min(room[0] / max(around.width(), 1.0), room[1] / max(around.height(), 1.0), 1.0)
    return shows_details(zoom * natural_zoom(), text_pixels())
