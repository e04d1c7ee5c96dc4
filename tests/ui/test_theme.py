"""Fields can be seen in both schemes."""

import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QComboBox, QLineEdit, QSpinBox, QVBoxLayout, QWidget

from explorer.ui.kit.theme import Theme


def luminance(colour):
    parts = [
        c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4
        for c in (colour.redF(), colour.greenF(), colour.blueF())
    ]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one, other):
    """WCAG 2.2."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("kind", [QLineEdit, QSpinBox, QComboBox])
def test_fields_have_an_outline_that_can_be_seen(qtbot, dark, kind):
    theme = Theme()
    theme.use(dark)
    page = QWidget()
    qtbot.addWidget(page)
    layout = QVBoxLayout(page)
    field = kind()
    layout.addWidget(QSpinBox())  # takes the focus
    layout.addWidget(field)
    page.resize(200, 100)
    page.show()
    picture = page.grab().toImage()
    box = field.geometry()
    edge = [picture.pixelColor(box.center().x(), box.bottom() - inwards) for inwards in range(3)]
    ground = QColor(theme.colours.window)
    assert max(contrast(colour, ground) for colour in edge) >= 3
    theme.use(False)
