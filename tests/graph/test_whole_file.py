"""A file is there when it is whole, or not at all; what was there before stays until then."""

import os

import pytest

from explorer.graph.whole_file import whole_text, write_whole


def lines(path):
    with whole_text(path) as file:
        file.write("a\nπ\n")


def content(path):
    write_whole(path, b"a\n\xcf\x80\n")


@pytest.mark.parametrize("write", [lines, content])
def test_it_takes_the_place_of_the_older_one(write, tmp_path):
    path = tmp_path / ("n" * 90)
    path.write_bytes(b"older")
    write(path)
    assert path.read_bytes() == b"a\n\xcf\x80\n"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("write", [lines, content])
@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_fault_leaves_all_as_it_was(write, call, tmp_path, monkeypatch):
    path = tmp_path / "file"
    path.write_bytes(b"older")

    def full(*arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, call, full)
    with pytest.raises(OSError, match="No space left"):
        write(path)
    assert path.read_bytes() == b"older"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(os.name == "nt", reason="there are no such permissions")
def test_others_can_read_a_text(tmp_path):
    lines(tmp_path / "file")
    assert (tmp_path / "file").stat().st_mode & 0o777 == 0o644
