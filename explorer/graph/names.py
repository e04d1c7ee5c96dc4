"""Which names a node may have: it becomes an attribute of a module and a key of the weights."""

from __future__ import annotations

import keyword
from collections.abc import Collection

from explorer.graph.limits import LONGEST_NAME

# What `dir(torch.nn.Module())` of torch 2.13 has without a leading underscore; a test compares.
MODULE_NAMES = frozenset(
    """
    T_destination add_module apply bfloat16 buffers call_super_init children compile cpu cuda
    double dump_patches eval extra_repr float forward get_buffer get_extra_state get_parameter
    get_submodule half ipu load_state_dict modules mtia named_buffers named_children
    named_modules named_parameters parameters register_backward_hook register_buffer
    register_forward_hook register_forward_pre_hook register_full_backward_hook
    register_full_backward_pre_hook register_load_state_dict_post_hook
    register_load_state_dict_pre_hook register_module register_parameter
    register_state_dict_post_hook register_state_dict_pre_hook requires_grad_ set_extra_state
    set_submodule share_memory state_dict to to_empty train training type xpu zero_grad
    """.split()  # noqa: SIM905  a word list is easier to read than 60 quoted lines
)


class BadName(ValueError):
    """A name that a node can't have, with the reason."""


def check_name(name: str, taken: Collection[str] = ()) -> None:
    """Raise BadName with the reason unless `name` can be a node's id."""
    shown = name[:LONGEST_NAME]
    if not (name.isascii() and name.isidentifier()):
        raise BadName(
            f"'{shown}' is not a name: use letters, digits and _, beginning with a letter"
        )
    if name.startswith("_"):
        raise BadName(f"'{shown}' begins with _, which Python keeps for its own names")
    if len(name) > LONGEST_NAME:
        raise BadName(f"the name has {len(name)} characters; {LONGEST_NAME} at most")
    if keyword.iskeyword(name):
        raise BadName(f"'{name}' is a word of the Python language")
    if name in MODULE_NAMES:
        raise BadName(f"'{name}' is something that every torch module already has")
    if name in taken:
        raise BadName(f"there is a block named '{name}' already")


def name_fault(name: str, taken: Collection[str] = ()) -> str:
    """Why `name` can't be a node's id, in words; nothing where it can."""
    try:
        check_name(name, taken)
    except BadName as error:
        return str(error)
    return ""


def fresh_name(stem: str, taken: Collection[str]) -> str:
    """The first free name of `stem`, `stem2`, ...; a stem that ends in a digit counts on, a long
    one gives letters for the number.
    """
    bare = stem.rstrip("0123456789") or "block"
    number = int(stem[len(bare) :] or 0) if stem[len(bare) :].isdigit() else 0
    candidate = stem if stem.isidentifier() else bare
    while len(candidate) > LONGEST_NAME or candidate in taken or _is_kept(candidate):
        number = number + 1 if number else 2
        candidate = f"{bare[: LONGEST_NAME - len(str(number))]}{number}"
    return candidate


def _is_kept(name: str) -> bool:
    return keyword.iskeyword(name) or name in MODULE_NAMES
