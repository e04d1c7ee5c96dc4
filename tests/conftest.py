"""What holds for every test: no screen, one thread, a home of its own, no widget left behind."""

import gc
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

# Before Qt or torch is imported by anything: both read these only once.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("PYTHONFAULTHANDLER", "1")

# A home of its own for each test process, handed on to the processes that tests start.
HOME = Path(tempfile.mkdtemp(prefix="explorer-tests-"))
USER_FOLDERS = {
    "HOME": ".",
    "USERPROFILE": ".",
    "APPDATA": "roaming",
    "LOCALAPPDATA": "local",
    "XDG_CACHE_HOME": "cache",
    "XDG_CONFIG_HOME": "config",
    "XDG_DATA_HOME": "data",
    "XDG_STATE_HOME": "state",
    "XDG_RUNTIME_DIR": "runtime",
}
for name, folder in USER_FOLDERS.items():
    (HOME / folder).mkdir(mode=0o700, exist_ok=True)
    os.environ[name] = str((HOME / folder).resolve())

# A busy machine is no fault of the code: no deadline. The same examples in every run.
settings.register_profile("explorer", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("explorer")


def pytest_unconfigure() -> None:
    """Take the process's own home away again."""
    shutil.rmtree(HOME, ignore_errors=True)


@pytest.fixture(autouse=True)
def one_torch_thread() -> None:
    """Float32 results depend on the number of threads: one, wherever torch is loaded by now."""
    torch = sys.modules.get("torch")
    if torch is not None and torch.get_num_threads() != 1:
        torch.set_num_threads(1)


FULL_PASS_EVERY = 100  # tests: with torch loaded, a full pass takes 200 ms


@pytest.fixture(autouse=True)
def collected_in_the_main_thread() -> Iterator[None]:
    """As in the program: else a thread that makes many objects takes widgets apart, beside Qt."""
    if _application() is not None:
        gc.disable()
    yield
    if _application() is not None:
        gc.disable()  # a window that was closed has given it back to Python
        _passes.append(gc.collect(2 if len(_passes) % FULL_PASS_EVERY == 99 else 1))


_passes: list[int] = []


@pytest.fixture(autouse=True)
def no_widget_left_behind(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test that leaves a top-level widget: it would live on in every later test."""
    before = set(_top_level_widgets())
    failed_before = request.session.testsfailed
    yield
    if request.session.testsfailed > failed_before:
        return  # the failure itself is what to read, and its traceback keeps widgets alive
    if not set(_top_level_widgets()) <= before:
        gc.collect()  # a widget in a reference cycle is nobody's any more
    left = [widget for widget in _top_level_widgets() if widget not in before]
    described = [f"{type(widget).__name__} {widget.objectName()!r}" for widget in left]
    for widget in left:
        widget.close()
        widget.deleteLater()
    assert not left, f"left behind: {', '.join(described)}"


def _application():
    widgets = sys.modules.get("PySide6.QtWidgets")
    return widgets.QApplication.instance() if widgets is not None else None


def _top_level_widgets():
    """Top-level widgets that still live once Qt has done its deferred deletions."""
    application = _application()
    if application is None:
        return []
    from PySide6.QtCore import QEvent

    application.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    application.processEvents()
    return [widget for widget in application.topLevelWidgets() if widget.parent() is None]
