"""What somebody gives as a reason."""

from typing import Final

from glidepath.problems import Invalid

LEAST: Final = 10


def sentence(reason: str) -> str:
    """Without the white space around and within it. Invalid where nothing is left that says why."""
    said = " ".join(reason.split())
    if len(said) < LEAST:
        raise Invalid("Say in ten characters or more why.", code="reason_too_short")
    return said
