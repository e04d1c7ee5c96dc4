"""`explorer info` says what is doubtful beside what is wrong."""

import json

from explorer.__main__ import main
from explorer.graph.edits import splice
from explorer.graph.files import dump
from explorer.plan.documents import examples, read
from tests.making import block


def test_info_gives_advice(tmp_path, capsys) -> None:
    drawn = read(examples()["tutorial-cnn"]).document
    drawn, _ = splice(drawn, drawn.into("output", "x"), block("softmax"), 0.0, 0.0)
    file = tmp_path / "net.json"
    file.write_text(dump(drawn), encoding="utf-8")
    assert main(["info", str(file)]) == 0
    told = capsys.readouterr().out
    assert "advice: softmax (Softmax) makes the logits" in told
    assert "problem:" not in told
    assert main(["info", "--json", str(file)]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert sum("advice" in each for each in rows) == 1
    assert not any("problem" in each for each in rows)
