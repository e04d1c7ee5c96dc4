"""A process that lives is never taken for a dead one, however many look at once."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from explorer.records.alive import Sign, lives


def test_signs_that_are_made_and_asked_for_at_the_same_time_all_live(tmp_path):
    def make(turn):
        sign = Sign(tmp_path)
        return sign, [lives(tmp_path, sign.name) for _ in range(3)]

    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(make, range(120)))
    assert all(all(answers) for _, answers in made)
    assert all(lives(tmp_path, sign.name) for sign, _ in made)
    for sign, _ in made:
        sign.drop()
        assert not lives(tmp_path, sign.name)
    assert not list(tmp_path.iterdir())


def test_what_a_dead_process_left_is_swept_away(tmp_path):
    source = (
        "import os, pathlib, sys; from explorer.records.alive import Sign\n"
        "sign = Sign(pathlib.Path(sys.argv[1])); print(sign.name, flush=True); os._exit(1)"
    )
    done = subprocess.run(
        [sys.executable, "-c", source, str(tmp_path)], capture_output=True, text=True, check=False
    )
    dead = done.stdout.strip()
    assert [path.stem for path in tmp_path.iterdir()] == [dead]
    assert not lives(tmp_path, dead)
    sign = Sign(tmp_path)
    assert [path.stem for path in tmp_path.iterdir()] == [sign.name]
    sign.drop()
