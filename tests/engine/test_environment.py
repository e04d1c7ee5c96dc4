"""What torch is told before it is loaded."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from explorer.engine.device.environment import prepare_environment

CODE = """
from explorer.engine.device.environment import prepare_environment
prepare_environment()
import torch
from torch._inductor.runtime.cache_dir_utils import cache_dir
print(cache_dir())
"""


def test_what_the_compiler_keeps_is_in_the_user_s_cache(tmp_path):
    environment = {k: v for k, v in os.environ.items() if k != "TORCHINDUCTOR_CACHE_DIR"}
    environment["XDG_CACHE_HOME"] = str(tmp_path / "cache")
    done = subprocess.run(
        [sys.executable, "-c", CODE], env=environment, capture_output=True, text=True, check=True
    )
    place = Path(done.stdout.strip())
    assert place == tmp_path / "cache" / "architecture-explorer" / "torch"


def test_it_is_never_the_folder_for_temporary_files(monkeypatch):
    monkeypatch.setenv("HOME", "/home/somebody")
    for cache in ("", "relative"):
        monkeypatch.setenv("XDG_CACHE_HOME", cache)
        monkeypatch.delenv("TORCHINDUCTOR_CACHE_DIR", raising=False)
        prepare_environment()
        place = os.environ["TORCHINDUCTOR_CACHE_DIR"]
        assert place.startswith("/home/somebody/")
        assert not place.startswith(tempfile.gettempdir())


def test_the_user_s_own_choice_stays(monkeypatch):
    monkeypatch.setenv("TORCHINDUCTOR_CACHE_DIR", "/somewhere")
    prepare_environment()
    assert os.environ["TORCHINDUCTOR_CACHE_DIR"] == "/somewhere"
