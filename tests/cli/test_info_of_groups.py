"""`explorer info` tells which blocks stand for one, and how often."""

from explorer.__main__ import main
from explorer.graph.files import dump
from tests.plan.test_groups import residual


def test_info_tells_the_groups(tmp_path, capsys) -> None:
    file = tmp_path / "net.json"
    file.write_text(dump(residual(3)), encoding="utf-8")
    assert main(["info", str(file)]) == 0
    told = capsys.readouterr().out
    assert "group block1: conv1, bn1, relu1, conv2, add, relu2, 3 times in a row\n" in told
    assert "3,522 weights, 60,160 MACs a sample" in told
