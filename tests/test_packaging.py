"""The wheel works where nobody has the checkout: it carries its data and trains."""

import os
import re
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def run(*command: str | Path, cwd: Path) -> str:
    """Output of a command that must succeed and must not find the checkout by accident."""
    surroundings = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=surroundings,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder, cwd=ROOT)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of a fresh environment with the wheel; the dependencies are borrowed from this one."""
    place = tmp_path_factory.mktemp("fresh") / "environment"
    venv.create(place, with_pip=False)
    python = place / "bin" / "python"
    install = ["install", "--quiet", "--no-deps", "--no-index", "--disable-pip-version-check"]
    run(sys.executable, "-m", "pip", "--python", python, *install, wheel, cwd=place)
    own = run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=place)
    # Links inside the borrowed folders are not followed, so the checkout stays out of reach.
    borrowed = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    Path(own.strip(), "borrowed.pth").write_text("\n".join(sorted(borrowed)) + "\n")
    return place


def test_wheel_carries_all_resources(wheel: Path) -> None:
    resources = ROOT / "resources"
    files = [file for file in resources.rglob("*") if file.is_file() and file.suffix != ".pyc"]
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    expected = {f"explorer/_resources/{file.relative_to(resources).as_posix()}" for file in files}
    assert expected
    assert expected <= names


def test_resources_come_from_the_wheel(installed: Path) -> None:
    ask = "import explorer.resources as r; print(r.__file__); print(r.path('examples'))"
    for line in run(installed / "bin" / "python", "-c", ask, cwd=installed).splitlines():
        assert Path(line).is_relative_to(installed)


def test_installed_program_trains(installed: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    train = ["train", "tutorial-cnn", "--steps", "10", "--out", out]
    run(installed / "bin" / "python", "-m", "explorer", *train, cwd=tmp_path)
    written = {file.name for file in out.iterdir()}
    assert {"weights.safetensors", "document.json", "metrics.jsonl"} <= written


def test_commands_are_installed(installed: Path) -> None:
    for name in ("architecture-explorer", "architecture-explorer-cli"):
        assert os.access(installed / "bin" / name, os.X_OK)


def test_a_frozen_program_keeps_every_text_that_is_read_as_text():
    recipe = (ROOT / "packaging/freeze/architecture-explorer.spec").read_text(encoding="utf-8")
    read = re.compile(r'get_data\(\s*"explorer", f?"([^"{]+)')
    found = [
        place
        for file in (ROOT / "explorer").rglob("*.py")
        for place in read.findall(file.read_text(encoding="utf-8"))
    ]
    assert len(found) >= 2
    for place in found:  # engine/layers/ or plan/png.py
        module = f"explorer.{place.removesuffix('.py').strip('/').replace('/', '.')}"
        assert f'"{module}": "pyz+py"' in recipe
