"""A law over every command and every action of one: how they are called, rightly and wrongly."""

import argparse
import csv
import io
import json
from contextlib import closing

import pytest

from explorer.cli.main import _parser
from explorer.cli.usage import close, did_you_mean
from explorer.records.store import RunStore
from tests.cli.making import block, explorer, written


def sub_commands(parser=None, words=()):
    """The words that lead to each parser, and the parser."""
    parser = parser or _parser()
    if words:
        yield words, parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, each in action.choices.items():
                yield from sub_commands(each, (*words, name))


ALL = dict(sub_commands())


def needed(parser):
    """Words for what must be given."""
    words = []
    for action in parser._actions:
        actions = isinstance(action, argparse._SubParsersAction)
        if action.required and action.nargs != "*" and not actions:
            value = next(iter(action.choices)) if action.choices else "1"
            words += [*action.option_strings[:1], value]
    return words


def test_all_commands_are_looked_at():
    assert {words[0] for words in ALL} == {
        *("train", "sweep", "evaluate", "runs", "export", "devices", "info", "examples")
    }
    assert len(ALL) == 18


@pytest.mark.parametrize("words", ALL, ids=" ".join)
def test_help_is_there_and_tells_of_json(words, capsys):
    assert explorer(*words, "--help") == 0
    told = capsys.readouterr().out
    assert told.startswith(f"usage: explorer {' '.join(words)} ")
    assert "--json" in told


@pytest.mark.parametrize("words", ALL, ids=" ".join)
@pytest.mark.parametrize("wrong", ["--jsno", "--no-such-thing=3"])
def test_an_unknown_option_is_named_with_the_command_s_own_usage(words, wrong, capsys):
    assert explorer(*words, *needed(ALL[words]), wrong) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.startswith(f"usage: explorer {' '.join(words)} ")
    assert wrong in told.err
    assert ("Did you mean --json?" in told.err) == (wrong == "--jsno")


@pytest.mark.parametrize("words", [w for w in ALL if needed(ALL[w])], ids=" ".join)
def test_what_is_missing_is_named(words, capsys):
    assert explorer(*words) == 2
    told = capsys.readouterr().err
    assert told.startswith(f"usage: explorer {' '.join(words)} ")
    assert "required" in told


NUMBERED = [
    (words, action)
    for words, parser in ALL.items()
    for action in parser._actions
    if action.type in (int, float)
]


@pytest.mark.parametrize(("words", "action"), NUMBERED, ids=lambda each: str(each)[:40])
def test_a_number_that_is_none_is_named(words, action, capsys):
    given = [*action.option_strings[:1], "seven"]
    others = [each for each in needed(ALL[words]) if action.option_strings]
    assert explorer(*words, *others, *given) == 2
    told = capsys.readouterr().err
    assert "seven" in told
    assert told.startswith(f"usage: explorer {' '.join(words)} ")


@pytest.mark.parametrize(
    "words", [w for w, p in ALL.items() if "--device" in p._option_string_actions], ids=" ".join
)
def test_a_device_of_no_kind_is_named(words, capsys):
    assert explorer(*words, *needed(ALL[words]), "--device", "toaster") == 2
    told = capsys.readouterr().err
    assert "toaster" in told
    assert told.startswith(f"usage: explorer {' '.join(words)} ")


def test_an_example_s_name_that_is_misspelt(capsys):
    assert explorer("info", "tutorail-cnn") == 1
    assert "Did you mean tutorial-cnn?" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (("trian", "tutorial-cnn", "--epochs", 3), "train"),
        (("Train", "tutorial-cnn"), "train"),
        (("infp",), "info"),
        (("tutorial-cn",), "tutorial-cnn"),
        (("lenet5",), "lenet-5"),
        (("runs", "lst"), "list"),
        (("runs", "shwo", 3), "show"),
        (("export", "run", "--format", "onx", "--out", "x"), "onnx"),
        (("train", "tutorial-cnn", "--epohcs", 3), "--epochs"),
        (("train", "tutorial-cnn", "--percision=float32"), "--precision"),
    ],
)
def test_what_was_meant_is_suggested(words, meant, capsys, monkeypatch):
    monkeypatch.setattr("explorer.app.main", lambda arguments: pytest.fail("the window opened"))
    assert explorer(*words) == 2
    told = capsys.readouterr().err
    assert f"Did you mean {meant}" in told
    assert "usage: explorer" in told
    assert "--tour" not in told


def test_a_word_that_is_like_nothing_lists_what_there_is(capsys):
    assert explorer("xyzzy") == 2
    told = capsys.readouterr().err
    assert "xyzzy" in told
    assert "Did you mean" not in told
    for word in ("train", "devices", "tutorial-cnn"):
        assert word in told


def test_a_file_without_a_suffix_is_no_misspelt_command(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "trian").write_text("{}")
    seen = []
    monkeypatch.setattr("explorer.app.main", lambda arguments: seen.append(arguments) or 0)
    assert explorer("trian") == 0
    assert explorer("tutorial-cnn") == 0
    assert seen == [["trian"], ["tutorial-cnn"]]


def test_suggestions():
    assert close("TRIAN", ["train", "info"]) == ["train"]
    assert close("qqq", ["train"]) == []
    assert did_you_mean(["a", "b", "a"]) == ". Did you mean a or b?"
    assert did_you_mean([]) == ""


# --- JSON lines from every command


@pytest.fixture
def run(tmp_path, capsys):
    """A folder with a trained run, which is recorded as run 1; run 2 beside it."""
    row = [block("flatten"), block("linear", out_features=10)]
    document = written(tmp_path, *row, batch=128, epochs=1)
    assert explorer("train", document, "--out", tmp_path / "run") == 0
    assert explorer("train", document, "--seed", 1) == 0
    capsys.readouterr()
    return tmp_path / "run"


def rows(capsys):
    """The output: nothing but JSON objects, a line each."""
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert all(isinstance(row, dict) for row in found)
    return found


def test_every_command_speaks_json(run, tmp_path, capsys):
    document = run / "document.json"
    out = tmp_path / "out"
    arguments = {
        ("train",): (document, "--steps", 2),
        ("sweep",): (document, "--vary", "rate=0.1,0.2", "--trials", 1),
        ("evaluate",): (run,),
        ("runs",): (),
        ("runs", "list"): ("small",),
        ("runs", "show"): (1,),
        ("runs", "export"): (1, 2),
        ("runs", "report"): (1, "--out", out),
        ("runs", "tensorboard"): (1, "--out", tmp_path / "logs"),
        ("runs", "tag"): (1, "good"),
        ("runs", "note"): (1, "a word"),
        ("runs", "delete"): (2,),
        ("runs", "restore"): (2,),
        ("runs", "empty-trash"): (),
        ("export",): (run, "--format", "pt", "--out", tmp_path / "net.pt"),
        ("devices",): (),
        ("info",): (document,),
        ("examples",): (),
    }
    assert set(ALL) == set(arguments), "a new command has its line here"
    for command, given in arguments.items():
        assert explorer(*command, *given, "--json") == 0, command
        assert rows(capsys), command


def test_json_before_and_after_an_action(run, capsys):
    for words in (["runs", "--json"], ["runs", "--json", "list"], ["runs", "list", "--json"]):
        assert explorer(*words) == 0
        assert [row["id"] for row in rows(capsys)] == [2, 1]


def test_info_as_json(run, capsys):
    assert explorer("info", run, "--json") == 0
    head, *rest = rows(capsys)
    assert (head["document"], head["ready"], head["weights"]) == ("Small", True, 650)
    blocks = {row["block"]: row for row in rest if "block" in row}
    assert blocks["fc1"]["weights"] == 650
    assert blocks["fc1"]["output"] == ["10"]


def test_curves_of_several_runs(run, tmp_path, capsys):
    assert explorer("runs", "export", 1, 2) == 0
    table = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [row["run"] for row in table] == ["1"] * 30 + ["2"] * 30
    assert explorer("runs", "export", 1) == 0
    assert capsys.readouterr().out.startswith("step,loss,")
    assert explorer("runs", "export", 1, 2, "--out", tmp_path / "curves.csv") == 0
    told = capsys.readouterr().out.splitlines()
    assert told == [str(tmp_path / f"curves-{run}.csv") for run in (1, 2)]
    assert explorer("runs", "export", 1, "--json") == 0
    losses = [row for row in rows(capsys) if "loss" in row]
    with closing(RunStore.open()) as store:
        assert [row["loss"] for row in losses] == store.curves(1).losses.losses.tolist()


# --- a run that is none


def test_what_is_missing_in_a_folder_is_said(run, tmp_path, capsys):
    where = ["--format", "pt", "--out", tmp_path / "net.pt"]
    empty = tmp_path / "empty"
    empty.mkdir()
    for command in (["export", empty, *where], ["evaluate", empty]):
        assert explorer(*command) == 1
        told = capsys.readouterr().err
        for name in ("document.json", "weights.safetensors", "checkpoints"):
            assert name in told
    assert explorer("export", tmp_path / "nothing", *where) == 1
    assert "There is no folder" in capsys.readouterr().err


def test_exports_of_a_number_and_of_a_killed_run(run, tmp_path, capsys):
    for name in ("document.json", "weights.safetensors"):
        (run / name).unlink()
    for place, which in (("a.pt", run), ("b.pt", 2)):
        assert explorer("export", which, "--format", "pt", "--out", tmp_path / place) == 0
        assert (tmp_path / place).is_file()
