"""Who asks, kept with the request from the moment they are let in."""

from dataclasses import dataclass
from typing import Final

from litestar.types import Scope

from glidepath.identity.actor import Actor
from glidepath.identity.signing_in import Renewal

_KEY: Final = "glidepath.asking"


@dataclass(slots=True)
class Asking:
    # None until they are let in, and of a public route always.
    actor: Actor | None = None
    # What becomes of their session at the end of the request.
    renewal: Renewal | None = None


def asking(scope: Scope) -> Asking:
    """The request's own, to be read and written."""
    kept = scope["state"].setdefault(_KEY, Asking())
    assert isinstance(kept, Asking)
    return kept
