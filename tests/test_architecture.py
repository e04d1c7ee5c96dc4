"""The arrow of the house: who may import whom, and who runs without torch or Qt."""

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "explorer"

# Run in a fresh interpreter: the named modules must import although these packages cannot.
IMPORT_WITHOUT = """
import importlib, sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in blocked:
            raise ModuleNotFoundError(f"{name} is not installed here", name=name)

blocked = set(sys.argv[1].split(","))
sys.meta_path.insert(0, Absent())
for name in sys.argv[2:]:
    importlib.import_module(name)
print(len(sys.argv[2:]))
"""


def modules_below(*rooms: str) -> list[str]:
    """Dotted names of every module in these rooms, found by looking into the folders."""
    files = [file for room in rooms for file in sorted((PACKAGE / room).rglob("*.py"))]
    parts = [file.relative_to(ROOT).with_suffix("").parts for file in files]
    return [".".join(part[:-1] if part[-1] == "__init__" else part) for part in parts]


def import_without(blocked: str, modules: list[str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", IMPORT_WITHOUT, blocked, *modules]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("blocked", "rooms"),
    [
        (
            "torch,PySide6,shiboken6,pyqtgraph",
            ["graph", "blocks", "datasets", "plan", "protocol", "records"],
        ),
        ("PySide6,shiboken6,pyqtgraph", ["engine", "cli"]),
        ("torch", ["ui"]),
    ],
    ids=["no-torch-no-qt", "no-qt", "no-torch"],
)
def test_rooms_import_without(blocked: str, rooms: list[str]) -> None:
    modules = modules_below(*rooms)
    assert len(modules) >= len(rooms)
    done = import_without(blocked, modules)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split()[-1] == str(len(modules))


def test_blocking_an_import_works() -> None:
    done = import_without("json", ["json.decoder"])
    assert "json is not installed here" in done.stderr


@pytest.mark.parametrize("file", sorted(PACKAGE.rglob("__init__.py")), ids=str)
def test_init_is_one_docstring(file: Path) -> None:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    assert len(tree.body) == 1, f"{file}: a package is its docstring and nothing else"
    assert ast.get_docstring(tree), f"{file} does not say what lives here"


# --- import-linter --------------------------------------------------------------------------


def lint_imports(folder: Path) -> tuple[int, str]:
    """Exit status and report of import-linter on the checkout (or copy) in this folder."""
    program = "import sys; from importlinter.cli import lint_imports_command as main; main()"
    command = [sys.executable, "-c", program, "--no-cache"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Copy of the program's source to break a rule in."""
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(PACKAGE, tmp_path / "explorer", ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_every_contract_is_kept() -> None:
    status, report = lint_imports(ROOT)
    assert status == 0, report


@pytest.mark.parametrize(
    ("file", "text", "told"),
    [
        ("utils/__init__.py", '"""Odds and ends."""\n', "utils"),
        (
            "blocks/broken/lazy.py",
            "def make():\n    import torch\n    return torch\n",
            "explorer.blocks.broken.lazy -> torch (l.2)",
        ),
        (
            "ui/reaching.py",
            "import explorer.engine\n",
            "explorer.ui.reaching -> explorer.engine (l.1)",
        ),
        (
            "engine/painting.py",
            "import PySide6.QtGui\n",
            "explorer.engine.painting -> PySide6 (l.1)",
        ),
        (
            "graph/planning.py",
            "import explorer.plan\n",
            "explorer.graph.planning -> explorer.plan (l.1)",
        ),
        (
            "cli/showing.py",
            "import explorer.ui\n",
            "explorer.cli.showing -> explorer.ui (l.1)",
        ),
    ],
    ids=["new-room", "lazy-torch-in-block", "ui-engine", "qt-in-engine", "upwards", "cli-ui"],
)
def test_a_broken_rule_is_caught(copy: Path, file: str, text: str, told: str) -> None:
    path = copy / "explorer" / file
    path.parent.mkdir(exist_ok=True)
    if path.name != "__init__.py" and not (path.parent / "__init__.py").exists():
        (path.parent / "__init__.py").write_text('"""A group."""\n', encoding="utf-8")
    path.write_text(text, encoding="utf-8")
    status, report = lint_imports(copy)
    assert status != 0
    assert told in " ".join(report.split()), report


def test_blocks_that_know_each_other_are_caught(copy: Path) -> None:
    folder = copy / "explorer" / "blocks" / "broken"
    folder.mkdir()
    (folder / "__init__.py").write_text('"""A group."""\n', encoding="utf-8")
    (folder / "one.py").write_text("import explorer.blocks.broken.two\n", encoding="utf-8")
    (folder / "two.py").write_text('"""Used by one."""\n', encoding="utf-8")
    status, report = lint_imports(copy)
    assert status != 0
    assert "explorer.blocks.broken.one" in report
