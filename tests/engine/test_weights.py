"""Weights go out and come back; a file that does not fit or is damaged changes nothing."""

import json
import random

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from explorer.blocks.catalogue import block_of
from explorer.engine.checkpoints.weights import WeightsError, load_weights
from explorer.engine.run.session import Session
from explorer.graph.files import load
from tests.engine.making import block, cnn, planned


@pytest.fixture
def trained():
    session = Session(cnn(), "cpu")
    session.train(steps=4)
    return session


def copied(session):
    return {name: value.clone() for name, value in session.network.state_dict().items()}


def same(one, other):
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


def test_round_trip(trained, tmp_path):
    file = tmp_path / "weights.safetensors"
    trained.save(file)
    other = Session(cnn(seed=9), "cpu")
    other.load(file)
    assert same(copied(other), copied(trained))
    assert other.step == 4
    assert other.evaluate() == trained.evaluate()
    assert [path.name for path in tmp_path.iterdir()] == ["weights.safetensors"]


def test_the_file_says_what_it_belongs_to(trained, tmp_path):
    file = tmp_path / "weights.safetensors"
    trained.save(file)
    with safe_open(file, "pt") as opened:
        told = opened.metadata()
    assert json.loads(told["classes"]) == list("0123456789")
    assert (told["step"], told["seed"]) == ("4", "0")
    assert load(told["document"], block_of).document == trained.plan.document


def test_a_plain_file_of_another_program_is_taken(trained, tmp_path):
    file = tmp_path / "plain.safetensors"
    save_file({name: value.contiguous() for name, value in copied(trained).items()}, file)
    other = Session(cnn(seed=9), "cpu")
    other.load(file)
    assert same(copied(other), copied(trained))
    assert other.step == 0


def test_another_shape_is_named_with_its_numbers(trained, tmp_path):
    file = tmp_path / "weights.safetensors"
    trained.save(file)
    session = Session(cnn(channels=16), "cpu")
    before = copied(session)
    with pytest.raises(WeightsError) as raised:
        session.load(file)
    assert "conv1.weight is 8 x 1 x 3 x 3 in the file but the document needs 16 x 1 x 3 x 3" in str(
        raised.value
    )
    assert same(copied(session), before)


def test_names_that_are_missing_or_too_many(trained, tmp_path):
    file = tmp_path / "weights.safetensors"
    trained.save(file)
    session = Session(planned(block("flatten"), block("linear", out_features=10)), "cpu")
    with pytest.raises(WeightsError, match=r"no place for bn.bias, bn.*and 3 more"):
        session.load(file)
    session.save(file)
    with pytest.raises(WeightsError, match=r"has no conv1.weight, conv1.bias, .*document needs"):
        trained.load(file)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_values_that_are_no_numbers(trained, tmp_path, value):
    file = tmp_path / "weights.safetensors"
    tensors = {name: each.contiguous() for name, each in copied(trained).items()}
    tensors["fc1.bias"][3] = value
    save_file(tensors, file)
    with pytest.raises(WeightsError, match=r"fc1.bias holds values that are no numbers"):
        trained.load(file)


def test_a_file_that_is_not_there(trained, tmp_path):
    with pytest.raises(WeightsError, match="There is no file"):
        trained.load(tmp_path / "nowhere.safetensors")
    with pytest.raises(WeightsError, match="is not a "):
        trained.load(tmp_path)


def test_saving_where_nothing_can_be_written(trained, tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OSError, match="file"):
        trained.save(tmp_path / "file" / "weights.safetensors")


def test_damaged_files_are_refused_and_change_nothing(trained, tmp_path):
    whole, file = tmp_path / "whole.safetensors", tmp_path / "damaged.safetensors"
    trained.save(whole)
    content = whole.read_bytes()
    session = Session(cnn(seed=9), "cpu")
    before = copied(session)
    draw = random.Random(0)
    header = 8 + int.from_bytes(content[:8], "little")
    messages = []
    for turn in range(400):
        damaged = bytearray(content)
        if turn % 4 == 0:
            damaged = damaged[: draw.randrange(len(damaged))]
        elif turn % 4 == 1:
            damaged[draw.randrange(min(header, len(damaged)))] ^= 1 << draw.randrange(8)
        elif turn % 4 == 2:
            damaged[draw.randrange(header, len(damaged))] ^= 1 << draw.randrange(8)
        else:
            start = draw.randrange(len(damaged))
            damaged[start : start + 40] = draw.randbytes(40)
        if bytes(damaged) == content:
            continue
        file.write_bytes(damaged)
        try:
            load_weights(file, session.network)
        except WeightsError as error:
            messages.append(str(error))
            assert same(copied(session), before)
        else:
            # a bit of the metadata that nobody reads: the tensors are the saved ones
            assert same(copied(session), copied(trained))
            session.network.load_state_dict(before)
    assert len(messages) > 300
    assert all(10 < len(message) < 1000 for message in messages)


def test_nothing_is_unpickled(tmp_path, trained):
    class Trap:
        def __reduce__(self):
            return (pytest.fail, ("code of the file was run",))

    file = tmp_path / "weights.safetensors"
    torch.save({"conv1.weight": Trap()}, file)
    with pytest.raises(WeightsError):
        trained.load(file)


def test_loaded_weights_are_in_the_file_as_tensors(trained, tmp_path):
    file = tmp_path / "weights.safetensors"
    trained.save(file)
    assert same(load_file(file), copied(trained))
