"""The list of everything that can be asked for, in the order of the menus."""

from __future__ import annotations

from explorer.ui.dialogs.diagrams import ask_diagram
from explorer.ui.window.actions import Deed
from explorer.ui.window.command_palette import CommandPalette
from explorer.ui.window.destinations import commands, destinations
from explorer.ui.window.helping import explain, show_about, show_gallery
from explorer.ui.window.repair import repair_next
from explorer.ui.window.toolbar import TIPS
from explorer.ui.window.window import MainWindow

EXPORT = "File > Export"


def deeds(window: MainWindow) -> list[Deed | None]:
    """All actions of a window; None is a separator."""
    return [*_file(window), *_edit(window), *_run(window), *_view(window), *_help(window)]


def show_commands(window: MainWindow) -> None:
    """The command palette, with all that can be reached as the document is now."""
    entries = [*commands(window.deeds), *destinations(window)]
    CommandPalette(window, entries, all_entries=True).open()


def show_shortcuts(window: MainWindow) -> None:
    """The sheet of keys."""
    CommandPalette(window, commands(window.deeds), all_entries=False).open()


def show_help(window: MainWindow) -> None:
    """What the selected block does, or all keys."""
    if not explain(window):
        show_shortcuts(window)


def _file(w: MainWindow) -> list[Deed | None]:
    export = w.exporter.ask
    return [
        Deed("newAction", "File", "&New", w.files.new, "Ctrl+N"),
        Deed("openAction", "File", "&Open…", w.chooser.open, "Ctrl+O"),
        Deed(
            "galleryAction",
            "File",
            "E&xamples…",
            lambda: show_gallery(w),
            tip="Each network with its picture, its point, its size and what to expect",
        ),
        Deed("saveAction", "File", "&Save", w.chooser.save, "Ctrl+S"),
        Deed("saveAsAction", "File", "Save &as…", w.chooser.save_as, "Ctrl+Shift+S"),
        None,
        Deed("exportPythonAction", EXPORT, "&PyTorch source…", lambda: export("python")),
        Deed("exportOnnxAction", EXPORT, "&ONNX…", lambda: export("onnx")),
        Deed("exportPtAction", EXPORT, "state_&dict…", lambda: export("pt")),
        Deed(
            "exportDiagramAction",
            EXPORT,
            "Dia&gram…",
            lambda: ask_diagram(w, w.store, w.messages, w.canvas.canvas.thumbnails()),
            tip="The canvas as SVG, PNG or PDF",
        ),
        Deed("loadWeightsAction", "File", "Load &weights…", w.chooser.open_weights),
        None,
        Deed("quitAction", "File", "&Quit", w.close, "Ctrl+Q"),
    ]


def _edit(w: MainWindow) -> list[Deed | None]:
    editing = w.canvas.editing
    return [
        Deed("undoAction", "Edit", "&Undo", w.store.undo, "Ctrl+Z"),
        Deed("redoAction", "Edit", "&Redo", w.store.redo, "Ctrl+Shift+Z | Ctrl+Y"),
        None,
        Deed("cutAction", "Edit", "Cu&t", editing.cut, shown_keys="Ctrl+X"),
        Deed("copyAction", "Edit", "&Copy", editing.copy, shown_keys="Ctrl+C"),
        Deed("pasteAction", "Edit", "&Paste", editing.paste, shown_keys="Ctrl+V"),
        Deed("duplicateAction", "Edit", "&Duplicate", editing.duplicate, shown_keys="Ctrl+D"),
        Deed("deleteAction", "Edit", "De&lete", editing.delete, shown_keys="Del"),
        Deed("selectAllAction", "Edit", "Select &all", editing.select_all, shown_keys="Ctrl+A"),
        Deed("renameAction", "Edit", "Re&name", w.canvas.start_rename, shown_keys="F2"),
        Deed(
            "connectAction",
            "Edit",
            "Conn&ect",
            w.canvas.start_connection,
            shown_keys="Return",
            tip="Draw a wire from the selected block: arrows choose, Enter connects",
        ),
        Deed(
            "groupAction",
            "Edit",
            "&Group",
            editing.groups.group,
            shown_keys="Ctrl+G",
            tip="The selected blocks stand for one, which can be folded, repeated and kept",
        ),
        Deed(
            "ungroupAction", "Edit", "&Ungroup", editing.groups.ungroup, shown_keys="Ctrl+Shift+G"
        ),
        Deed("takeOutAction", "Edit", "Take out of the group", editing.groups.take_out),
        Deed("foldAction", "Edit", "F&old or unfold", editing.groups.fold, shown_keys="Ctrl+E"),
        Deed(
            "keepAction",
            "Edit",
            "&Keep the group in the palette",
            editing.keep,
            tip="Among My blocks, for every document",
        ),
        Deed("findBlockAction", "Edit", "&Add a block…", w.ways.to_search, last_keys="Ctrl+Space"),
        Deed("findAction", "Edit", "&Find on the canvas…", w.canvas.start_find, "Ctrl+F"),
        Deed("noteAction", "Edit", "Add a n&ote", lambda: w.canvas.add_note(), "Ctrl+Shift+N"),
        Deed(
            "arrangeAction",
            "Edit",
            "&Tidy up",
            editing.arrange,
            "Ctrl+L",
            tip="Lay the network out from left to right, long ones in several rows",
        ),
        Deed(
            "customAction",
            "Edit",
            "Add c&ustom block…",
            w.custom.ask_add,
            tip="A block from a Python file of your own that holds a torch module",
        ),
        Deed(
            "parametersAction",
            "Edit",
            "Edit &parameters",
            w.ways.to_parameters,
            "F4",
            tip="To the first parameter of the selected block; Tab to the next, Esc back",
        ),
        Deed(
            "fixAction",
            "Edit",
            "Do the f&ix",
            lambda: repair_next(w.store, w.selection, w.custom, w.status.say),
            "Ctrl+.",
            tip="Repair the selected block's problem, or else the first that has a fix",
        ),
    ]


def _run(w: MainWindow) -> list[Deed | None]:
    return [
        Deed("trainAction", "Run", "&Train or pause", w.runner.toggle, last_keys="Space"),
        Deed("stepAction", "Run", "&Step", w.runner.step, last_keys="."),
        Deed("stopAction", "Run", "S&top", w.runner.stop),
        Deed("rewindAction", "Run", "&Rewind", w.runner.rewind, tip=TIPS["rewind"]),
    ]


def _view(w: MainWindow) -> list[Deed | None]:
    return [
        Deed("zoomInAction", "View", "Zoom &in", w.canvas.zoom_in, "Ctrl++ | Ctrl+="),
        Deed("zoomOutAction", "View", "Zoom &out", w.canvas.zoom_out, "Ctrl+-"),
        Deed("fitAction", "View", "&Fit", w.canvas.fit, "Ctrl+0"),
        Deed("fitSelectionAction", "View", "Fit the &selection", w.canvas.fit_selection, "Ctrl+9"),
        Deed(
            "canvasAction",
            "View",
            "To the &canvas",
            w.ways.to_canvas,
            "F6",
            tip="Keys go to the canvas again; from the palette and the inspector Esc does so too",
        ),
        Deed(
            "runsAction",
            "View",
            "To the r&uns",
            w.ways.to_runs,
            "F7",
            tip="The recorded runs: arrows choose, Enter loads, the menu key shows what else",
        ),
        Deed(
            "showSweepAction",
            "View",
            "To the s&weep",
            w.ways.to_sweep,
            "Shift+F7",
            tip="Many runs with other settings: choose ranges, start, compare",
        ),
        None,
        Deed("buildAction", "View", "Layout: &Build", lambda: w.arrange("build"), "Ctrl+1"),
        Deed("trainArrangeAction", "View", "Layout: &Train", lambda: w.arrange("train"), "Ctrl+2"),
        Deed("lookAction", "View", "Layout: &Look inside", lambda: w.arrange("look"), "Ctrl+3"),
        None,
        *_presentation(w),
        None,
        Deed("lightAction", "View", "Li&ght", lambda: w.use_theme("light")),
        Deed("darkAction", "View", "&Dark", lambda: w.use_theme("dark")),
        Deed("systemThemeAction", "View", "As the &system", lambda: w.use_theme("system")),
        None,
    ]


def _presentation(w: MainWindow) -> list[Deed | None]:
    show = w.presentation
    return [
        Deed(
            "fullScreenAction",
            "View",
            "F&ull screen",
            show.toggle_full_screen,
            "F11",
            checkable=True,
        ),
        Deed(
            "maximiseAction",
            "View",
            "&Maximise the panel",
            w.docks.maximise_focused,
            "Shift+F11",
            tip="What has the keys fills the window, or all is as before; a double click on a tab "
            "or title does the same",
            checkable=True,
        ),
        Deed(
            "largerTextAction",
            "View",
            "Larger te&xt",
            show.toggle_larger_text,
            "Ctrl+Shift+L",
            tip="For a beamer: larger letters everywhere, on canvas and plots too",
            checkable=True,
        ),
    ]


def _help(w: MainWindow) -> list[Deed | None]:
    return [
        Deed(
            "explainAction",
            "Help",
            "&What is this block?",
            lambda: show_help(w),
            "F1",
            tip="Explains the selected block; without one it lists all keys",
        ),
        Deed("shortcutsAction", "Help", "Keyboard &shortcuts…", lambda: show_shortcuts(w)),
        Deed("commandsAction", "Help", "&Commands…", lambda: show_commands(w), "Ctrl+Shift+P"),
        None,
        Deed("tourAction", "Help", "&Guided tour", w.first_steps.begin),
        Deed("aboutAction", "Help", "&About…", lambda: show_about(w)),
    ]
