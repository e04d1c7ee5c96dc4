"""Sizes and places of blocks and their ports, in scene units (pixels at zoom 1)."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QPointF, QRectF

from explorer.graph.block import Block
from explorer.graph.block_size import GRID as GRID
from explorer.graph.block_size import HEIGHT as HEIGHT
from explorer.graph.block_size import PORT_SPACING as PORT_SPACING
from explorer.graph.block_size import PORTS_FROM as PORTS_FROM
from explorer.graph.block_size import PORTS_TO as PORTS_TO
from explorer.graph.block_size import STEP_X as STEP_X
from explorer.graph.block_size import STEP_Y as STEP_Y
from explorer.graph.block_size import TIGHT_X as TIGHT_X
from explorer.graph.block_size import TIGHT_Y as TIGHT_Y
from explorer.graph.block_size import WIDTH as WIDTH
from explorer.graph.block_size import height_of as height_of
from explorer.graph.document import Node
from explorer.graph.frames import Area

Side = Literal["input", "output"]
Port = tuple[str, Side, str]  # node id, side, port

PORT_RADIUS = 5.5
PORT_REACH = 14.0  # from a port's centre, within which a press takes the port
MARGIN = 14.0  # around a block, for ports, outline and badge


def body_of(node: Node) -> QRectF:
    """Where a block is drawn, ports excluded."""
    height = height_of(node.block)
    return QRectF(node.x - WIDTH / 2, node.y - height / 2, WIDTH, height)


def ports_of(block: Block, side: Side) -> tuple[str, ...]:
    """Names of the ports of one side."""
    return block.inputs if side == "input" else block.outputs


def port_offset(block: Block, port: str, side: Side) -> QPointF:
    """A port's centre, from the block's centre; raises ValueError where there is no such port."""
    names = ports_of(block, side)
    x, height, place = WIDTH / 2, height_of(block), names.index(port)
    y = 0.0
    if len(names) > 1:
        pitch = (height - PORTS_FROM - PORTS_TO) / len(names)
        y = PORTS_FROM + (place + 0.5) * pitch - height / 2
    return QPointF(-x if side == "input" else x, y)


def snapped(x: float, y: float) -> tuple[float, float]:
    """The nearest point of the grid."""
    return round(x / GRID) * GRID, round(y / GRID) * GRID


def area_of(rect: QRectF) -> Area:
    """The same without Qt."""
    return Area(rect.left(), rect.top(), rect.right(), rect.bottom())


def rect_of(area: Area) -> QRectF:
    """The same for Qt."""
    return QRectF(area.left, area.top, area.right - area.left, area.bottom - area.top)
