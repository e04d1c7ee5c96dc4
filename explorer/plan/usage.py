"""What exported source holds beside the network: reading pictures, loading, predicting, running."""

from __future__ import annotations

import ast
import pkgutil
from functools import cache

from explorer.datasets.dataset import Dataset
from explorer.plan.forward import SKIP, WIDTH
from explorer.plan.literals import literal, quoted

NAMES = ("CLASSES", "preprocess", "load", "predict", "picture", "main")
MOST_CHANNELS = 4  # of a picture in colours: so few grey ones could be meant as one


def usage(name: str, dataset: Dataset, weights_file: str | None) -> list[str]:
    """The functions, each by itself, and what runs them; `name` is the network's class."""
    common = [_preprocess(dataset), _load(name), PREDICT]
    if not _grey(dataset):
        return [*common, _main(weights_file), _run("")]
    files = [_picture(dataset), _main_of_files(weights_file), _run("sys.argv[1:]")]
    return [*common, *files[:2], *reader(), files[2]]


def imports(dataset: Dataset) -> list[str]:
    """The modules of Python's own that these functions need."""
    return ["import struct", "import sys", "import zlib"] if _grey(dataset) else ["import sys"]


def how_to(dataset: Dataset) -> str:
    """For the head of the file."""
    run = "Run with PNG files it names what they show.\n" if _grey(dataset) else ""
    return (
        f"Its weights are in a .safetensors file beside it.\n{run}\n"
        "    model = load(weights)\n"
        f"    predict(model, pictures)  # {accepted(dataset)}\n"
    )


def accepted(dataset: Dataset) -> str:
    """The shapes that preprocess takes."""
    dims = dataset.shape.dims
    if _grey(dataset):
        return f"(N, {_sizes(dims)}), (N, {_sizes(dims[1:])}) or {literal(dims[1:])}"
    return f"(N, {_sizes(dims)}) or {literal(dims)}"


def _sizes(dims: tuple[int, ...]) -> str:
    return ", ".join(str(size) for size in dims)


def _grey(dataset: Dataset) -> bool:
    return dataset.shape.kind == "image" and dataset.shape.dims[0] == 1


def _preprocess(dataset: Dataset) -> str:
    sizes, top = _sizes(dataset.shape.dims), f"{dataset.scale:g}"
    return f'''\
def preprocess(pictures: torch.Tensor) -> torch.Tensor:
    """Normalised samples (N, {sizes}) of {accepted(dataset)}.

    Whole numbers count from 0 to {top}, floating ones from 0.0 to 1.0.
    """
    pictures = torch.as_tensor(pictures)
    shape = tuple(pictures.shape)
{_shape_checks(dataset)}
    share = pictures.is_floating_point() or pictures.dtype == torch.bool
    pictures, top = pictures.float(), 1 if share else {top}
    if pictures.numel() and not (pictures.min() >= 0 and pictures.max() <= top):
        low, high = pictures.min().item(), pictures.max().item()
        raise ValueError(f"expected values from 0 to {{top}}, got {{low:g}} to {{high:g}}")
    return (pictures.reshape(-1, {sizes}) / top - {dataset.mean!r}) / {dataset.std!r}'''


def _shape_checks(dataset: Dataset) -> str:
    """A few grey pictures without an axis of channels could also be one in colours."""
    dims, grey = dataset.shape.dims, _grey(dataset)
    tail = dims[1:] if grey else dims
    leading = "((), shape[:1], (*shape[:1], 1))" if grey else "((), shape[:1])"
    lines = [
        f"    if shape[-{len(tail)}:] != {literal(tail)} or shape[:-{len(tail)}] not in {leading}:",
        f'        raise ValueError(f"expected (..., {_sizes(tail)}), got {{shape}}")',
    ]
    if grey:
        lines += [
            f"    if len(shape) == 3 and 1 < shape[0] <= {MOST_CHANNELS}:",
            f'        many = f"if these are {{shape[0]}} pictures, give (N, {_sizes(dims)})"',
            '        raise ValueError(f"{shape} may be one picture in colours; {many}")',
        ]
    return "\n".join(lines)


def _load(name: str) -> str:
    return f'''\
def load(path: str | Path) -> {name}:
    """The trained network, ready to predict."""
    if not Path(path).is_file():
        raise FileNotFoundError(f"the file of weights is missing: {{path}}")
    model = {name}()
    model.load_state_dict(load_file(path))
    return model.eval()'''


PREDICT = '''\
def predict(model: nn.Module, pictures: torch.Tensor) -> list[tuple[str, float]]:
    """The likeliest class of each picture, with its probability."""
    weights = next(model.parameters(), torch.empty(0))
    with torch.inference_mode():
        logits = model(preprocess(pictures).to(weights))
    best, places = logits.float().softmax(dim=1).max(dim=1)
    names = [CLASSES[place] for place in places.tolist()]
    return list(zip(names, best.tolist(), strict=True))'''


def _picture(dataset: Dataset) -> str:
    size = literal(dataset.shape.dims[1:])
    return f'''\
def picture(path: str | Path) -> torch.Tensor:
    """A PNG file as one sample {size}: light on dark, as in training."""
    pixels = torch.tensor(read_png(path))[None, None]
    sized = nn.functional.interpolate(pixels, {size}, mode="bilinear", antialias=True)
    return sized[0, 0].clamp(0, 1)'''


def _main_of_files(weights_file: str | None) -> str:
    return f'''\
def main(paths: list[str]) -> str | None:
    """Name what each PNG file shows; without one, count the weights."""
{_loaded(weights_file)}
    if not paths:
        count = sum(weights.numel() for weights in model.parameters())
        sys.stdout.write(f"{{type(model).__name__}}: {{count:,}} weights\\n")
    for path in paths:
        try:
            ((found, probability),) = predict(model, picture(path))
        except (OSError, ValueError) as error:
            return f"{{path}} can't be read: {{error}}"
        sys.stdout.write(f"{{path}}: {{found}} ({{probability:.1%}})\\n")
    return None'''


def _main(weights_file: str | None) -> str:
    return f'''\
def main() -> str | None:
    """Count the weights."""
{_loaded(weights_file)}
    count = sum(weights.numel() for weights in model.parameters())
    sys.stdout.write(f"{{type(model).__name__}}: {{count:,}} weights\\n")
    return None'''


def _loaded(weights_file: str | None) -> str:
    place = f"with_name({quoted(weights_file)})" if weights_file else 'with_suffix(".safetensors")'
    line = f"    weights = Path(__file__).{place}"
    return f"""\
{line if len(line) <= WIDTH else line + SKIP}
    if not weights.is_file():
        return f"{{weights.name}} is missing: keep it beside {{Path(__file__).name}}"
    model = load(weights)"""


def _run(arguments: str) -> str:
    return f'if __name__ == "__main__":\n    sys.exit(main({arguments}))\n'


@cache
def reader() -> tuple[str, ...]:
    """The functions of png.py as they stand there: read as text, as all that source carries."""
    content = pkgutil.get_data("explorer", "plan/png.py")
    if content is None:
        raise FileNotFoundError("the text of the PNG reader is not part of this program")
    text = content.decode("utf-8")
    lines = text.splitlines()
    parts = [each for each in ast.parse(text).body if isinstance(each, ast.FunctionDef)]
    return tuple("\n".join(lines[each.lineno - 1 : each.end_lineno]) for each in parts)


@cache
def file_names() -> frozenset[str]:
    """Whatever these functions are called, for any dataset."""
    return frozenset({*NAMES, *(text.partition("(")[0].removeprefix("def ") for text in reader())})
