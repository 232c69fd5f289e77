"""What was found of one thing. No finding names a person, or tells what stands in a record."""

from collections.abc import Callable
from typing import Literal, NamedTuple

import click

State = Literal["well", "wrong", "note"]


class Finding(NamedTuple):
    """A note is what may be meant so. What is wrong says how to mend it."""

    about: str
    state: State
    says: str


def well(about: str, says: str) -> Finding:
    return Finding(about, "well", says)


def wrong(about: str, says: str) -> Finding:
    return Finding(about, "wrong", says)


def note(about: str, says: str) -> Finding:
    return Finding(about, "note", says)


def required(about: str, require: Callable[[], object], says: str) -> Finding:
    """What a command would refuse to start with is wrong here, in the same words."""
    try:
        require()
    except click.ClickException as error:
        return wrong(about, error.message)
    return well(about, says)
