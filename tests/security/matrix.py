"""Who gets what: the table that is written down, the operations that there are, and asking for one."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

import httpx
import msgspec
import yaml
from litestar import Litestar
from litestar.typing import FieldDefinition

from tests.api.test_live import Page
from tests.security.requests import asked
from tests.security.rolled_back import RolledBack
from tests.security.world import World

_WRITTEN = yaml.safe_load((Path(__file__).parent / "authz.yaml").read_text(encoding="utf-8"))
ACTORS: list[str] = _WRITTEN["actors"]
ANSWERS: dict[str, list[str | int]] = _WRITTEN["answers"]
# The name of its answers by method and path.
ROUTES: dict[str, str] = _WRITTEN["routes"]


# The table's word for each code of a 403.
REFUSALS: Final = {
    "staff_only": "role",
    "patients_only": "role",
    "no_care_relation": "care",
    "admins_only": "rank",
    "not_yours": "rank",
}


class Operation(NamedTuple):
    method: str
    path: str
    # As in the description of the interface; of what is not in it, the handler's.
    name: str

    @property
    def key(self) -> str:
        return f"{self.method} {self.path}"


def operations(app: Litestar) -> list[Operation]:
    """Without OPTIONS, which the framework answers by itself."""
    found = set()
    for route in app.routes:
        for method, (handler, _) in getattr(route, "route_handler_map", {}).items():
            if method != "OPTIONS":
                name = handler.operation_id or handler.handler_name
                found.add(Operation(method, route.path, str(name)))
    return sorted(found, key=lambda one: (one.path, one.method))


def expected(operation: Operation) -> dict[str, str | int]:
    """What each actor is to get."""
    return dict(zip(ACTORS, ANSWERS[ROUTES[operation.key]], strict=True))


async def answers(world: World, database: RolledBack, operation: Operation) -> dict[str, Any]:
    """What each actor gets; `ok`, the status, and of anything unforeseen what it says."""
    return {who: await _answer(world, database, operation, who) for who in world.actors}


async def _answer(world: World, database: RolledBack, operation: Operation, who: str) -> Any:
    if operation.name == "getLive":
        async with database.taken_back():
            status, said = await _open(world, world.actors[who])
    else:
        answer = await ask(world, database, operation, who)
        status, said = answer.status_code, answer.text
    if status in (401, 404):
        return status
    if status == 403:
        return REFUSALS.get(said and json.loads(said)["code"], said)
    return "ok" if status < 300 else f"{status}: {said}"


async def ask(
    world: World,
    database: RolledBack,
    operation: Operation,
    who: str,
    *,
    unknown: bool = False,
    add: Mapping[str, Any] | None = None,
    **options: Any,
) -> httpx.Response:
    """What `who` is answered, or would be if what they ask about did not exist. Nothing of it stays.

    `add` is said in the body as well; `options` are of the request itself, and stand for body and headers.
    """
    client = world.actors[who]
    kept = httpx.Cookies(client.cookies)
    async with database.taken_back():
        path, asks = await asked(
            world, operation.name, operation.path, who, client, unknown=unknown
        )
        body = {**asks.body, **add} if add else asks.body
        usual = {} if operation.method == "GET" else {"json": body}
        headers = {**asks.headers, **options.pop("headers", {})}
        answer = await client.request(operation.method, path, headers=headers, **(options or usual))
    # What a sign-in gave them is taken back, too.
    client.cookies = kept
    return answer


async def _open(world: World, client: httpx.AsyncClient) -> tuple[int, str]:
    """The status of a stream and, where there is none, why."""
    page = Page(world.clinic, client.cookies)
    status = await page.status()
    said = "" if status < 300 else await page.body()
    await page.leave()
    return status, said


def parameters(app: Litestar, operation: Operation) -> Mapping[str, FieldDefinition]:
    """Of its handler."""
    for route in app.routes:
        if route.path == operation.path:
            handlers: Any = getattr(route, "route_handler_map", {})
            found: Mapping[str, FieldDefinition] = handlers[operation.method][
                0
            ].parsed_fn_signature.parameters
            return found
    raise KeyError(operation.key)


def fields(app: Litestar, operation: Operation) -> set[str]:
    """What its body is read for."""
    data = parameters(app, operation)["data"].annotation
    return {field.encode_name for field in msgspec.structs.fields(data)}
