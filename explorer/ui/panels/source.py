"""The network as PyTorch code, as it is drawn at this moment."""

from __future__ import annotations

import re

from PySide6.QtGui import (
    QColor,
    QFont,
    QGuiApplication,
    QSyntaxHighlighter,
    QTextCharFormat,
    QTextCursor,
    QTextFormat,
)
from PySide6.QtWidgets import QPlainTextEdit, QPushButton, QTextEdit

from explorer.graph.document import Document
from explorer.plan.plan import Plan
from explorer.plan.source import network_source
from explorer.ui.kit.frame import Frame
from explorer.ui.kit.guard import guarded
from explorer.ui.kit.theme import Theme, mono_font
from explorer.ui.panels.panel import Desk, Panel

WORDS = re.compile(
    r"(?P<text>\"\"\".*?\"\"\"|\"[^\"\n]*\"|'[^'\n]*')|(?P<comment>#[^\n]*)"
    r"|(?P<keyword>\b(?:class|def|return|import|from|as|for|in|if|else|None|True|False)\b)"
    r"|(?P<number>(?<![\w.])\d[\d_.]*(?:e-?\d+)?\b)|(?P<own>\bself\b)"
)


class Colouring(QSyntaxHighlighter):
    """Keywords, texts, numbers and comments in the theme's colours."""

    def __init__(self, editor: QPlainTextEdit, theme: Theme) -> None:
        super().__init__(editor.document())
        self.theme = theme
        theme.changed.connect(self.rehighlight)

    @guarded
    def highlightBlock(self, text: str) -> None:
        """One line; the sources have no text over several lines."""
        c = self.theme.colours
        colours = {"keyword": c.series[3], "text": c.good, "number": c.series[1]}
        for found in WORDS.finditer(text):
            kind = found.lastgroup or ""
            style = QTextCharFormat()
            style.setForeground(QColor(colours.get(kind, c.faint)))
            if kind == "keyword":
                style.setFontWeight(QFont.Weight.DemiBold)
            style.setFontItalic(kind == "comment")
            self.setFormat(found.start(), found.end() - found.start(), style)


class SourcePanel(Panel):
    """Follows every edit; the lines of the selected blocks are marked."""

    name = "sourcePanel"
    title = "Source"
    group = "Network"
    order = 80

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.editor = QPlainTextEdit()
        self.editor.setReadOnly(True)
        self.editor.setAccessibleName("PyTorch source of the network")
        self.editor.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        desk.theme.changed.connect(lambda: self.editor.setFont(mono_font()))
        self.editor.setFont(mono_font())
        self._colouring = Colouring(self.editor, desk.theme)
        self.frame = Frame(self.editor)
        self.copy_button = QPushButton("&Copy")
        self.copy_button.setAccessibleName("Copy the source")
        self.copy_button.clicked.connect(self.copy)
        self.frame.controls.addWidget(self.copy_button)
        self.fill(self.frame)
        desk.store.changed.connect(self._document_changed)
        desk.selection.changed.connect(self._selection_changed)
        desk.theme.changed.connect(self.mark_selected)
        self.show_plan(desk.store.plan)

    def show_plan(self, plan: Plan) -> None:
        """Print the network anew; the view stays where it is."""
        text = self._printed(plan)
        if text != self.editor.toPlainText():
            place = self.editor.verticalScrollBar().value()
            self.editor.setPlainText(text)
            self.editor.verticalScrollBar().setValue(place)
        lines = len(text.rstrip().splitlines())
        state = f"{plan.weights:,} weights" if plan.ready else _what_is_missing(plan)
        self.frame.show_content(f"{plan.document.title}  ·  {lines} lines  ·  {state}")
        self.mark_selected()

    def _printed(self, plan: Plan) -> str:
        """The code; where it can't be printed nothing stands for it, least of all older code."""
        try:
            return network_source(plan)
        except Exception:
            self.editor.clear()
            self.frame.say("The source of this drawing can't be printed. Details: see the message.")
            raise

    def marked_lines(self) -> list[int]:
        """Lines, from 0, that name a selected block."""
        ids = self.desk.selection.ids
        if not ids:
            return []
        named = re.compile(rf"\b(?:{'|'.join(re.escape(name) for name in ids)})\b")
        lines = self.editor.toPlainText().splitlines()
        return [k for k, line in enumerate(lines) if named.search(line)]

    def mark_selected(self) -> None:
        """Tint the selected blocks' lines and bring the first into view."""
        ground = QColor(self.desk.theme.colours.accent)
        ground.setAlphaF(0.22)
        marks, lines = [], self.marked_lines()
        for line in lines:
            mark = QTextEdit.ExtraSelection()
            mark.cursor = QTextCursor(self.editor.document().findBlockByNumber(line))
            mark.format.setBackground(ground)
            mark.format.setProperty(QTextFormat.Property.FullWidthSelection, True)
            marks.append(mark)
        self.editor.setExtraSelections(marks)
        if lines:
            first = QTextCursor(self.editor.document().findBlockByNumber(lines[0]))
            self.editor.setTextCursor(first)
            self.editor.ensureCursorVisible()

    def copy(self) -> None:
        """All of it to the clipboard."""
        QGuiApplication.clipboard().setText(self.editor.toPlainText())
        self.frame.tell("Copied")

    def _document_changed(self, before: Document, after: Document, plan: Plan) -> None:
        self.frame.tell("")
        self.show_plan(plan)

    def _selection_changed(self, ids: tuple[str, ...]) -> None:
        self.mark_selected()


def _what_is_missing(plan: Plan) -> str:
    """Of an unfinished drawing: its first problem and how many there are."""
    count = len(plan.problems)
    more = f" (and {count - 1} more: see Problems)" if count > 1 else ""
    return f"unfinished: {plan.problems[0].message}{more}" if count else "unfinished"
