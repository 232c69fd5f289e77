"""What needs a person who has just shown who they are: a device left open for a minute must not be enough."""

from datetime import datetime, timedelta
from typing import Final

from glidepath.identity.actor import Actor
from glidepath.problems import Forbidden

RECENT: Final = timedelta(minutes=10)


def requires_recent_sign_in(actor: Actor, now: datetime) -> None:
    """Forbidden with `confirm_it_is_you`, upon which the page asks and does the same again."""
    if actor.authenticated_at is None or now - actor.authenticated_at > RECENT:
        raise Forbidden("Confirm that it is you, and do this again.", code="confirm_it_is_you")
