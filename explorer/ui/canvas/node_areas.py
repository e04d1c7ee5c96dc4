"""Where the parts of a block are, from the block's centre."""

from __future__ import annotations

from PySide6.QtCore import QRectF

from explorer.graph.block import Block
from explorer.graph.folding import FoldedBlock
from explorer.ui.canvas.geometry import WIDTH, Side, height_of, ports_of
from explorer.ui.canvas.paint import FOLD_SIGN, scene_font, widest

PAD = 12.0
TEXT = 62.0  # what name, kind and parameters take, from the upper edge
PORT_PIXELS = 10.0
FAR_STRIPE = 16.0  # the colour of the block's group, where a block is small


def body_area(block: Block) -> QRectF:
    """The block itself, ports excluded."""
    height = height_of(block)
    return QRectF(-WIDTH / 2, -height / 2, WIDTH, height)


def picture_area(block: Block) -> QRectF:
    """The thumbnail, between the names of the ports where they have any."""
    body = body_area(block)
    left, right = _inset(block, "input"), _inset(block, "output")
    width = WIDTH - 2 * PAD - left - right
    return QRectF(body.left() + PAD + left, body.top() + TEXT, width, body.height() - TEXT - 8)


def name_area(block: Block) -> QRectF:
    """Where the name alone is, where all else is too small to be read: above the thumbnail."""
    body = body_area(block)
    return body.adjusted(FAR_STRIPE + 2, 2, -2, TEXT - 2 - body.height())


def fold_area(block: Block) -> QRectF:
    """The + of a folded group; empty for any other block."""
    if not isinstance(block, FoldedBlock):
        return QRectF()
    body = body_area(block)
    return QRectF(body.right() - FOLD_SIGN - 7, body.top() + 7, FOLD_SIGN, FOLD_SIGN)


def _inset(block: Block, side: Side) -> float:
    """What the names of several ports take of the block's width."""
    names = ports_of(block, side)
    return widest(scene_font(PORT_PIXELS), names) + 4 if len(names) > 1 else 0.0
