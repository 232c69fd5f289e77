"""Security events: who came in or tried to, who was turned away, what was refused at the border.

One line of the log for each, whatever level is logged. It holds words and ids of ours alone: no name, no address
that somebody typed, nothing of a record. Deeds with records are events of the audit trail.
"""

from contextvars import ContextVar
from typing import Any, Final, Literal

import structlog

Outcome = Literal["done", "denied", "refused", "put_off", "failed"]

_log: Final[Any] = structlog.wrap_logger(
    None, wrapper_class=structlog.make_filtering_bound_logger("info")
)
# What the request at hand was found to be about, gathered on its way.
_noted: ContextVar[dict[str, Any] | None] = ContextVar("noted", default=None)


def begin() -> dict[str, Any]:
    """From here on `note` fills what is returned, also from tasks that the request starts."""
    noted: dict[str, Any] = {}
    _noted.set(noted)
    return noted


def note(**said: Any) -> None:
    """Ids and words of ours; nothing where no request is being answered."""
    noted = _noted.get()
    if noted is not None:
        noted.update(said)


def tell(deed: str, outcome: Outcome, **said: Any) -> None:
    write = _log.info if outcome == "done" else _log.warning
    write("security", deed=deed, outcome=outcome, **said)
