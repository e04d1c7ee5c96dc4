"""Bundled files are found the same way in a checkout, a wheel and a frozen program."""

import sys

import pytest

from explorer import resources


@pytest.fixture(autouse=True)
def found_anew():
    resources.root.cache_clear()
    yield
    resources.root.cache_clear()


def test_a_checkout_has_its_files():
    for name in ("Inter-Regular.otf", "Inter-Bold.otf", "DejaVuSans.ttf", "DejaVuSansMono.ttf"):
        assert resources.path("fonts", name).read_bytes()[:4] in (b"OTTO", b"\0\1\0\0")
    assert resources.path("fonts", "LICENSES.md").is_file()
    assert resources.path("datasets", "mnist").is_dir()


def test_a_missing_file_is_named():
    with pytest.raises(FileNotFoundError, match=r"datasets/none\.xz is missing.*Install"):
        resources.path("datasets", "none.xz")


def test_a_wheel_carries_them_inside(tmp_path, monkeypatch):
    (tmp_path / "explorer" / "_resources" / "fonts").mkdir(parents=True)
    monkeypatch.setattr(resources, "__file__", str(tmp_path / "explorer" / "resources.py"))
    assert resources.path("fonts") == (tmp_path / "explorer" / "_resources" / "fonts").resolve()


def test_a_frozen_program_unpacks_them(tmp_path, monkeypatch):
    (tmp_path / "explorer" / "_resources" / "fonts").mkdir(parents=True)
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    assert resources.path("fonts") == tmp_path / "explorer" / "_resources" / "fonts"


def test_an_installation_without_any_says_where_it_looked(tmp_path, monkeypatch):
    monkeypatch.setattr(resources, "__file__", str(tmp_path / "explorer" / "resources.py"))
    with pytest.raises(FileNotFoundError, match="_resources"):
        resources.path("fonts")
