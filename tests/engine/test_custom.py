"""Users' files in the engine: tried, told with their line, built, exported, never unasked."""

import json

import pytest
import torch

from explorer.blocks.catalogue import block_of
from explorer.engine.device.failures import EngineError
from explorer.engine.network.build import initial_network
from explorer.engine.network.custom import class_of, trial
from explorer.graph import custom, edits
from explorer.graph.block import Shape
from explorer.graph.custom import Custom, Facts
from explorer.graph.custom_file import declared, digest
from explorer.graph.document import Document
from explorer.graph.groups import make_group
from explorer.plan.plan import plan
from explorer.plan.source import network_name, source

IMAGE = Shape("image", (1, 28, 28))
STEM = '''"""A stem."""

import math

import torch
from torch import nn

GAIN = math.sqrt(4.0)


class Stem(nn.Module):
    def __init__(self, channels: int = 4, kernel: int = 3):
        super().__init__()
        self.conv = nn.Conv2d(1, channels, kernel, padding=kernel // 2)
        self.drop = nn.Dropout(0.5)

    def forward(self, x):
        return torch.tanh(self.drop(self.conv(x))) * GAIN
'''
HEADER = "from torch import nn\n\n\nclass Odd(nn.Module):\n"


@pytest.fixture(autouse=True)
def nothing_known():
    yield
    custom.forget()


def of(text, path="/home/me/mine.py", trusted=True):
    found = declared(text.encode())
    block = Custom(
        path=path,
        class_name=found.class_name,
        sha256=digest(text.encode()),
        ports=found.ports,
        arguments=json.dumps(dict(found.parameters)),
    )
    if trusted:
        custom.trust(path, block.sha256, text)
    return block


def drawing(block):
    parts = [("input", block_of("input")()), ("stem", block), ("flatten", block_of("flatten")())]
    parts += [("fc1", block_of("linear")(out_features=10)), ("output", block_of("output")())]
    return edits.chain(Document(title="Mine"), parts)


def test_a_trial_tells_shape_weights_and_macs():
    state = torch.get_rng_state()
    found = trial(of(STEM), (IMAGE,))
    assert found == Facts(Shape("image", (4, 28, 28)), 40, 4 * 9 * 28 * 28)
    assert torch.equal(torch.get_rng_state(), state)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("def forward(self, x):\n        return nn.Linear(3, 4)(x)", "line 6: RuntimeError"),
        ("def forward(self, x):\n        raise SystemExit('no')", "line 6: SystemExit: no"),
        ("def forward(self, x):\n        return 1 / 0", "line 6: ZeroDivisionError"),
        ("def forward(self, x):\n        return [x]", "should give a tensor but gives list"),
        ("def forward(self, x):\n        return x.sum()", "gives () for a batch of 2"),
        ("def forward(self, x):\n        return x.flatten(1).argmax(1)[:, None]", "real numbers"),
        ("def __init__(self):\n        self.fc = nn.Linear(1, 1)\n\n    def forward(self, x):\n"
         "        return x", "line 6: AttributeError"),
        ("1 / 0\n\n    def forward(self, x):\n        return x", "line 5: ZeroDivisionError"),
    ],
)  # fmt: skip
def test_a_failure_names_the_line(body, words):
    found = trial(of(f"{HEADER}    {body}\n"), (IMAGE,))
    assert isinstance(found, str)
    assert words in found
    assert "mine.py" in found


def test_a_file_that_never_ends_is_ended(monkeypatch):
    monkeypatch.setattr("explorer.engine.network.custom.LONGEST_S", 0.5)
    body = """
    def forward(self, x):
        while True:
            try:
                x = x + 1
            except Exception:
                pass
"""
    found = trial(of(HEADER + body), (IMAGE,))
    assert "takes longer than 0.5 s in mine.py, line" in found
    assert isinstance(trial(of(STEM), (IMAGE,)), Facts)


def test_nothing_untrusted_is_built(tmp_path):
    marker = tmp_path / "ran"
    block = of(f"open({str(marker)!r}, 'w')\n{STEM}", trusted=False)
    with pytest.raises(EngineError, match="not trusted"):
        class_of(block.layer(IMAGE).layer)
    assert "not trusted" in trial(block, (IMAGE,))
    assert not marker.exists()


def test_the_text_that_was_trusted_runs_not_the_files(tmp_path):
    path = tmp_path / "stem.py"
    block = of(STEM, str(path))
    path.write_text("raise SystemExit")
    assert isinstance(trial(block, (IMAGE,)), Facts)


def test_it_trains_and_its_source_computes_the_same():
    block = of(STEM)
    custom.remember(block, (IMAGE,), trial(block, (IMAGE,)))
    made = plan(drawing(block))
    assert made.ready, made.problems
    network = initial_network(made).eval()
    assert sum(p.numel() for p in network.parameters()) == made.weights
    text = source(made)
    assert "class Stem(nn.Module):" in text
    assert "self.stem = Stem(channels=4, kernel=3)" in text
    scope = {"__name__": "exported"}
    exec(compile(text, "exported.py", "exec"), scope)
    exported = scope["Mine"]()
    exported.load_state_dict(network.state_dict(), strict=True)
    x = torch.randn(3, 1, 28, 28)
    torch.testing.assert_close(exported.eval()(x), network(x), rtol=0, atol=0)


def test_two_files_may_call_their_class_the_same():
    """Each file's names stay its own in the exported source: class, constant, function."""
    other = STEM.replace("math.sqrt(4.0)", "math.sqrt(9.0)").replace("torch.tanh", "torch.sin")
    other = other.replace("nn.Conv2d(1,", "nn.Conv2d(4,")
    blocks = [of(STEM), of(other, "/home/me/other.py"), of(f"{other}\n# a third", "/home/me/3.py")]
    shapes = [IMAGE, *2 * [Shape("image", (4, 28, 28))]]
    for block, shape in zip(blocks, shapes, strict=True):
        custom.remember(block, (shape,), trial(block, (shape,)))
    parts = [("input", block_of("input")()), ("first", blocks[0]), ("second", blocks[1])]
    parts += [("third", blocks[2]), ("flatten", block_of("flatten")())]
    parts += [("fc1", block_of("linear")(out_features=10)), ("output", block_of("output")())]
    # the network and a group would like to be called like what the files define
    drawn = edits.chain(Document(title="Stem2"), parts)
    drawn, _ = make_group(drawn, {"third"}, "stem")
    made = plan(drawn)
    assert made.ready, made.problems
    text = source(made)
    assert "self.first = Stem(channels=4, kernel=3)" in text
    assert "self.second = Stem2(channels=4, kernel=3)" in text
    assert "self.third = Stem3(channels=4, kernel=3)" in text
    assert (
        "# From other.py, with other names where they were taken: GAIN2 for GAIN, Stem2 for" in text
    )
    network = initial_network(made).eval()
    scope = {"__name__": "exported"}
    exec(compile(text, "exported.py", "exec"), scope)
    exported = scope[network_name(made)]()
    exported.load_state_dict(network.state_dict(), strict=True)
    x = torch.randn(3, 1, 28, 28)
    torch.testing.assert_close(exported.eval()(x), network(x), rtol=0, atol=0)


def test_a_file_may_define_what_the_exported_one_does():
    text = STEM.replace("GAIN", "CLASSES").replace("torch.tanh(", "load(")
    block = of(f"{text}\n\ndef load(x):\n    return torch.tanh(x)\n")
    custom.remember(block, (IMAGE,), trial(block, (IMAGE,)))
    made = plan(drawing(block))
    network = initial_network(made).eval()
    scope = {"__name__": "exported"}
    exec(compile(source(made), "exported.py", "exec"), scope)
    exported = scope["Mine"]()
    exported.load_state_dict(network.state_dict(), strict=True)
    x = torch.randn(3, 1, 28, 28)
    torch.testing.assert_close(exported.eval()(x), network(x), rtol=0, atol=0)
    assert scope["CLASSES"][:2] == ("0", "1")


def test_another_process_learns_what_is_trusted():
    block = of(STEM)
    custom.remember(block, (IMAGE,), trial(block, (IMAGE,)))
    told = custom.packed([(block, (IMAGE,))])
    custom.forget()
    assert not plan(drawing(block)).ready
    custom.unpack(told)
    assert plan(drawing(block)).ready
