"""What the views show is what torch computed, and looking leaves no trace."""

import numpy as np
import pytest
import torch

from explorer.engine.inside.observe import INSIDE, Moment
from explorer.engine.inside.recurrence import lstm_states
from explorer.engine.inside.thumbnails import SIDE, thumbnail
from explorer.engine.inside.timing import step_times
from explorer.engine.network.build import initial_network, run
from explorer.engine.run.session import Session
from explorer.plan.documents import examples, read
from explorer.plan.plan import plan
from explorer.protocol.commands import Watch
from explorer.protocol.events import (
    Activation,
    Attention,
    Hidden,
    Kernels,
    Thumbnails,
    Watched,
)
from tests.engine.making import attention, block, cnn, lstm, planned


def looked(session, sample=5, thumbnails=True):
    watch = Watch(frozenset(session.plan.document.nodes), thumbnails, sample)
    return session.observe(watch)


def of(events, kind):
    return {event.node: event for event in events if isinstance(event, kind)}


@pytest.mark.parametrize("make", [cnn, lstm, attention])
def test_activations_are_the_networks_values(make):
    session = Session(make(), "cpu")
    session.train(steps=3)
    found = of(looked(session), Activation)
    assert set(found) == set(session.plan.document.nodes)
    session.network.eval()
    x = session.data.normalised(session.data.test.inputs[5:6])
    for (node, port), value in run(session.network, x).items():
        if port != session.plan.document.nodes[node].block.outputs[0]:
            continue  # a node shows its first output
        np.testing.assert_allclose(found[node].values, value[0].detach().numpy(), atol=1e-6)
    np.testing.assert_array_equal(
        found["output"].values, found["fc1" if make is cnn else _last(session)].values
    )


def _last(session):
    return session.plan.result[0]


def test_the_watched_sample_and_its_answer():
    session = Session(cnn(), "cpu")
    (watched,) = [event for event in looked(session, 7) if isinstance(event, Watched)]
    assert watched.label == session.data.test.labels[7]
    np.testing.assert_array_equal(watched.picture, session.data.test.inputs[7].numpy())
    np.testing.assert_allclose(watched.probabilities, session.predict(watched.picture), atol=1e-6)


def test_a_picture_of_ones_own():
    session = Session(cnn(), "cpu")
    own = np.full((1, 8, 8), 9, np.uint8)
    (watched,) = [event for event in looked(session, own) if isinstance(event, Watched)]
    assert watched.label is None
    np.testing.assert_array_equal(watched.picture, own)


@pytest.mark.parametrize("sample", [-1, 10**9, np.zeros((1, 28, 28), np.uint8)])
def test_a_sample_that_does_not_fit_becomes_the_first(sample):
    session = Session(cnn(), "cpu")
    (watched,) = [event for event in looked(session, sample) if isinstance(event, Watched)]
    np.testing.assert_array_equal(watched.picture, session.data.test.inputs[0].numpy())


def test_only_what_is_watched_is_sent():
    session = Session(cnn(), "cpu")
    events = session.observe(Watch(frozenset({"conv1", "gone"})))
    assert [type(event) for event in events] == [Watched, Activation, Kernels]
    assert {event.node for event in events[1:]} == {"conv1"}


def test_kernels_are_a_copy():
    session = Session(cnn(), "cpu")
    kernels = of(looked(session), Kernels)["conv1"]
    np.testing.assert_array_equal(kernels.weights, session.network.conv1.weight.detach().numpy())
    np.testing.assert_array_equal(kernels.bias, session.network.conv1.bias.detach().numpy())
    before = kernels.weights.copy()
    session.run or session.begin(1, lambda event: None)
    session.run.advance()
    np.testing.assert_array_equal(kernels.weights, before)


@pytest.mark.parametrize("batch_first", [True, False])
@pytest.mark.parametrize("heads", [1, 4])
def test_attention_weights(batch_first, heads):
    drawn = attention(num_heads=heads, dropout=0.5, batch_first=batch_first)
    session = Session(drawn, "cpu")
    weights = of(looked(session), Attention)["attention"].weights
    assert weights.shape == (heads, 8, 8)
    np.testing.assert_allclose(weights.sum(axis=2), 1.0, atol=1e-5)
    # softmax(Q Kᵀ / sqrt(d)), by hand
    x = torch.tensor(of(looked(session), Activation)["fc1"].values)
    layer = session.network.attention
    q, k, _ = (x @ layer.in_proj_weight.T + layer.in_proj_bias).chunk(3, dim=1)
    for head, (of_q, of_k) in enumerate(zip(q.chunk(heads, 1), k.chunk(heads, 1), strict=True)):
        expected = (of_q @ of_k.T / (16 / heads) ** 0.5).softmax(1).detach().numpy()
        np.testing.assert_allclose(weights[head], expected, atol=1e-5)


@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("num_layers", [1, 3])
def test_lstm_states_are_torchs(num_layers, bidirectional):
    drawn = lstm(hidden_size=6, num_layers=num_layers, bidirectional=bidirectional)
    session = Session(drawn, "cpu")
    session.train(steps=3)
    events = looked(session)
    hidden = of(events, Hidden)["lstm"]
    np.testing.assert_allclose(
        hidden.hidden, of(events, Activation)["lstm"].values[:, :6], atol=1e-5
    )
    assert set(hidden.gates) == {"input", "forget", "cell", "output", "state"}
    assert {gate.shape for gate in hidden.gates.values()} == {(8, 6)}
    for gate in ("input", "forget", "output"):
        assert ((hidden.gates[gate] > 0) & (hidden.gates[gate] < 1)).all()
    state, g = hidden.gates["state"], hidden.gates["cell"]
    kept = hidden.gates["forget"][1:] * state[:-1] + hidden.gates["input"][1:] * g[1:]
    np.testing.assert_allclose(state[1:], kept, atol=1e-6)
    if not bidirectional:
        x = session.data.normalised(session.data.test.inputs[5:6]).squeeze(1)
        last_state = session.network.lstm(x)[1][1][-1, 0].detach().numpy()
        np.testing.assert_allclose(state[-1], last_state, atol=1e-5)


@pytest.mark.parametrize("make", [torch.nn.GRU, torch.nn.RNN])
@pytest.mark.parametrize("batch_first", [True, False])
def test_other_recurrent_layers_show_their_hidden_state(make, batch_first):
    layer = make(3, 4, 2, bidirectional=True, batch_first=batch_first)
    x = torch.randn(1, 7, 3) if batch_first else torch.randn(7, 1, 3)
    with torch.no_grad():
        event = INSIDE[make](layer, ((x,), {}), "rnn", Moment(1, 2))
        expected = layer(x)[0].reshape(7, 8)[:, :4]
    np.testing.assert_array_equal(event.hidden, expected.numpy())
    assert event.gates == {}


def test_lstm_states_without_bias():
    layer = torch.nn.LSTM(3, 4, bias=False, batch_first=True)
    x = torch.randn(7, 3)
    expected = layer(x[None])[0][0]
    torch.testing.assert_close(lstm_states(layer, x)["hidden"], expected)


@pytest.mark.parametrize("make", [cnn, lstm, attention])
def test_looking_leaves_no_trace(make):
    session = Session(make(), "cpu")
    session.train(steps=2)
    before = {name: value.clone() for name, value in session.network.state_dict().items()}
    random = torch.get_rng_state()
    looked(session)
    assert session.network.training
    assert torch.equal(torch.get_rng_state(), random)
    after = session.network.state_dict()
    assert all(torch.equal(before[name], after[name]) for name in before)
    assert not any(layer._forward_pre_hooks for layer in session.network.modules())


def test_a_thumbnail_for_every_node():
    for make in (cnn, lstm, attention):
        session = Session(make(), "cpu")
        (thumbnails,) = [event for event in looked(session) if isinstance(event, Thumbnails)]
        assert set(thumbnails.pictures) == set(session.plan.document.nodes)
        for picture in thumbnails.pictures.values():
            assert picture.ndim == 2
            assert picture.dtype == np.float32
            assert max(picture.shape) <= SIDE
            assert np.isfinite(picture).all()


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ((1, 28, 28), (28, 28)),
        ((3, 32, 32), (32, 32)),
        ((1, 200, 100), (48, 48)),
        ((32, 26, 26), (47, 47)),
        ((32, 13, 13), (41, 41)),
        ((64, 5, 5), (17, 17)),
        ((4, 1, 1), (3, 3)),
        ((8, 40, 40), (40, 40)),
        ((28, 128), (28, 48)),
        ((500, 7), (48, 7)),
        ((10,), (1, 10)),
        ((128,), (8, 16)),
        ((127,), (11, 12)),
        ((9216,), (48, 48)),
        ((1,), (1, 1)),
    ],
)
def test_sizes_of_thumbnails(shape, expected):
    assert thumbnail(torch.randn(shape)).shape == expected


def test_a_thumbnails_values_are_the_layers_own():
    maps = torch.randn(4, 5, 5)
    picture = thumbnail(maps)
    np.testing.assert_array_equal(picture[:5, :5], maps[0].numpy())
    np.testing.assert_array_equal(picture[6:, 6:], maps[3].numpy())
    assert picture[5, 0] == 0.0
    values = torch.arange(20.0)
    np.testing.assert_array_equal(thumbnail(values), values.reshape(4, 5).numpy())
    np.testing.assert_allclose(thumbnail(torch.full((96, 96), 3.0)), np.full((48, 48), 3.0))


def test_every_block_of_the_catalogue_can_be_looked_at_in_a_row():
    session = Session(
        planned(
            block("conv2d", out_channels=4),
            block("avg_pool2d"),
            block("relu"),
            block("rows_to_sequence"),
            block("positional_encoding"),
            block("layer_norm"),
            block("lstm", hidden_size=12),
            block("self_attention", num_heads=3),
            block("mean_over_time"),
            block("linear", out_features=10),
        ),
        "cpu",
    )
    assert {type(event) for event in looked(session)} == {
        Watched,
        Thumbnails,
        Activation,
        Kernels,
        Hidden,
        Attention,
    }


def test_step_times_name_every_block_and_leave_the_network_alone():
    checked = plan(read(examples()["resnet"]).document)
    network = initial_network(checked)
    before = {name: value.clone() for name, value in network.state_dict().items()}
    seconds = step_times(network, torch.randn(4, *checked.dataset.shape.dims))
    assert set(seconds) == {step.node for step in checked.steps}
    assert all(value > 0 for value in seconds.values())
    assert all(torch.equal(before[name], value) for name, value in network.state_dict().items())
