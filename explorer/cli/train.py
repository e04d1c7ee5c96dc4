"""`explorer train`: a training without a window, from the start or on from a checkpoint."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.cli import overwriting, sizes, trusting
from explorer.cli.documents import named, trainable
from explorer.cli.earlier import earlier_lines
from explorer.cli.failure import CommandError
from explorer.cli.recorded import Found, newest
from explorer.cli.sizes import check_size
from explorer.cli.training import CommandTraining, follow
from explorer.cli.usage import device
from explorer.graph.document import Document, Training
from explorer.graph.edits import EditError, set_training
from explorer.graph.form import Argument
from explorer.plan.plan import Plan
from explorer.plan.run_folder import CHECKPOINTS, DOCUMENT, METRICS, WEIGHTS

if TYPE_CHECKING:  # torch takes seconds to load, and mistakes should be told at once
    from explorer.engine.device.team import Team
    from explorer.engine.run.session import Session

SETTINGS = {
    "epochs": "epochs",
    "seed": "seed",
    "batch": "batch",
    "lr": "rate",
    "precision": "precision",
    "compile": "compile",
}
FIXED = ("seed", "batch", "lr", "precision", "compile", "set")
PRECISIONS = ("float32", "bfloat16", "float16", "float64")
TRUTH = {"yes": True, "true": True, "no": False, "false": False}
READERS: Mapping[str, Callable[[str], Argument]] = {
    "int": int,
    "float": float,
    "bool": lambda text: TRUTH[text.lower()],
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What `train` understands."""
    parser.add_argument(
        "document", nargs="?", help="an example's name, a document, or a run's folder"
    )
    parser.add_argument(
        "--resume",
        metavar="DIR|RUN",
        help="go on exactly from the last checkpoint of a folder that train wrote, or of a "
        "recorded run by its number; with --epochs: up to so many in all",
    )
    parser.add_argument("--epochs", type=int, help="passes over the training data")
    parser.add_argument("--seed", type=int, help="where the random numbers start")
    parser.add_argument("--batch", type=int, help="samples per step")
    parser.add_argument("--lr", type=float, help="learning rate")
    parser.add_argument("--steps", type=_count, help="end after so many steps")
    parser.add_argument(
        "--device",
        type=device,
        help="cpu, cuda, cuda:1, mps or xpu, see `devices`; by default as there is",
    )
    parser.add_argument(
        "--precision", choices=PRECISIONS, help="bfloat16 and float16: mixed with float32"
    )
    parser.add_argument(
        "--compile",
        action=argparse.BooleanOptionalAction,
        help="compile the training step first (torch.compile)",
    )
    parser.add_argument(
        "--set",
        action="append",
        type=_setting,
        metavar="NAME=VALUE",
        help="any other training setting by its name in the inspector, as noise=0.1; may be "
        "given several times",
    )
    parser.add_argument(
        "--best",
        action="store_true",
        help="end with the weights of the epoch whose test loss was smallest; with --resume of a "
        "run that has ended: nothing is trained, its best weights are put in place",
    )
    parser.add_argument("--out", type=Path, metavar="DIR", help="where the run is saved")
    parser.set_defaults(usage=parser.error)
    parser.add_argument(
        "--no-record", action="store_true", help="leave the run out of the recorded ones"
    )
    overwriting.add_argument(parser)
    sizes.add_argument(parser)
    trusting.add_argument(parser)


def run(options: argparse.Namespace) -> int:
    """Train, and print the accuracy on the test samples."""
    if options.document is None and options.resume is None:
        options.usage("give a document, an example's name, or --resume")
    trusting.trust(options.trust)
    from explorer.engine.device.team import joined

    with joined(options.device) as team:
        return _train(options, team)


def _train(options: argparse.Namespace, team: Team | None) -> int:
    found = _resumed(options)
    made = None if options.document is None else trainable(named(options.document))
    if found is None and made is not None:
        made = trainable(_configured(made.document, options))
    out = _out(options, found)
    if out is not None:
        _check_free(out, found, options)
    if team is not None and not team.leads:
        return follow(_session(made, found, options, team), options, found, team)
    if out is None:
        training = CommandTraining(options, None, None, found)
        return training.run(_session(made, found, options, team))
    from explorer.engine.export.staging import staged

    earlier = earlier_lines(found)  # before what a killed process has left is tidied
    with staged(out) as stage:
        training = CommandTraining(options, out, stage, found, earlier)
        return training.run(_session(made, found, options, team))


def _resumed(options: argparse.Namespace) -> Found | None:
    if options.resume is None:
        return _resumed_by_itself(options)
    fixed = [f"--{name}" for name in FIXED if getattr(options, name) is not None]
    if fixed:
        raise CommandError(
            f"A resumed run keeps its settings: leave out {' and '.join(fixed)}. "
            "--epochs may be given: the length of the whole run."
        )
    found = newest(options.resume)
    _check_length(found, options)
    return found


def _check_length(found: Found, options: argparse.Namespace) -> None:
    """Raise CommandError where the run is to end before the place that it is at."""
    place = found.checkpoint.facts.place
    at = f"The run is at step {place.step:,}, in epoch {place.epochs_begun} of {place.epochs}"
    if options.epochs is not None and options.epochs < place.epochs_begun:
        raise CommandError(
            f"{at}: it can't have {options.epochs} in all. Give --epochs {place.epochs_begun} or "
            "more, leave it out, or train anew without --resume."
        )
    if options.steps is not None and options.steps < place.step:
        raise CommandError(
            f"{at}: it can't end after step {options.steps:,}. Give --steps {place.step:,} or "
            "more, or leave it out."
        )


def _resumed_by_itself(options: argparse.Namespace) -> Found | None:
    """After torchrun has started all processes anew: on from the last checkpoint, if there is."""
    from explorer.engine.device.team import restarted

    if options.out is None or not restarted() or not any(options.out.glob(f"{CHECKPOINTS}/*")):
        return None
    return newest(str(options.out))


def _session(
    made: Plan | None, found: Found | None, options: argparse.Namespace, team: Team | None
) -> Session:
    from explorer.engine.run.session import Session, session_of

    if found is not None:
        check_size(trainable(found.checkpoint.document), options)
        return session_of(found.checkpoint, made, options.device, team)
    if made is None:
        raise ValueError("neither a document nor a checkpoint")
    check_size(made, options)
    return Session(made, options.device, team)


def _out(options: argparse.Namespace, found: Found | None) -> Path | None:
    """The folder to save in; a run that was resumed from such a folder stays there."""
    if options.out is not None:
        return _folder(options.out)
    if found is not None and found.path.parent.name == CHECKPOINTS and _by_folder(options.resume):
        return found.path.parent.parent
    return None


def _check_free(out: Path, found: Found | None, options: argparse.Namespace) -> None:
    """Raise CommandError where a run is there that would be lost: not the very one that goes on."""
    places = [out / WEIGHTS, out / DOCUMENT, out / METRICS]
    own = found is not None and found.path.parent == out / CHECKPOINTS
    if own:
        return
    if any((out / CHECKPOINTS).glob("step-*")):
        places.append(out / CHECKPOINTS)
    overwriting.check_free(
        places,
        options.overwrite,
        f"Give another folder, --overwrite to replace that run, or --resume {out} to go on with "
        "it.",
    )


def _by_folder(name: str) -> bool:
    return Path(name).expanduser().is_dir()


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number} is less than 1")
    return number


def _setting(text: str) -> tuple[str, Argument]:
    """NAME=VALUE as the setting's own type; limits are checked with the others."""
    name, _, written = text.partition("=")
    known = {parameter.name: parameter for parameter in Training.parameters()}
    if name not in known:
        raise argparse.ArgumentTypeError(f"{name!r} is none of {', '.join(known)}")
    kind = known[name].type
    try:
        value = READERS[kind](written) if kind in READERS else written
    except (KeyError, ValueError) as error:
        raise argparse.ArgumentTypeError(f"{written!r} is no value of {name}") from error
    return name, value


def _configured(document: Document, options: argparse.Namespace) -> Document:
    given = {setting: getattr(options, option) for option, setting in SETTINGS.items()}
    changes = {setting: value for setting, value in given.items() if value is not None}
    changes.update(options.set or ())
    try:
        return set_training(document, changes)
    except EditError as error:
        raise CommandError(str(error)) from error


def _folder(path: Path) -> Path:
    folder = path.expanduser().absolute()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError as error:
        raise CommandError(f"{path} is a file. Give the name of a folder.") from error
    except OSError as error:
        raise CommandError(
            f"The folder {path} can't be made: {error.strerror or error}. Give another one."
        ) from error
    return folder
