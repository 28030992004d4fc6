"""Keys of a person's own, from the settings file of the study on their machine."""

from __future__ import annotations

from collections.abc import Mapping

from textual.keys import _character_to_key

from qualbench.errors import BadInput
from qualbench.tui.actions import ACTIONS, EVERYWHERE, actions_for


def check_keymap(keymap: Mapping[str, str]) -> dict[str, str]:
    """Give the keys that a person has changed, in Textual's names, by the id of the action.

    Args:
        keymap: As in the settings file: keys parted by commas, as characters or by name.

    Raises:
        BadInput: If there is no such action, or two actions of a place would have one key.
    """
    known = {action.id: action for action in ACTIONS}
    for id_ in keymap:
        if id_ not in known:
            raise BadInput(
                f"[keys] in qualbench.toml: there is no action '{id_}'.", "docs/keys.md lists them."
            )
    named = {id_: _named(keys) for id_, keys in keymap.items()}
    for place in {action.place for action in ACTIONS} - {EVERYWHERE}:
        kept = [a for a in ACTIONS if a.place == place and a.is_chord and a.id not in named]
        taken = {action.keys.split()[0]: action.id for action in kept}
        for action in actions_for(place):
            if action in kept:
                continue
            for key in named.get(action.id, action.keys).split(","):
                other = taken.get(key, action.id)
                if other != action.id and {action.id, other} & set(named):
                    raise BadInput(
                        f"[keys] in qualbench.toml: {other} and {action.id} would have the key {key}.",
                        "Give one of them another.",
                    )
                taken[key] = action.id
    return named


def _named(keys: str) -> str:
    """Keys in the names that Textual has for them; a comma alone is a key, else it parts them."""
    listed = [keys.strip()] if keys.strip() == "," else keys.replace(" ", "").split(",")
    return ",".join(_character_to_key(key) if len(key) == 1 else key for key in listed)
