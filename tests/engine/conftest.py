"""An engine that runs."""

from collections.abc import Iterator

import pytest

from tests.engine.making import Talk


@pytest.fixture
def talk() -> Iterator[Talk]:
    engine = Talk()
    yield engine
    assert engine.thread.stop(10.0), "the engine did not end"
