"""What the letters of a block's formula stand for, so that its explanation can be read alone."""

from __future__ import annotations

import re
from collections.abc import Mapping

from explorer.graph.block import Block

_USUAL = {
    "x": "input",
    "y": "output",
    "a": "first input",
    "b": "bias",
    "c": "channel",
    "d": "feature",
    "f": "the activation",
    "g": "learned scale",
    "h": "hidden state",
    "i": "row",
    "j": "column",
    "k": "kernel size",
    "n": "random number",
    "o": "output channel",
    "p": "padding",
    "s": "stride",
    "t": "step",
    "u": "row in the kernel",
    "v": "column in the kernel",
    "w": "kernel",
    "z": "output of the first half",
    "C": "channels",
    "D": "features",
    "E": "table of learned vectors",
    "H": "height",
    "K": "keys",
    "N": "normal distribution",
    "Phi": "that probability",
    "Q": "queries",
    "T": "steps",
    "U": "weights for the state before",
    "V": "values",
    "W": "weights",
    "eps": "a small number",
    "var": "variance",
}
_GATES = {"x": "input of a step", "c": "cell state", "f": "forget gate", "i": "input gate"}
_OWN: Mapping[str, Mapping[str, str]] = {  # by kind, where a letter means something else
    "input": {"x": "a value of the sample"},
    "output": {"p": "probability", "z": "logit", "i": "class", "j": "any class"},
    "conv2d": {"d": "dilation"},
    "conv1d": {"d": "feature (d' the dilation)", "u": "place in the kernel", "o": "output feature"},
    "depthwise_separable_conv2d": {"v": "weights of the mixture"},
    "conv_transpose2d": {"d": "dilation"},
    "patch_embedding": {"p": "side of a patch", "W": "width"},
    "max_pool1d": {"u": "place in the window"},
    "avg_pool1d": {"u": "place in the window"},
    "max_pool2d": {"u": "row in the window", "v": "column in the window"},
    "avg_pool2d": {"u": "row in the window", "v": "column in the window"},
        "bilinear": {"b": "second input", "c": "bias", "o": "output feature"},
    "leaky_relu": {"s": "slope"},
    "elu": {"a": "how far negative values reach"},
    "softmax": {"i": "one number", "j": "any number"},
    "dropout": {"p": "probability"},
    "dropout2d": {"p": "probability"},
    "glu": {"a": "first half", "b": "second half"},
    "gaussian_noise": {"s": "standard deviation"},
    "add": {"b": "second input"},
    "multiply": {"b": "second input"},
    "squeeze_excitation": {"g": "gate"},
    "lstm": {**_GATES, "g": "what is new", "o": "output gate"},
    "gru": {"x": "input of a step", "c": "second bias", "n": "what is new", "r": "reset gate",
            "z": "update gate"},
    "rnn": {"x": "input of a step"},
    "self_attention": {"d": "features of a head"},
    "cross_attention": {"d": "features of a head"},
    "scaled_dot_product_attention": {"d": "features of a query"},
    "transformer_encoder_layer": {"h": "after the attention"},
    "transformer_decoder_layer": {"h": "after the first attention", "g": "after the second"},
    "positional_encoding": {"p": "vector of the place", "i": "feature"},
    "global_pool": {"W": "width"},
    "zero_pad": {"W": "width"},
    "rows_to_sequence": {"W": "width"},
    "flatten": {"W": "width"},
    "concatenate": {"W": "width"},
    "adaptive_pool2d": {"i": "row of cells"},
    "class_token": {"c": "the learned step"},
}  # fmt: skip
_CITED = re.compile(r"\([^()]*(?:\d{4}|torch\.)[^()]*\)")
_CLAUSE = re.compile(r"[.:](?:\s|$)|;\s|, (?=also|heads)")
_SIGN = re.compile(r"(?<![A-Za-z'])(Phi|eps|var|[A-Za-z])(?=\d?(?:[^A-Za-z0-9]|$|ᵀ))")
_FORMULA = re.compile(r"[=/·]|\) becomes?\b")
_ARTICLE = re.compile(r"\b[aA] (?=\d|[a-z]{2,}\b(?!\())")


def letters(block: type[Block]) -> dict[str, str]:
    """The letters of its formulas in their order, each with its meaning; empty without a formula.
    A letter that nobody has explained has the meaning "".
    """
    meanings = {**_USUAL, **_OWN.get(block.kind, {})}
    clauses = _CLAUSE.split(_CITED.sub("", block.summary))
    formulas = " ; ".join(_ARTICLE.sub(" ", each) for each in clauses if _FORMULA.search(each))
    return {sign: meanings.get(sign, "") for sign in _SIGN.findall(formulas)}


def explained(block: type[Block]) -> str:
    """The same as a line, "x: input, w: kernel"; empty where there is nothing to explain."""
    return ", ".join(f"{sign}: {meaning}" for sign, meaning in letters(block).items() if meaning)
