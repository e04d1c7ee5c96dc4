"""Custom blocks on the command line: refused with file and sha256, unless trusted in that call."""

import json
from pathlib import Path

import pytest

from explorer.__main__ import main
from explorer.blocks.catalogue import block_of
from explorer.graph import custom
from explorer.graph.custom import Custom
from explorer.graph.custom_file import digest
from explorer.graph.document import Document
from explorer.graph.edits import chain
from explorer.graph.files import dump

TEXT = """from pathlib import Path

import torch
from torch import nn

Path(__file__).with_name("ran").write_text("yes")


class Stem(nn.Module):
    def __init__(self, channels: int = 4):
        super().__init__()
        self.conv = nn.Conv2d(1, channels, 3)

    def forward(self, x):
        return torch.tanh(self.conv(x))
"""


@pytest.fixture(autouse=True)
def nothing_known(tmp_path, monkeypatch):
    monkeypatch.setenv("EXPLORER_DATA", str(tmp_path / "data"))
    yield
    custom.forget()


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "my blocks" / "stem.py"
    path.parent.mkdir()
    path.write_text(TEXT)
    return path


@pytest.fixture
def document(tmp_path, file):
    block = Custom(
        path=str(file),
        class_name="Stem",
        sha256=digest(TEXT.encode()),
        arguments=json.dumps({"channels": 3}),
    )
    row = [("input", block_of("input")()), ("stem", block), ("flatten", block_of("flatten")())]
    row += [("fc1", block_of("linear")(out_features=10)), ("output", block_of("output")())]
    drawn = chain(Document(title="Mine", dataset="digits-8x8"), row)
    path = tmp_path / "mine.json"
    path.write_text(dump(drawn), encoding="utf-8")
    return path


def explorer(*arguments: object) -> int:
    """The exit status of a call, which knows nothing of the ones before."""
    custom.forget()
    return main([str(each) for each in arguments])


def ran(file: Path) -> bool:
    return file.with_name("ran").exists()


def trained(document: Path, file: Path, out: Path) -> Path:
    assert explorer("train", document, "--trust", file, "--steps", 3, "--out", out) == 0
    file.with_name("ran").unlink(missing_ok=True)
    return out


def asked_for(file: Path, told: str) -> bool:
    return f"stem needs the custom block Stem of {file} (sha256 {digest(TEXT.encode())})" in told


def test_training_is_refused_and_says_what_to_trust(document, file, capsys):
    assert explorer("train", document) == 1
    told = capsys.readouterr().err
    assert asked_for(file, told)
    assert f"if you trust it, add --trust {file}" in told
    assert not ran(file)


def test_all_that_a_trusted_block_is_good_for(document, file, tmp_path, capsys):
    out = trained(document, file, tmp_path / "out")
    for command in (
        ["evaluate", out],
        ["evaluate", 1],
        ["export", out, "--format", "python", "--out", tmp_path / "net.py"],
        ["train", "--resume", out],
        ["sweep", document, "--vary", "rate=0.1,0.2", "--epochs", 1, "--trials", 1, "--no-record"],
    ):
        capsys.readouterr()
        assert explorer(*command) == 1
        assert asked_for(file, capsys.readouterr().err), command
        assert explorer(*command, "--trust", file) == 0, capsys.readouterr().err
    assert "class Stem(nn.Module)" in (tmp_path / "net.py").read_text()


def test_trials_of_a_sweep_give_a_trusted_block_other_shapes(tmp_path, capsys):
    text = "import torch\nfrom torch import nn\n\n\nclass Squash(nn.Module):\n"
    text += "    def forward(self, x):\n        return torch.tanh(x)\n"
    file, document = tmp_path / "squash.py", tmp_path / "wide.json"
    file.write_text(text)
    squash = Custom(path=str(file), class_name="Squash", sha256=digest(text.encode()))
    row = [("input", block_of("input")()), ("conv1", block_of("conv2d")(out_channels=2))]
    row += [("squash", squash), ("flatten", block_of("flatten")())]
    row += [("fc1", block_of("linear")(out_features=10)), ("output", block_of("output")())]
    drawn = chain(Document(title="Wide", dataset="digits-8x8"), row)
    document.write_text(dump(drawn), encoding="utf-8")
    vary = ["--vary", "conv1.out_channels=2,3", "--epochs", 1, "--no-record", "--json"]
    assert explorer("sweep", document, *vary, "--trust", file) == 0
    trials = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [each["state"] for each in trials if "state" in each] == ["finished", "finished"]


def test_info_runs_only_what_is_trusted(document, file, capsys):
    assert explorer("info", document) == 0
    told = capsys.readouterr().out
    assert "not trusted: stem needs" in told
    assert asked_for(file, told)
    assert not ran(file)
    assert explorer("info", document, "--trust", file) == 0
    told = capsys.readouterr().out
    assert "3 x 6 x 6" in told
    assert "not trusted" not in told


def test_a_changed_file_is_another_file(document, file, capsys):
    file.write_text(f"{TEXT}\n")
    assert explorer("train", document, "--trust", file, "--steps", 1) == 1
    told = capsys.readouterr().err
    assert asked_for(file, told)
    assert f"has changed since (sha256 {digest(file.read_bytes())})" in told
    assert not ran(file)


def test_the_same_file_elsewhere(document, file, tmp_path, monkeypatch, capsys):
    """A document may come from another machine with its file."""
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    file.rename("stem.py")
    assert explorer("train", document) == 1
    assert "It can't be read there" in capsys.readouterr().err
    assert explorer("train", document, "--trust", "stem.py", "--steps", 1, "--no-record") == 0


@pytest.mark.parametrize(
    ("content", "words"),
    [(None, "can't be read"), ("x = 1", "can't be a block: it should hold one subclass")],
)
def test_what_can_not_be_trusted(document, file, content, words, capsys):
    file.unlink()
    if content is not None:
        file.write_text(content)
    assert explorer("train", document, "--trust", file) == 1
    assert words in capsys.readouterr().err


def test_a_trial_run_that_fails_is_told(document, file, tmp_path, capsys):
    broken = TEXT.replace("torch.tanh(", "torch.tahn(")
    file.write_text(broken)
    text = document.read_text().replace(digest(TEXT.encode()), digest(broken.encode()))
    document.write_text(text)
    assert explorer("train", document, "--trust", file) == 1
    assert "stem.py, line 15: AttributeError" in capsys.readouterr().err
