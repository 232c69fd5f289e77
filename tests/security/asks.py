"""How a request is described that each caller of the matrix makes."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
from uuid_utils.compat import uuid7

from tests.security.world import World


@dataclass(frozen=True)
class Ask:
    """Ids in the path beside the world's own, and the rest of a request. `query`: by its parameters the names
    of ids."""

    body: Any = None
    path: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)


# Who asks is told, for what everybody asks about themselves; with their browser, for what comes before.
Asked = Callable[[World, str, httpx.AsyncClient], Awaitable[Ask]]


class Asking(dict[str, Asked]):
    """What is asked of each operation."""

    def of(self, operation: str) -> Callable[[Asked], Asked]:
        def keep(asked: Asked) -> Asked:
            self[operation] = asked
            return asked

        return keep


def always(body: Any = None, *made: str, **headers: str) -> Asked:
    """The same from everybody; the ids of what a PUT makes are made by the caller."""

    async def asked(_: World, __: str, ___: httpx.AsyncClient) -> Ask:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return Ask(body, {name: str(uuid7()) for name in made}, named)

    return asked
