"""Sweeps: values stay in their ranges, documents take them, searchers cover what they promise."""

import builtins
import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from explorer.graph.edits import EditError
from explorer.graph.groups import make_group
from explorer.plan.documents import examples, read
from explorer.plan.plan import plan
from explorer.plan.ranges import Range, SweepError, parsed
from explorer.plan.search import MISSING
from explorer.plan.sweep import (
    Sweep,
    checked,
    document_with,
    suggested,
    unknown,
    variables,
    varied,
)
from explorer.plan.trials import Trials, best_of

EXAMPLES = sorted(examples())


def example(name="tutorial-cnn"):
    return read(examples()[name]).document


def ran(document, sweep, score=lambda values: 1.0):
    """The trials of a sweep whose runs all end well."""
    trials = Trials(document, sweep)
    while trials.next() is not None:
        trials.end("finished", {sweep.measure: score(trials.present.values)})
    return trials.done


numbers = st.floats(1e-6, 1e6, allow_nan=False)


@given(numbers, numbers, st.booleans(), st.booleans(), st.integers(2, 20), st.floats(0, 1))
def test_every_value_of_a_range_is_within_it(one, other, log, whole, points, share):
    low, high = sorted((one, other))
    if whole:
        low, high = float(math.ceil(low)), float(math.ceil(high))
    assume(low < high)
    found = Range("rate", low, high, log=log, whole=whole, points=points)
    grid = found.grid()
    for value in (*grid, found.at(share)):
        assert low <= value <= high
        assert isinstance(value, int) == whole
        assert -1e-9 <= found.place(value) <= 1 + 1e-9
    assert list(grid) == sorted(set(grid))
    assert len(grid) <= points
    assert grid[0] == low
    assert grid[-1] == high


@given(st.integers(0, 50), st.integers(1, 50), st.integers(1, 9), st.floats(0, 1))
def test_steps_are_kept(low, room, step, share):
    assume(step <= room)
    found = Range("batch", float(low), float(low + room), step=float(step), whole=True)
    assert all((value - low) % step == 0 for value in (*found.grid(), found.at(share)))
    assert len(found.grid()) == room // step + 1


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_parameter_of_every_example_can_be_varied_and_found_again(name):
    document = example(name)
    known = variables(document)
    assert len(known) > 20
    for each, (_, value) in known.items():
        suggestion = checked(document, suggested(document, each))
        others = [other for other in suggestion.grid() if other != value]
        assert others, each
        changed = document_with(document, {each: others[-1]})
        assert variables(changed)[each][1] == others[-1]
        assert varied([document, changed])[1] == {each: others[-1]}
        assert document_with(changed, {each: value}).training == document.training


def test_what_takes_its_size_from_a_wire_follows():
    changed = document_with(example(), {"conv1.out_channels": 8, "conv2.kernel_size": 5})
    made = plan(changed)
    assert made.ready
    assert made.step_of["conv2"].input_shapes[0].dims[0] == 8
    assert varied([example(), changed])[1] == {"conv1.out_channels": 8, "conv2.kernel_size": 5}
    attention = document_with(example("tutorial-attention"), {"embed.out_features": 32})
    assert plan(attention).ready


def test_copies_of_a_group_can_be_varied():
    nodes = example("vision-transformer").nodes
    encoder = next(name for name, node in nodes.items() if "encoder" in node.block.kind)
    document, name = make_group(example("vision-transformer"), [encoder])
    assert suggested(document, f"{name}.repeat").grid() == (1, 2, 3)
    changed = document_with(document, {f"{name}.repeat": 3})
    assert changed.groups[0].repeat == 3


def test_values_out_of_their_limits_are_refused_in_words():
    with pytest.raises(EditError, match=r"rate must be at most 10\b"):
        document_with(example(), {"rate": 20.0})
    with pytest.raises(SweepError, match=r"fc1.out_features"):
        checked(example(), Range("fc1.out_features", 0, 10, whole=True))
    with pytest.raises(SweepError, match=r"There are, for instance: fc1.out_features, fc1.bias"):
        checked(example(), Range("fc1.width", 1, 2))
    assert "optimiser, rate" in unknown(example(), "speed")


@pytest.mark.parametrize(
    ("name", "text", "grid"),
    [
        ("rate", "1e-4..1e-2:log:points=3", (0.0001, 0.001, 0.01)),
        ("fc1.out_features", "32..256:log:points=4", (32, 64, 128, 256)),
        ("fc1.out_features", "32..128:step=32", (32, 64, 96, 128)),
        ("optimiser", "adam, sgd", ("adam", "sgd")),
        ("batch", "16,64", (16, 64)),
        ("conv1.bias", "yes,no", (True, False)),
    ],
)
def test_ranges_in_words(name, text, grid):
    assert parsed(name, text, variables(example())[name][0]).grid() == grid


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("rate", "fast", "'fast' is no number"),
        ("rate", "1..0.1", "from 1 to 0.1. The second number"),
        ("rate", "0..1:log", "can't begin at 0"),
        ("rate", "0.1..1:lag", "none of log, step"),
        ("rate", "0.1..1:log:step=0.1", "needs a linear scale"),
        ("rate", "0..1:points=1", "1 points"),
        ("rate", "0..inf", "no end"),
        ("rate", "0..1:step=1e-9", "too small"),
        ("batch", "1..8.5", "whole numbers are needed"),
        ("batch", "1.5,2", "1.5 is not a whole number"),
        ("optimiser", "adam,rmsprop", "'rmsprop' is none of adam, adamw, sgd"),
        ("optimiser", "1..3", "Give a list: adam,adamw,sgd"),
        ("conv1.bias", "maybe", "neither true nor false"),
        ("batch", "", "give values"),
        ("batch", "8,16:log", "needs a range"),
    ],
)
def test_what_is_no_range_is_told_in_words(name, text, why):
    with pytest.raises(SweepError) as caught:
        parsed(name, text, variables(example())[name][0])
    assert why in str(caught.value)
    assert str(caught.value).startswith(name)


def three(method, trials=10, **settings):
    ranges = (
        Range("rate", 1e-4, 1e-2, log=True, points=3),
        Range("fc1.out_features", 32, 128, step=32, whole=True),
        Range("optimiser", choices=("adam", "sgd")),
    )
    return Sweep(ranges, method, trials, **settings)


def test_a_grid_is_every_combination_once():
    sweep = three("grid", None)
    done = ran(example(), sweep)
    assert sweep.combinations == sweep.planned == len(done) == 3 * 4 * 2
    assert len({tuple(each.values.values()) for each in done}) == len(done)


@pytest.mark.parametrize("method", ["random", "tpe"])
def test_the_same_seed_draws_the_same_and_nothing_twice(method):
    one, same, other = (ran(example(), three(method, 20, seed=s)) for s in (3, 3, 4))
    assert one == same
    assert [each.values for each in one] != [each.values for each in other]
    assert len({tuple(each.values.values()) for each in one}) == 20


@pytest.mark.parametrize("method", ["random", "tpe"])
def test_a_search_ends_when_there_is_nothing_new(method):
    ranges = (Range("optimiser", choices=("adam", "sgd")), Range("batch", 8, 9, whole=True))
    assert len(ran(example(), Sweep(ranges, method, 50))) == 4


@pytest.mark.parametrize("measure", ["test accuracy", "test loss"])
def test_tpe_comes_closer_than_chance(measure):
    def score(values):
        away = abs(math.log(values["rate"] / 0.002)) + abs(values["weight_decay"] - 0.3)
        return -away if measure == "test accuracy" else away

    ranges = (Range("rate", 1e-6, 1.0, log=True), Range("weight_decay", 0.0, 1.0))

    def best(method, seed):
        sweep = Sweep(ranges, method, 40, measure, seed=seed)
        return abs(best_of(ran(example(), sweep, score), measure).scores[measure])

    by_chance, by_tpe = ([best(m, seed) for seed in range(3)] for m in ("random", "tpe"))
    assert sum(by_tpe) < sum(by_chance)


@pytest.mark.parametrize("method", ["grid", "random", "tpe"])
def test_a_network_that_cannot_be_made_is_a_failed_trial(method):
    trials = Trials(example(), Sweep((Range("conv1.groups", 1, 3, whole=True),), method, 3))
    made = 0
    while trials.next() is not None:
        trials.end("finished", {"test accuracy": 0.5})
        made += 1
    assert made == 1
    assert sorted(each.state for each in trials.done) == ["failed", "failed", "finished"]
    reasons = [each.reason for each in trials.done if each.state == "failed"]
    assert all("conv1 can't split 1 channels in" in reason for reason in reasons)


def test_tpe_learns_to_leave_out_what_fails():
    ranges = (Range("rate", 1e-4, 1e-2, log=True), Range("conv1.groups", choices=(1, 2, 3, 4)))

    def failed(method):
        done = ran(example(), Sweep(ranges, method, 40), lambda values: 0.5)
        return sum(each.state == "failed" for each in done)

    assert failed("tpe") < 0.7 * failed("random")


@pytest.mark.parametrize("method", ["grid", "random", "tpe"])
def test_a_loss_that_is_no_number_is_a_failed_trial(method):
    trials = Trials(example(), three(method, 3, measure="test loss"))
    for score in (math.nan, 0.7, 0.9):
        assert trials.next() is not None
        trials.end("finished", {"test loss": score})
    assert trials.next() is None
    assert [each.state for each in trials.done] == ["failed", "finished", "finished"]
    assert trials.best.number == 2


def test_a_sweep_that_cannot_be_says_why():
    rate = Range("rate", 1e-4, 1e-2)
    for ranges, method, trials, why in (
        ((), "random", 10, "Nothing is varied"),
        ((rate, rate), "random", 10, "rate has two ranges"),
        ((rate,), "random", 0, "0 trials"),
        ((rate,), "random", 1001, "1,001 trials"),
        (tuple(Range(f"x{k}", 0, 1) for k in range(5)), "grid", None, "3,125 trials"),
    ):
        with pytest.raises(SweepError, match=why):
            Sweep(ranges, method, trials)


def test_without_optuna_the_others_work(monkeypatch):
    real = builtins.__import__

    def bare(name, *arguments, **named):
        if name.split(".")[0] == "optuna":
            raise ImportError("No module named 'optuna'")
        return real(name, *arguments, **named)

    monkeypatch.setattr(builtins, "__import__", bare)
    with pytest.raises(SweepError, match=r"pip install 'architecture-explorer\[sweep\]'"):
        Trials(example(), three("tpe"))
    assert "Grid and random work without" in MISSING
    assert len(ran(example(), three("random", 3))) == 3
