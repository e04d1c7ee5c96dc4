"""Finds what is under the mouse and the menu for it."""

from __future__ import annotations

import functools

from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QMenu

from explorer.ui.canvas.fields import FieldSurface
from explorer.ui.canvas.menu import Next, canvas_menu, node_menu, note_menu, wire_menu


def menu_at(view: FieldSurface, place: QPointF) -> QMenu:
    """For the block, group, wire or note at this place of the scene; it is selected as well."""
    node, wire = view.canvas.node_at(place), view.canvas.wire_at(place, 8 / view.camera.zoom)
    plan = view.stage.store.plan
    frame = view.canvas.frame_at(place) if node is None and wire is None else None
    if node is not None or frame is not None:
        name = node.node.id if node is not None else frame.framed.name if frame else ""
        ids = frame.framed.members if frame is not None else view.canvas.drawing.ids(name)
        if not set(ids) <= set(view.stage.selection.ids):
            view.stage.selection.set(ids)
        found = (plan.problem_of[one] for one in ids if one in plan.problem_of)
        fix = next((problem.fix for problem in found if problem.fix), None)
        following = _next(view, name, place)
        menu = node_menu(view, view.editing, fix, lambda: view.start_rename(name), following)
    elif wire is not None:
        view.canvas.select_wire(wire.wire)
        real = view.canvas.drawing.wires[wire.wire]
        fixes = (p.fix for p in plan.problems if p.wire in real)
        menu = wire_menu(
            view,
            view.editing,
            wire.wire,
            next(fixes, None),
            functools.partial(view.offer_into_wire, wire.wire, place),
            functools.partial(view.tell_of_wire, wire.wire, place),
        )
    else:
        note = view.note_at(place)
        if note is not None:
            view.canvas.notes.choose(note.note.id)
            edit = functools.partial(view.start_note, note.note.id)
            menu = note_menu(view, view.editing, edit)
        else:
            write = functools.partial(view.add_note, place)
            insert = functools.partial(view.offer_here, place)
            menu = canvas_menu(view, view.editing, view.fit, write, insert)
    return menu


def _next(view: FieldSurface, name: str, place: QPointF) -> Next:
    """What to look at, and what could stand here instead; of a group that is nothing."""
    node = view.stage.store.document.nodes.get(name)
    if node is None:
        return Next({})
    shown = {
        title: functools.partial(view.view_asked.emit, panel)
        for title, panel in view.views_of(node.block).items()
    }
    layer = node.block.role == "layer"
    replace = functools.partial(view.offer_instead, name, place) if layer else None
    return Next(shown, replace, view.explanation_asked.emit)
