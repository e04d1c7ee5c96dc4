"""The printed source: equal to the drawing, as a person would write it, and safe with any title."""

import ast
import builtins
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from torch import nn
from torch.nn import functional

from explorer import resources
from explorer.blocks.activation.relu import ReLU
from explorer.blocks.attention.positional_encoding import PositionalEncoding
from explorer.blocks.attention.self_attention import SelfAttention
from explorer.blocks.catalogue import block_of, catalogue
from explorer.blocks.convolution.conv2d import Conv2d
from explorer.blocks.dense.linear import Linear
from explorer.blocks.inputs.input import Input
from explorer.blocks.inputs.output import Output
from explorer.blocks.joining.add import Add
from explorer.blocks.pooling.avg_pool2d import AvgPool2d
from explorer.blocks.pooling.max_pool2d import MaxPool2d
from explorer.blocks.recurrent.lstm import LSTM
from explorer.blocks.regularisation.batch_norm2d import BatchNorm2d
from explorer.blocks.regularisation.dropout import Dropout
from explorer.blocks.regularisation.layer_norm import LayerNorm
from explorer.blocks.sequence.last_step import LastStep
from explorer.blocks.sequence.mean_over_time import MeanOverTime
from explorer.blocks.sequence.rows_to_sequence import RowsToSequence
from explorer.blocks.shape.flatten import Flatten
from explorer.engine.network.build import Network
from explorer.graph import files
from explorer.graph.document import Document, Wire
from explorer.graph.edits import chain, connect, disconnect, remove_nodes, rename, set_title
from explorer.plan.plan import Plan, plan
from explorer.plan.source import network_name, network_source, source

ROOT = Path(__file__).resolve().parents[2]
LONG = "a_very_long_name_with_forty_characters_x"


def example(name: str) -> Document:
    return files.load(resources.path("examples", f"{name}.json").read_bytes(), block_of).document


def row(*blocks, title="Row", dataset="digits-8x8") -> Document:
    document = Document(title=title, dataset=dataset)
    named = [block if isinstance(block, tuple) else (None, block) for block in blocks]
    return chain(document, [(None, Input()), *named, (None, Output())])


def residual() -> Document:
    document = row(
        Conv2d(out_channels=4, padding=1),
        BatchNorm2d(),
        ReLU(),
        MaxPool2d(),
        ("conv2", Conv2d(out_channels=4, padding=1)),
        ReLU(),
        ("conv3", Conv2d(out_channels=4, padding=1)),
        Flatten(),
        Linear(out_features=10),
        title="Residual",
    )
    wire = document.into("flatten", "x")
    document = chain(disconnect(document, [wire]), [("add", Add()), ("relu9", ReLU())])
    document = connect(document, Wire("pool", "add", "y", "a"))
    document = connect(document, Wire("conv3", "add", "y", "b"))
    return connect(document, Wire("relu9", "flatten"))


def two_residuals(names: tuple[str, str] = ("embed", "attention")) -> Document:
    """A Transformer layer, normalised first; both sums lead past what lies between."""
    embed, attention = names
    document = row(
        RowsToSequence(),
        (embed, Linear(out_features=16)),
        ("norm1", LayerNorm()),
        (attention, SelfAttention(num_heads=2, dropout=0.1)),
        ("add1", Add()),
        ("norm2", LayerNorm()),
        ("fc1", Linear(out_features=32)),
        ReLU(),
        ("fc2", Linear(out_features=16)),
        ("add2", Add()),
        MeanOverTime(),
        ("head", Linear(out_features=10)),
        title="Pre-norm",
    )
    document = connect(document, Wire(embed, "add1", "y", "b"))
    return connect(document, Wire("add1", "add2", "y", "b"))


def from_the_input() -> Document:
    """The input itself is used twice, and one value twice by the same sum."""
    document = row(
        ("conv", Conv2d(out_channels=1, padding=1)),
        ("sum", Add()),
        ("twice", Add()),
        ("flat", Flatten()),
        ("fc", Linear(out_features=10)),
        title="From the input",
    )
    document = connect(document, Wire("input", "sum", "y", "b"))
    return connect(document, Wire("sum", "twice", "y", "b"))


def awkward_names() -> Document:
    """Names that mean something else as a variable."""
    document = residual()
    for old, new in {"pool": "torch", "conv2": "F", "conv3": "nn", "add": "print"}.items():
        document = rename(document, old, new)
    return document


def names_of_the_file() -> Document:
    """Nodes called as what the exported file defines: both values that have a name of their own."""
    document = two_residuals(("load", "PreNorm"))
    return rename(document, "add1", "causal_mask")


def causal() -> Document:
    return row(
        RowsToSequence(),
        ("embed", Linear(out_features=16)),
        SelfAttention(num_heads=2, causal=True, batch_first=True),
        SelfAttention(num_heads=2, causal=True, batch_first=False),
        catalogue()["transformer_encoder_layer"](num_heads=2, causal=True),
        LastStep(),
        ("head", Linear(out_features=10)),
        title="Causal",
    )


CASES = {
    "cnn": lambda: example("tutorial-cnn"),
    "lstm": lambda: example("tutorial-lstm"),
    "attention": lambda: example("tutorial-attention"),
    "residual": residual,
    "pre-norm": two_residuals,
    "long names": lambda: two_residuals((LONG, LONG[::-1])),
    "from the input": from_the_input,
    "awkward names": awkward_names,
    "names of the file": names_of_the_file,
    "causal": causal,
    "many parameters": lambda: row(
        (
            "a_name_of_some_length",
            Conv2d(out_channels=8, stride=2, padding=2, dilation=2, bias=False),
        ),
        LayerNorm(eps=1e-6),
        AvgPool2d(kernel_size=2, stride=1, padding=1),
        Dropout(p=0.25),
        Dropout(p=0.25),
        Flatten(),
        Linear(out_features=10),
    ),
    "deep LSTM": lambda: row(
        RowsToSequence(),
        PositionalEncoding(length=20),
        LSTM(hidden_size=12, num_layers=2, bidirectional=True, dropout=0.2),
        Dropout(),
        SelfAttention(num_heads=3, batch_first=False),
        LastStep(),
        ReLU(),
        Linear(out_features=10),
    ),
    "no layer with a name": lambda: row(Flatten(), Linear(out_features=10)),
}

HOSTILE_TITLES = [
    "",
    " ",
    "class",
    "None",
    "f",
    "l",
    "7 nets",
    "nn",
    "Path",
    "print",
    "value error",
    '"""',
    'ends with "',
    "ends with \\",
    '"""\nimport os\nos.system("false")\n"""',
    "a\r\nb\tc\x00d\x1be\u2028f",
    "{x} %s \\N{BULLET} \\x41",
    "e\u0301te\u0301",
    "\u624b\u5199\u6570\u5b57 \u30ce\u30fc\u30c8 \u0420\u0443\u0441 \u200b\u202e \U0001f600",
    "x" * 300,
    "\u6570" * 300,
    "\\" * 300,
]


def run_source(text: str) -> dict:
    names: dict = {"__name__": "exported"}
    exec(compile(text, "exported.py", "exec"), names)
    return names


def ready(document: Document) -> Plan:
    made = plan(document)
    assert made.ready, [problem.message for problem in made.problems]
    return made


@pytest.fixture(params=CASES.values(), ids=CASES.keys())
def made(request) -> Plan:
    return ready(request.param())


def ruff(*arguments: str, folder: Path) -> None:
    command = [sys.executable, "-m", "ruff", *arguments, "--no-cache", "."]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def assert_left_alone(folder: Path) -> None:
    settings = str(ROOT / "pyproject.toml")
    for where in (["--isolated"], ["--config", settings]):
        ruff("format", "--diff", *where, folder=folder)
        ruff("check", *where, folder=folder)


def assert_same_network(made: Plan) -> None:
    """The source computes what the network computes, with the same weights, bit for bit."""
    network = Network(made).eval()
    written = run_source(source(made))[network_name(made)]().eval()
    written.load_state_dict(network.state_dict(), strict=True)
    assert list(written.state_dict()) == list(network.state_dict())
    x = torch.randn(5, *made.dataset.shape.dims)
    with torch.inference_mode():
        assert torch.equal(written(x), network(x))


def test_source_computes_what_the_network_computes(made: Plan) -> None:
    assert_same_network(made)


def assert_nothing_hidden(text: str) -> None:
    """No parameter or variable is called as something of the file's own, an import or a builtin."""
    tree = ast.parse(text)
    outside = set(dir(builtins))
    for node in tree.body:
        outside |= {alias.asname or alias.name for alias in getattr(node, "names", ())}
        outside |= {node.name} if isinstance(node, ast.FunctionDef | ast.ClassDef) else set()
    inside = {node.arg for node in ast.walk(tree) if isinstance(node, ast.arg)}
    stored = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    inside |= {node.id for node in stored if isinstance(node.ctx, ast.Store)}
    assert not inside & outside


def test_no_name_hides_another(made: Plan) -> None:
    assert_nothing_hidden(source(made))


def test_no_line_is_too_long_or_exempt(made: Plan) -> None:
    text = source(made)
    assert max(map(len, text.splitlines())) <= 88
    assert "fmt: skip" not in text


def test_a_causal_mask_has_a_function_of_its_own() -> None:
    text = source(ready(causal()))
    assert text.count("def causal_mask(") == 1
    assert text.count("triu") == 1
    assert "attn_mask=causal_mask(x)" in text
    assert "attn_mask=causal_mask(x, axis=0)" in text
    assert "causal_mask" not in source(ready(residual()))


@pytest.mark.parametrize("title", ["Linear", "Module", "Flatten", "Tensor", "Sequential"])
def test_the_class_is_not_called_as_one_of_torchs(title: str) -> None:
    name = network_name(ready(set_title(row(Flatten(), Linear(out_features=10)), title)))
    assert name == title if title == "Flatten" else name != title


def test_a_formatter_and_a_linter_leave_every_file_alone(tmp_path: Path) -> None:
    for number, document in enumerate(case() for case in CASES.values()):
        text = source(ready(document), "weights.safetensors" if number % 2 else None)
        (tmp_path / f"case{number}.py").write_text(text, encoding="utf-8")
    for number, title in enumerate(HOSTILE_TITLES):
        text = source(ready(set_title(residual(), title)), title[:6] or None)
        (tmp_path / f"title{number}.py").write_text(text, encoding="utf-8")
    assert_left_alone(tmp_path)


@pytest.mark.parametrize("title", HOSTILE_TITLES, ids=range(len(HOSTILE_TITLES)))
def test_a_title_stays_text(title: str) -> None:
    honest = source(ready(set_title(residual(), "Honest")), "weights")
    made = ready(set_title(residual(), title))
    hostile = ast.parse(source(made, title or "weights"))
    assert [type(node) for node in hostile.body] == [type(node) for node in ast.parse(honest).body]
    written = run_source(source(made))
    assert network_name(made).isidentifier()
    assert isinstance(written[network_name(made)](), nn.Module)


def test_the_title_is_told_in_its_own_letters() -> None:
    made = ready(set_title(residual(), "Été 手写"))
    assert source(made).startswith('"""Été 手写.\n')
    assert network_name(made) == "Ete"


def test_the_weights_file_is_named_exactly() -> None:
    for name in ['my "net".safetensors', "it's.safetensors", "a\\b'\"", "net.safetensors"]:
        text = source(ready(residual()), name)
        found = [n.value for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Constant)]
        assert name in found


TUTORIAL_LINES = """\
        self.conv1 = nn.Conv2d(1, 32, kernel_size=3, padding=1)
        self.pool = nn.MaxPool2d(2)
        self.conv2 = nn.Conv2d(32, 64, kernel_size=3, padding=1)
        self.fc1 = nn.Linear(3136, 128)
        self.fc2 = nn.Linear(128, 10)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        \"\"\"Logits (N, 10) of normalised samples (N, 1, 28, 28).\"\"\"
        x = self.pool(F.relu(self.conv1(x)))  # 32 x 14 x 14
        x = self.pool(F.relu(self.conv2(x)))  # 64 x 7 x 7
        x = torch.flatten(x, 1)  # 3136
        x = F.relu(self.fc1(x))  # 128
        return self.fc2(x)  # 10
"""


def test_the_tutorial_cnn_reads_as_in_the_tutorial() -> None:
    text = network_source(ready(example("tutorial-cnn")))
    assert text.startswith("class TutorialCnn(nn.Module):\n")
    assert TUTORIAL_LINES in text


def test_lstm_and_attention_read_as_in_the_tutorials() -> None:
    lstm = network_source(ready(example("tutorial-lstm")))
    assert "x, _ = self.lstm(x)  # 28 x 128\n        return self.fc(x[:, -1])  # 10\n" in lstm
    attention = network_source(ready(example("tutorial-attention")))
    assert "nn.MultiheadAttention(embed_dim=64, num_heads=8, dropout=0.1)" in attention
    assert "x, _ = self.attention(x, x, x)" in attention


def test_a_second_name_lives_only_while_two_values_do() -> None:
    body = network_source(ready(residual())).split('"""')[-1]
    assert body.split("\n")[1:-1] == [
        "        x = F.relu(self.bn(self.conv1(x)))  # 4 x 8 x 8",
        "        pool = self.pool(x)  # 4 x 4 x 4",
        "        x = F.relu(self.conv2(pool))  # 4 x 4 x 4",
        "        x = self.conv3(x)  # 4 x 4 x 4",
        "        x = F.relu(pool + x)  # 4 x 4 x 4",
        "        x = torch.flatten(x, 1)  # 64",
        "        return self.fc1(x)  # 10",
    ]


def test_nothing_is_imported_that_is_not_used() -> None:
    assert " as F" not in source(ready(row(Flatten(), Linear(out_features=10))))
    assert "import torch.nn.functional as F" in source(ready(residual()))


class TutorialCnn(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 32, kernel_size=3, padding=1)
        self.conv2 = nn.Conv2d(32, 64, kernel_size=3, padding=1)
        self.pool = nn.MaxPool2d(2, 2)
        self.fc1 = nn.Linear(64 * 7 * 7, 128)
        self.fc2 = nn.Linear(128, 10)

    def forward(self, x):
        x = self.pool(functional.relu(self.conv1(x)))
        x = self.pool(functional.relu(self.conv2(x)))
        x = x.view(-1, 64 * 7 * 7)
        return self.fc2(functional.relu(self.fc1(x)))


class TutorialLstm(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(28, 128, 2, batch_first=True)
        self.fc = nn.Linear(128, 10)

    def forward(self, x):
        x = x.reshape(-1, 28, 28)
        h0, c0 = torch.zeros(2, x.size(0), 128), torch.zeros(2, x.size(0), 128)
        out, _ = self.lstm(x, (h0, c0))
        return self.fc(out[:, -1, :])


class TutorialAttention(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Linear(28, 64)
        self.position = nn.Embedding(28, 64)
        self.attention = nn.MultiheadAttention(embed_dim=64, num_heads=8, dropout=0.1)
        self.norm = nn.LayerNorm(64)
        self.fc1 = nn.Linear(64, 128)
        self.fc2 = nn.Linear(128, 10)

    def forward(self, x):
        x = self.embed(x.squeeze(1))
        x = (x + self.position(torch.arange(28))).permute(1, 0, 2)
        attended, _ = self.attention(x, x, x)
        x = self.norm(x + attended)
        return self.fc2(functional.relu(self.fc1(x)).mean(dim=0))


@pytest.mark.parametrize("tutorial", [TutorialCnn, TutorialLstm, TutorialAttention])
def test_weights_fit_the_tutorials_own_classes(tutorial) -> None:
    name = tutorial.__name__.removeprefix("Tutorial").lower()
    network = Network(ready(example(f"tutorial-{name}"))).eval()
    theirs = tutorial().eval()
    theirs.load_state_dict(network.state_dict(), strict=True)
    x = torch.randn(3, 1, 28, 28)
    with torch.inference_mode():
        torch.testing.assert_close(theirs(x), network(x), atol=1e-5, rtol=0)


def test_preprocess_takes_one_picture_or_many_and_refuses_others() -> None:
    preprocess = run_source(source(ready(residual())))["preprocess"]
    picture = torch.arange(64, dtype=torch.uint8).reshape(8, 8) % 17
    one = preprocess(picture)
    assert one.shape == (1, 1, 8, 8)
    torch.testing.assert_close(one[0, 0], (picture / 16 - 0.3077) / 0.3773)
    assert preprocess(picture.expand(5, 8, 8)).shape == (5, 1, 8, 8)
    assert preprocess(picture.expand(5, 1, 8, 8).numpy().copy()).shape == (5, 1, 8, 8)
    with pytest.raises(ValueError, match=r"expected \(\.\.\., 8, 8\), got \(16, 4\)"):
        preprocess(picture.reshape(16, 4))


def test_an_unfinished_drawing_shows_what_can_be_said() -> None:
    document = remove_nodes(example("tutorial-cnn"), ["flatten"])
    text = network_source(plan(document))
    assert "self.conv2 = nn.Conv2d(32, 64, kernel_size=3, padding=1)" in text
    assert "x = self.pool(F.relu(self.conv2(x)))  # 64 x 7 x 7" in text
    assert "# fc1 has no input" in text
    ast.parse(text)
    with pytest.raises(ValueError, match="unfinished"):
        source(plan(document))


def test_an_empty_drawing_has_a_source_too() -> None:
    for document in (Document(), Document(dataset="no such thing"), row()):
        ast.parse(network_source(plan(document)))
