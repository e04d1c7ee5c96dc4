"""The source of every block in the palette, as a formatter and a linter see it."""

import subprocess
import sys

import pytest

from explorer.graph.block import Shape
from explorer.plan.source import source
from tests.blocks.cases import LAYERS, accepted, mended, side_by_side

SHAPES = (
    Shape("image", (16, 8, 8)),
    Shape("sequence", (16, 16)),
    Shape("vector", (16,)),
    Shape("tokens", (16,)),
)


def variants(block_class):
    """By default, and with every switch and choice at its other end."""
    yield block_class()
    changes = {
        parameter.name: not parameter.default if parameter.type == "bool" else parameter.choices[-1]
        for parameter in block_class.parameters()
        if parameter.type in ("bool", "choice")
    }
    yield block_class(**changes)


def texts(block_class):
    for block in variants(block_class):
        for shape in SHAPES:
            shapes = (shape,) * len(block.inputs)
            better = mended(block, shapes)
            if accepted(better, shapes) is not None:
                yield source(side_by_side([(better, shapes)]))


def test_a_formatter_and_a_linter_leave_every_block_alone(tmp_path):
    for kind, block_class in LAYERS.items():
        written = list(texts(block_class))
        assert written, f"{kind} takes none of the shapes"
        for place, text in enumerate(written):
            (tmp_path / f"{kind}_{place}.py").write_text(text, encoding="utf-8")
    for command in (["format", "--check"], ["check", "--select", "E,F,I,UP,B,RUF100"]):
        run = [sys.executable, "-m", "ruff", *command, "--no-cache", "--isolated", "."]
        done = subprocess.run(run, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("kind", LAYERS)
def test_no_line_had_to_be_exempted(kind):
    assert all("fmt: skip" not in text for text in texts(LAYERS[kind]))
