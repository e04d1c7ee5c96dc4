"""Devices: what there is, what each offers, and words for those that can't be used."""

from types import SimpleNamespace

import pytest
import torch

from explorer.engine.device import offers
from explorer.engine.device.failures import EngineError
from explorer.engine.device.offers import chosen_device, devices
from explorer.engine.run.session import Session
from explorer.protocol import commands as do
from explorer.protocol.events import Devices, Failed, Prediction, Ready, Status
from explorer.protocol.mailbox import CommandBox, EventBox
from tests.engine.making import cnn
from tests.engine.test_compiled import PICTURE

needs_none = pytest.mark.skipif(torch.accelerator.is_available(), reason="there is an accelerator")


@pytest.fixture
def two_gpus(monkeypatch):
    """What torch would say of two GPUs, of which nothing can be computed on here."""
    facts = SimpleNamespace(total_memory=24 * 2**30, major=8)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda device: f"GPU {device.index}")
    monkeypatch.setattr(torch.cuda, "get_device_properties", lambda device: facts)
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda including_emulation: True)
    monkeypatch.setattr(offers, "fault_of", lambda device: "")


def by_id():
    return {device.id: device for device in devices()}


def test_the_cpu_is_always_there():
    cpu = devices()[0]
    assert (cpu.id, cpu.missing) == ("cpu", "")
    said = dict(cpu.offers)
    assert said["memory"].endswith("GiB")
    assert "bfloat16" in said["precision"]
    assert set(said) == {"memory", "precision", "layout", "optimiser", "torch.compile", "repeats"}


@needs_none
def test_what_is_not_there_says_why():
    assert list(by_id()) == ["cpu", "cuda", "mps", "xpu"]
    assert all(by_id()[kind].missing for kind in offers.KINDS)
    assert chosen_device() == torch.device("cpu")


def test_a_driver_without_a_device(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.version, "cuda", "13.0")
    assert by_id()["cuda"].missing == "no CUDA or ROCm device was found"
    monkeypatch.setattr(torch.version, "cuda", None)
    assert by_id()["cuda"].missing == "this build of PyTorch was made without CUDA or ROCm"


def test_each_gpu_is_a_device_of_its_own(two_gpus, monkeypatch):
    found = by_id()
    assert [found[name].name for name in ("cuda:0", "cuda:1")] == ["GPU 0", "GPU 1"]
    said = dict(found["cuda:1"].offers)
    assert said["memory"] == "24 GiB"
    assert "bfloat16 and float16 mixed" in said["precision"]
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda including_emulation: False)
    assert "bfloat16" not in dict(by_id()["cuda:0"].offers)["precision"]
    assert chosen_device() == chosen_device("cuda") == torch.device("cuda:0")
    assert chosen_device("cuda:1") == torch.device("cuda:1")
    assert chosen_device("cpu") == torch.device("cpu")


def test_a_gpu_that_does_not_compute_is_not_taken(two_gpus, monkeypatch):
    monkeypatch.setattr(offers, "fault_of", lambda device: "no kernel image is available")
    assert by_id()["cuda:0"].missing == "it does not compute: no kernel image is available"
    assert chosen_device() == torch.device("cpu")
    with pytest.raises(EngineError, match="cuda can't be used: it does not compute"):
        chosen_device("cuda")


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("nonsense", "'nonsense' is no device"),
        ("meta", "'meta' is no device"),
        ("cpu:3", "cpu:3 can't be used: there are not so many"),
        ("mps", "mps can't be used: this build"),
        ("cuda:7", "cuda:7 can't be used: "),
        ("", "'' is no device"),
    ],
)
@needs_none
def test_a_wrong_name_is_told_with_what_there_is(name, why):
    with pytest.raises(EngineError) as told:
        chosen_device(name)
    assert str(told.value).startswith(why)
    assert "There is: cpu (CPU, " in str(told.value)


def test_a_gpu_number_that_is_not_there(two_gpus):
    with pytest.raises(EngineError, match=r"not so many.*cuda:1 \(GPU 1\)"):
        chosen_device("cuda:7")


def test_apples_gpu_has_no_float64(monkeypatch):
    monkeypatch.setattr(
        "explorer.engine.run.session.chosen_device", lambda name: torch.device("mps")
    )
    with pytest.raises(EngineError, match="no float64"):
        Session(cnn(precision="float64"))


# --- told and chosen while the engine runs


def test_the_engine_tells_what_there_is(talk):
    talk.hear(Ready)
    told = talk.hear(Devices)
    assert told.devices[0].id == told.chosen == told.wanted == "cpu"
    assert told.present == ""
    talk.do(do.Prepare(cnn()))
    assert talk.hear(Devices).present == "cpu"


@needs_none
def test_a_device_that_is_not_there_is_refused_and_all_goes_on(talk):
    talk.do(do.Prepare(cnn()), do.SetDevice("xpu"))
    assert "xpu can't be used" in talk.failed().message
    talk.do(do.SetDevice(None))
    assert talk.hear(Devices, wanted=None).chosen == "cpu"
    talk.do(do.Predict(1, PICTURE))
    talk.hear(Prediction)


@needs_none
def test_an_engine_asked_for_nonsense_takes_what_there_is():
    from explorer.engine.commands.serve import serve

    commands, events = CommandBox(), EventBox()
    commands.put(do.Quit())
    serve(commands, events, "nonsense")
    said = events.take()
    assert [each.device for each in said if isinstance(each, Ready)] == ["cpu"]
    failed = next(each for each in said if isinstance(each, Failed))
    assert failed.message.startswith("'nonsense' is no device. There is: cpu (CPU, ")
    assert failed.message.endswith(" is used.")


def test_an_untrained_network_moves_and_a_trained_one_stays(talk, monkeypatch):
    """The second CPU of this test computes as the first."""
    from explorer.engine.commands import choice
    from explorer.engine.run import session

    second = torch.device("cpu", 0)
    for module in (choice, session):
        monkeypatch.setattr(
            module, "chosen_device", lambda name: second if name == "other" else torch.device("cpu")
        )
    talk.do(do.Prepare(cnn(epochs=10_000)), do.SetDevice("other"))
    assert talk.hear(Devices, present="cpu:0").chosen == "cpu:0"
    talk.do(do.SetDevice("cpu"), do.Train(1, cnn(epochs=10_000)), do.SetDevice("other"))
    assert talk.hear(Devices, chosen="cpu:0", present="cpu").wanted == "other"
    talk.do(do.Stop(), do.Train(2, cnn(epochs=10_000), paused=True))
    talk.hear(Status, run=2)
    assert talk.hear(Devices).present == "cpu:0"
