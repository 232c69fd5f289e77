"""What a job of the worker works with."""

from dataclasses import dataclass

from procrastinate import JobContext

from glidepath.database.engine import Database
from glidepath.settings import Settings


@dataclass(frozen=True, slots=True)
class Tools:
    """The worker hands it over."""

    database: Database
    settings: Settings


def tools(context: JobContext) -> Tools:
    found = context.additional_context["tools"]
    assert isinstance(found, Tools)
    return found
