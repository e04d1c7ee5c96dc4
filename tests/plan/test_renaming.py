"""Names that a module binds get others, and nothing else does."""

import ast

from explorer.plan.renaming import bound, renamed

TEXT = """import math
import torch.nn.functional as F
from os import path, sep as SEP

GAIN, ü = 2.0, "ä"; OTHER = [GAIN for GAIN in range(3)] + [GAIN]


def scaled(x, GAIN=GAIN, *, more=lambda GAIN: GAIN + 1):
    return x * GAIN + more(1), (lambda: OTHER)()


class Scale:
    OTHER = 5
    more = GAIN

    def forward(self, x, sep=SEP):
        global GAIN
        GAIN = 3.0
        scaled = path.join("ä", f"{sep}{GAIN}"); again = scaled, self.OTHER
        return again, Scale, math.pi, OTHER
"""


def ran(text):
    scope = {"__name__": "ran"}
    exec(compile(text, "ran.py", "exec"), scope)
    return scope


def test_what_a_module_binds():
    assert bound(TEXT) == {
        "math": "math",
        "F": "torch.nn.functional",
        "path": "os.path",
        "SEP": "os.sep",
        "GAIN": "",
        "ü": "",
        "OTHER": "",
        "scaled": "",
        "Scale": "",
    }
    assert bound("from . import a\nimport b.c\ntry:\n    d = 1\nfinally:\n    pass") == {
        "a": "..a",
        "b": "b",
        "d": "",
    }


def test_every_use_goes_with_it_and_no_other_name():
    names = {name: f"{name}2" for name in bound(TEXT)}
    text = renamed(TEXT, names)
    before, after = ran(TEXT), ran(text)
    assert {f"{name}2" for name in bound(TEXT)} == after.keys() - {"__name__", "__builtins__"}
    assert after["scaled2"](2.0) == before["scaled"](2.0)
    first, second = before["Scale"]().forward(1), after["Scale2"]().forward(1)
    assert (first[0], first[2:]) == (second[0], second[2:])
    assert second[1] is after["Scale2"]
    assert (before["GAIN"], after["GAIN2"]) == (3.0, 3.0)
    assert after["Scale2"].more == 2.0
    assert "def scaled2(x, GAIN=GAIN2, *, more=lambda GAIN: GAIN + 1):" in text
    assert "from os import path as path2, sep as SEP2" in text


def test_text_without_these_names_stays():
    assert renamed(TEXT, {"nothing": "nothing2"}) == TEXT
    assert ast.dump(ast.parse(TEXT)) == ast.dump(ast.parse(renamed(TEXT, {})))
