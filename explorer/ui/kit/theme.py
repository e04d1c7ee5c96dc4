"""Colours, light and dark, and the font: one place, so that every panel looks the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from explorer import resources
from explorer.ui.kit.style import use_style


@dataclass(frozen=True, slots=True)
class Colours:
    """One scheme. Text on its ground has a contrast of 4.5 or more (WCAG 2.2, 1.4.3)."""

    window: str
    base: str  # lists, fields
    raised: str  # blocks, buttons
    border: str
    outline: str  # of fields: 3 to 1 against its ground (WCAG 2.2, 1.4.11)
    text: str
    faint: str  # secondary text
    accent: str
    on_accent: str
    good: str
    warning: str
    error: str
    canvas: str
    grid: str
    series: tuple[str, ...]  # curves
    kinds: Mapping[str, str]  # wires by kind of shape
    groups: Mapping[str, str]  # blocks by palette group
    dark: bool = False


LIGHT = Colours(
    window="#f3f4f6",
    base="#ffffff",
    raised="#ffffff",
    border="#c9ced6",
    outline="#868e99",
    text="#1c2128",
    faint="#57606a",
    accent="#0b62d6",
    on_accent="#ffffff",
    good="#14713a",
    warning="#8a5300",
    error="#b3261e",
    canvas="#fafbfc",
    grid="#e4e7eb",
    series=("#0b62d6", "#c2410c", "#14713a", "#8e24aa", "#00707f"),
    kinds={"image": "#0b62d6", "sequence": "#8e24aa", "vector": "#14713a", "tokens": "#a04a00"},
    groups={
        "inputs": "#4b5563",
        "convolution": "#0b62d6",
        "pooling": "#00707f",
        "shape": "#7a5b3a",
        "dense": "#14713a",
        "activation": "#b45309",
        "regularisation": "#6d4bb8",
        "joining": "#a21461",
        "sequence": "#5b6b00",
        "recurrent": "#8e24aa",
        "attention": "#b3261e",
    },
)
DARK = Colours(
    window="#1b1f24",
    base="#14171b",
    raised="#262b32",
    border="#3d444d",
    outline="#6b7480",
    text="#e6eaef",
    faint="#a3adb8",
    accent="#5aa2ff",
    on_accent="#0b1420",
    good="#5fce8a",
    warning="#f0b357",
    error="#ff8a80",
    canvas="#16191d",
    grid="#23282e",
    series=("#5aa2ff", "#ff9e5e", "#5fce8a", "#d18cf0", "#4fc7d6"),
    kinds={"image": "#5aa2ff", "sequence": "#d18cf0", "vector": "#5fce8a", "tokens": "#f0b357"},
    groups={
        "inputs": "#9aa5b1",
        "convolution": "#5aa2ff",
        "pooling": "#4fc7d6",
        "shape": "#d7b48f",
        "dense": "#5fce8a",
        "activation": "#f0b357",
        "regularisation": "#b39ddb",
        "joining": "#f48fb1",
        "sequence": "#c5d86d",
        "recurrent": "#d18cf0",
        "attention": "#ff8a80",
    },
    dark=True,
)


FUSION_DARKER = 140  # per cent: what Fusion makes of the window's colour for an outline
LARGER = 1.5  # times the usual size of text
FAMILY = "Inter"
MONO_FAMILY = "DejaVu Sans Mono"


class Theme(QObject):
    """The scheme in use. `changed` tells those who paint by themselves."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.colours = LIGHT
        self.dark = False
        self.larger = False

    def use(self, dark: bool) -> None:
        """Apply a scheme to the whole application."""
        self.dark, self.colours = dark, DARK if dark else LIGHT
        app = QApplication.instance()
        if isinstance(app, QApplication):
            use_style(app)
            app.setPalette(_palette(self.colours))
            for fields in ("QLineEdit", "QAbstractSpinBox", "QComboBox", "QAbstractButton"):
                app.setPalette(_field_palette(self.colours), fields)  # type: ignore[arg-type]  # its stub
            app.setStyleSheet(_style(self.colours))
        self.changed.emit()

    def enlarge(self, larger: bool) -> None:
        """Larger text everywhere, canvas and plots too, as for a beamer; or as usual."""
        if larger == self.larger:
            return
        self.larger = larger
        font = QApplication.font()
        font.setPointSizeF(font.pointSizeF() * (LARGER if larger else 1 / LARGER))
        QApplication.setFont(font)
        self.use(self.dark)

    def choose(self, name: str) -> None:
        """`light` or `dark`; `system` and everything else: as the system has it."""
        if name in ("light", "dark"):
            self.use(name == "dark")
        else:
            self.follow_system()

    def follow_system(self) -> None:
        """As the system has it, where it says so; light otherwise."""
        self.use(QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark)


def load_fonts() -> None:
    """Use the bundled font, so that text looks the same everywhere, without any fonts too."""
    for file in sorted(resources.path("fonts").glob("*.?tf")):
        QFontDatabase.addApplicationFont(str(file))
    font = QFont(FAMILY)
    size = QApplication.font().pointSizeF()
    font.setPointSizeF(size if size > 0 else 10.0)
    QApplication.setFont(font)


def mono_font() -> QFont:
    """For code and numbers in columns."""
    font = QFont(MONO_FAMILY)
    font.setStyleHint(QFont.StyleHint.Monospace)
    font.setPointSizeF(QApplication.font().pointSizeF())
    return font


def _palette(c: Colours) -> QPalette:
    roles = {
        QPalette.ColorRole.Window: c.window,
        QPalette.ColorRole.WindowText: c.text,
        QPalette.ColorRole.Base: c.base,
        QPalette.ColorRole.AlternateBase: c.window,
        QPalette.ColorRole.Text: c.text,
        QPalette.ColorRole.Button: c.raised,
        QPalette.ColorRole.ButtonText: c.text,
        QPalette.ColorRole.ToolTipBase: c.raised,
        QPalette.ColorRole.ToolTipText: c.text,
        QPalette.ColorRole.PlaceholderText: c.faint,
        QPalette.ColorRole.Highlight: c.accent,
        QPalette.ColorRole.HighlightedText: c.on_accent,
        QPalette.ColorRole.Link: c.accent,
        QPalette.ColorRole.Light: c.base,
        QPalette.ColorRole.Midlight: c.window,
        QPalette.ColorRole.Mid: c.border,
        QPalette.ColorRole.Dark: c.border,
        QPalette.ColorRole.Shadow: c.faint,
    }
    palette = QPalette()
    for role, colour in roles.items():
        palette.setColor(role, QColor(colour))
    disabled = QPalette.ColorGroup.Disabled
    for role in (
        QPalette.ColorRole.Text,
        QPalette.ColorRole.ButtonText,
        QPalette.ColorRole.WindowText,
    ):
        palette.setColor(disabled, role, QColor(c.faint))
    return palette


def _field_palette(c: Colours) -> QPalette:
    """Fusion outlines fields in a darker window colour, which in the dark scheme nobody sees."""
    palette = _palette(c)
    palette.setColor(QPalette.ColorRole.Window, QColor(c.outline).lighter(FUSION_DARKER))
    return palette


def _style(c: Colours) -> str:
    return _text_style(c) + _frame_style(c) + _button_style(c) + _tab_style(c) + _scroll_style(c)


def _text_style(c: Colours) -> str:
    """Four sizes of text, as shares of the program's own; each has its role."""
    points = QApplication.font().pointSizeF()
    return (
        f"QToolTip {{ color: {c.text}; background: {c.raised};"
        f" border: 1px solid {c.border}; padding: 4px; }}"
        f"QLabel[role='faint'] {{ color: {c.faint}; }}"
        f"QLabel[role='error'] {{ color: {c.error}; }}"
        f"QLabel[role='advice'] {{ color: {c.warning}; font-weight: 600; }}"
        f"#fieldFault {{ background: {c.raised}; border: 1px solid {c.error};"
        f" border-radius: 4px; }}"
        f"QLabel[role='heading'] {{ font-weight: 600; }}"
        f"*[role='title'] {{ font-weight: 700; font-size: {1.25 * points:.2f}pt; }}"
        f"QLabel[role='result'] {{ font-weight: 700; font-size: {1.45 * points:.2f}pt; }}"
    )


def _frame_style(c: Colours) -> str:
    """Quiet frames: one thin line where two areas meet."""
    return (
        f"QDockWidget {{ color: {c.text}; }}"
        f"QMainWindow::separator {{ background: {_mixed(c.window, c.border, 0.6)};"
        f" width: 3px; height: 3px; }}"
        f"QMainWindow::separator:hover {{ background: {c.accent}; }}"
        f"QToolBar {{ border: 0; border-bottom: 1px solid {c.border}; padding: 4px 6px;"
        f" spacing: 4px; }}"
        f"QToolBar::separator {{ background: {c.border}; width: 1px; margin: 4px 5px; }}"
        f"QFrame[role='line'] {{ color: {c.border}; }}"
        f"QStatusBar {{ border-top: 1px solid {c.border}; }}"
        f"QStatusBar::item {{ border: 0; }}"
    )


def _button_style(c: Colours) -> str:
    """The one filled button is what one most wants to press; a choice of two is tinted."""
    return (
        f"QToolButton[role='main'] {{ background: {c.accent}; color: {c.on_accent};"
        f" border: 2px solid {c.accent}; border-radius: 5px; padding: 3px 10px;"
        f" font-weight: 600; }}"
        f"QToolButton[role='main']:hover {{ background: {_mixed(c.accent, c.text, 0.15)}; }}"
        f"QToolButton[role='main']:pressed {{ background: {_mixed(c.accent, c.text, 0.3)}; }}"
        f"QToolButton[role='main']:focus {{ border-color: {c.text}; }}"
        f"QToolButton[role='main']:disabled {{ background: {c.border}; color: {c.faint};"
        f" border-color: {c.border}; }}"
        f"QPushButton[role='choice'] {{ padding: 3px 12px; border: 1px solid {c.outline};"
        f" background: {c.raised}; color: {c.text}; }}"
        f"QPushButton[role='choice']:checked {{ background: {_tint(c)};"
        f" border-color: {c.accent}; }}"
        f"QPushButton[role='choice']:disabled {{ color: {c.faint}; }}"
        f"QPushButton[role='choice']:focus {{ border: 2px solid {c.text}; }}"
    )


def _tab_style(c: Colours) -> str:
    """Flat tabs, the present one underlined; the groups before them are chips."""
    return (
        f"QTabBar {{ background: transparent; }}"
        f"QTabBar::tab {{ background: transparent; color: {c.faint}; border: 0;"
        f" border-bottom: 2px solid transparent; padding: 4px 8px; margin: 0 1px; }}"
        f"QTabBar::tab:hover {{ color: {c.text}; border-bottom-color: {c.border}; }}"
        f"QTabBar::tab:selected {{ color: {c.text}; border-bottom-color: {c.accent}; }}"
        f"QTabBar::tab:selected:focus {{ background: {_tint(c)}; }}"
        f"#groupTabs::tab {{ border: 1px solid transparent; border-radius: 5px;"
        f" padding: 3px 8px; margin: 2px 1px; }}"
        f"#groupTabs::tab:hover {{ border-color: {c.border}; }}"
        f"#groupTabs::tab:selected {{ background: {_tint(c)}; border-color: transparent; }}"
        f"#groupTabs::tab:selected:focus {{ border-color: {c.text}; }}"
    )


def _scroll_style(c: Colours) -> str:
    return (
        f"QScrollBar {{ background: transparent; border: 0; margin: 0; }}"
        f"QScrollBar:vertical {{ width: 12px; }} QScrollBar:horizontal {{ height: 12px; }}"
        f"QScrollBar::handle {{ background: {c.border}; border-radius: 4px; margin: 2px; }}"
        f"QScrollBar::handle:vertical {{ min-height: 28px; }}"
        f"QScrollBar::handle:horizontal {{ min-width: 28px; }}"
        f"QScrollBar::handle:hover {{ background: {c.faint}; }}"
        f"QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}"
        f"QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}"
    )


def _mixed(one: str, other: str, share: float) -> str:
    """A colour on the way from one to the other."""
    a, b = QColor(one), QColor(other)
    parts = [
        round(x + share * (y - x))
        for x, y in ((a.red(), b.red()), (a.green(), b.green()), (a.blue(), b.blue()))
    ]
    return QColor(*parts).name()


def _tint(c: Colours) -> str:
    """The ground of what is chosen: text has its contrast on it too."""
    return _mixed(c.window, c.accent, 0.16)
