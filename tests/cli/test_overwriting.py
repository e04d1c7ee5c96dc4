"""A law over every command that writes: what is there stays, unless `--overwrite` is given."""

import pytest

from explorer.cli.main import _parser
from tests.cli.making import block, explorer, written

WRITES = {
    "train": ("weights.safetensors", "document.json", "metrics.jsonl"),
    "sweep": ("trials.csv", "document.json", "weights.safetensors"),
    "export python": ("net.py", "net.safetensors"),
    "export pt": ("net.pt",),
    "runs export": ("run.csv",),
    "runs report": ("run.html",),
    "runs tensorboard": ("run1-small",),
}


@pytest.fixture
def net(tmp_path):
    """A document, a run of it in `run`, recorded as run 1."""
    path = written(tmp_path, block("flatten"), block("linear", out_features=10), epochs=1)
    assert explorer("train", path, "--steps", 1, "--out", tmp_path / "run") == 0
    return path


def command(name, net, out):
    home = net.parent
    return {
        "train": ["train", net, "--steps", 1, "--no-record", "--out", out],
        "sweep": ["sweep", net, "--vary", "seed=1,2", "--trials", 1, "--no-record", "--out", out],
        "export python": ["export", home / "run", "--format", "python", "--out", out / "net.py"],
        "export pt": ["export", home / "run", "--format", "pt", "--out", out / "net"],
        "runs export": ["runs", "export", 1, "--out", out / "run.csv"],
        "runs report": ["runs", "report", 1, "--out", out / "run.html"],
        "runs tensorboard": ["runs", "tensorboard", 1, "--out", out],
    }[name]


@pytest.mark.parametrize("name", WRITES)
def test_each_file_alone_is_enough_to_refuse(name, net, tmp_path, capsys):
    for file in WRITES[name]:
        out = tmp_path / f"with {file}"
        out.mkdir()
        if name == "runs tensorboard":
            (out / file).mkdir()
        else:
            (out / file).write_bytes(b"mine")
        capsys.readouterr()
        assert explorer(*command(name, net, out)) == 1
        told = capsys.readouterr().err
        assert file in told
        assert "--overwrite" in told
        assert [path.name for path in out.iterdir()] == [file]
        if name != "runs tensorboard":
            assert (out / file).read_bytes() == b"mine"
    assert explorer(*command(name, net, out), "--overwrite") == 0
    assert {path.name for path in out.iterdir()} >= set(WRITES[name])


def test_checkpoints_of_a_run_that_did_not_end_are_kept(net, tmp_path, capsys):
    out = tmp_path / "run"
    for file in ("weights.safetensors", "document.json", "metrics.jsonl"):
        (out / file).unlink()
    before = sorted(out.rglob("*"))
    assert explorer("train", net, "--steps", 1, "--out", out) == 1
    assert "--resume" in capsys.readouterr().err
    assert sorted(out.rglob("*")) == before
    assert explorer("train", "--resume", out, "--steps", 1) == 0


def parsers(parser):
    yield parser
    for action in parser._actions:
        for each in getattr(action, "choices", None) or {}:
            if hasattr(action.choices, "values"):
                yield from parsers(action.choices[each])


def test_every_command_that_writes_has_the_switch():
    found = 0
    for parser in parsers(_parser()):
        given = set(parser._option_string_actions)
        assert ("--out" in given) == ("--overwrite" in given), parser.prog
        found += "--out" in given
    assert found >= 6
