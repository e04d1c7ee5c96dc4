"""PyTorch's .pt files are read without unpickling: as torch reads them, and nothing runs."""

import argparse
import io
import pickle
import random
import zipfile
from collections import OrderedDict

import pytest
import torch
from torch import nn

from explorer.engine.checkpoints.torch_file import TYPES, TorchFileError, read_state_dict
from explorer.engine.checkpoints.weights import WeightsError
from explorer.engine.run.session import Session
from tests.engine.making import cnn


def saved(folder, content, **how):
    torch.save(content, folder / "net.pt", **how)
    return folder / "net.pt"


def odd_tensors():
    """Every type of number; views of one storage, empty ones, scalars, parameters."""
    base = torch.arange(24.0)
    made = {dtype: torch.randint(0, 2, (2, 3)).to(dtype) for dtype in TYPES.values()}
    return {
        **{str(dtype): value for dtype, value in made.items()},
        "slice": base[3:9],
        "transposed": base.view(4, 6).t(),
        "strided": base[::5],
        "scalar": torch.tensor(3.5),
        "empty": torch.empty(0, 4),
        "parameter": nn.Parameter(torch.ones(2)),
    }


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_it_reads_what_torch_reads(tmp_path, protocol):
    expected = OrderedDict(odd_tensors())
    path = saved(tmp_path, expected, pickle_protocol=protocol)
    found = read_state_dict(path)
    assert list(found) == list(expected)
    for name, tensor in expected.items():
        assert found[name].dtype == tensor.dtype
        assert torch.equal(found[name], tensor), name
    if protocol == 2:  # torch warns of the others
        by_torch = torch.load(path, weights_only=True)
        assert all(torch.equal(by_torch[name], found[name]) for name in found)


def test_weights_within_a_file_that_holds_more(tmp_path):
    network = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4))
    optimiser = torch.optim.AdamW(network.parameters())
    network(torch.rand(5, 3)).sum().backward()
    optimiser.step()
    more = {"epoch": 3, "optimizer": optimiser.state_dict(), "options": argparse.Namespace(lr=0.1)}
    for key in ("state_dict", "model"):
        found = read_state_dict(saved(tmp_path, {**more, key: network.state_dict()}))
        assert all(torch.equal(found[name], value) for name, value in network.state_dict().items())
    with pytest.raises(TorchFileError, match="epoch, optimizer, options"):
        read_state_dict(saved(tmp_path, more))
    with pytest.raises(TorchFileError, match=r"torch\.save\(network\.state_dict"):
        read_state_dict(saved(tmp_path, network))
    with pytest.raises(TorchFileError, match="no weights by name"):
        read_state_dict(saved(tmp_path, [torch.ones(2)]))


class Trap:
    """Whatever is called to make one fails the test."""

    def __reduce__(self):
        return (pytest.fail, ("code of the file was run",))


@pytest.mark.parametrize(
    "content",
    [{"fc.weight": Trap()}, Trap(), {"state_dict": {"a": torch.ones(1)}, "trap": Trap()}],
)
def test_nothing_of_the_file_runs(tmp_path, content):
    path = saved(tmp_path, content)
    if isinstance(content, dict) and "state_dict" in content:
        assert set(read_state_dict(path)) == {"a"}
        return
    with pytest.raises(TorchFileError, match="weights"):
        read_state_dict(path)


def archive(folder, **entries):
    path = folder / "made.pt"
    with zipfile.ZipFile(path, "w") as made:
        for name, content in entries.items():
            made.writestr(f"x/{name.replace('_', '/').replace('pkl', 'data.pkl')}", content)
    return path


def claims(size, stride, offset=0):
    """A pickle that says such a tensor of four bytes, written as torch does."""
    text = io.BytesIO()
    writer = pickle._Pickler(text, 2)
    writer.persistent_id = lambda each: (
        each if isinstance(each, tuple) and each[:1] == ("storage",) else None
    )
    rebuild = torch._utils._rebuild_tensor_v2

    class Claim:
        def __reduce__(self):
            storage = ("storage", torch.FloatStorage, "0", "cpu", 1)
            return rebuild, (storage, offset, size, stride, False, OrderedDict())

    writer.dump({"a": Claim()})
    return text.getvalue()


@pytest.mark.parametrize(
    ("size", "stride", "offset"),
    [
        ((2,), (1,), 0),
        ((10**12,), (0,), 0),
        ((1,), (1,), 5),
        ((1,), (1,), -1),
        ((2,), (-1,), 1),
        ((-1,), (1,), 0),
        ((10**30, 0), (1, 1), 7),
    ],
)
def test_a_tensor_stays_within_its_numbers(tmp_path, size, stride, offset):
    four = b"\0\0\x80?"
    good = archive(tmp_path, pkl=claims((1,), (1,)), data_0=four)
    assert read_state_dict(good)["a"].tolist() == [1.0]
    bad = archive(tmp_path, pkl=claims(size, stride, offset), data_0=four)
    with pytest.raises(TorchFileError):
        read_state_dict(bad)


def test_what_is_packed_is_refused(tmp_path):
    """A few bytes could become any size."""
    path = tmp_path / "bomb.pt"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("x/data.pkl", claims((1,), (1,)))
        made.writestr("x/data/0", bytes(100_000_000))
    with pytest.raises(TorchFileError, match="compressed"):
        read_state_dict(path)


def test_damaged_files_are_refused_or_read(tmp_path):
    content = saved(tmp_path, odd_tensors()).read_bytes()
    draw, refused, path = random.Random(3), 0, tmp_path / "damaged.pt"
    for turn in range(400):
        damaged = bytearray(content)
        at = draw.randrange(len(damaged))
        if turn % 3 == 0:
            del damaged[at:]
        elif turn % 3 == 1:
            damaged[at] ^= 1 << draw.randrange(8)
        else:
            damaged[at : at + 20] = draw.randbytes(20)
        path.write_bytes(damaged)
        try:
            assert all(isinstance(each, torch.Tensor) for each in read_state_dict(path).values())
        except TorchFileError:
            refused += 1
    assert refused > 150


# --- names


@pytest.fixture
def trained():
    session = Session(cnn(), "cpu")
    session.train(steps=2)
    return session


def weights(session):
    return {name: value.clone() for name, value in session.network.state_dict().items()}


@pytest.mark.parametrize(
    "prefix", ["", "module.", "_orig_mod.", "module._orig_mod.", "model.", "model._orig_mod."]
)
def test_a_wrapper_s_prefix_does_not_matter(trained, tmp_path, prefix):
    own = weights(trained)
    path = saved(tmp_path, {f"{prefix}{name}": value for name, value in own.items()})
    other = Session(cnn(seed=9), "cpu")
    other.load(path)
    assert all(torch.equal(value, own[name]) for name, value in weights(other).items())


def test_wrapped_parts_within(trained, tmp_path):
    own = weights(trained)
    inner = {name.replace("conv1.", "conv1._orig_mod."): value for name, value in own.items()}
    other = Session(cnn(seed=9), "cpu")
    other.load(saved(tmp_path, inner))
    assert all(torch.equal(value, own[name]) for name, value in weights(other).items())


def test_other_names_are_told_as_they_are(trained, tmp_path):
    own = weights(trained)
    path = saved(tmp_path, {f"module.{name}x": value for name, value in own.items()})
    with pytest.raises(WeightsError, match=r"module\.conv1\.weightx"):
        trained.load(path)
