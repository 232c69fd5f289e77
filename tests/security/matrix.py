"""Who gets what: the table that is written down, the operations that there are, and asking for one."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple
from uuid import UUID

import httpx
import msgspec
import yaml
from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from litestar.typing import FieldDefinition
from sqlalchemy import text

from tests.api.test_live import Page
from tests.security.requests import asked
from tests.security.rolled_back import RolledBack
from tests.security.world import World

_WRITTEN = yaml.safe_load((Path(__file__).parent / "authz.yaml").read_text(encoding="utf-8"))
ACTORS: list[str] = _WRITTEN["actors"]
ANSWERS: dict[str, list[str | int]] = _WRITTEN["answers"]
# By method and path the name of its answers, and of those that are written down, as what.
ROUTES: dict[str, str] = {
    route: row if isinstance(row, str) else row[0] for route, row in _WRITTEN["routes"].items()
}
AUDITED: dict[str, str] = {
    route: row[1] for route, row in _WRITTEN["routes"].items() if not isinstance(row, str)
}
PROOF: list[str] = _WRITTEN["proof"]
ONE_FACTOR: list[str] = _WRITTEN["one factor"]


# An admin who has given one factor; not one of the twelve.
HALF: Final = "half"
# The table's word for each code of a 403.
REFUSALS: Final = {
    "staff_only": "role",
    "patients_only": "role",
    "operators_only": "role",
    "no_care_relation": "care",
    "admins_only": "rank",
    "not_yours": "rank",
}


_EVENTS = text("select action, outcome, patient_ids from audit_events order by seq")


class Event(NamedTuple):
    """Of the audit trail."""

    action: str
    outcome: str
    patient_ids: list[UUID]


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


class Answer(NamedTuple):
    """`ok`, the status or a word for why not, and of anything unforeseen what it says; and what the audit
    trail of the actor's clinic holds since."""

    word: str | int
    audited: list[Event]


async def answers(world: World, database: RolledBack, operation: Operation) -> dict[str, Answer]:
    """What each actor gets."""
    return {who: await _answer(world, database, operation, who) for who in world.actors}


async def _answer(world: World, database: RolledBack, operation: Operation, who: str) -> Answer:
    if operation.name == "getLive":
        async with database.taken_back():
            return Answer(_word(*await _open(world, world.actors[who])), [])
    answer = await ask(world, database, operation, who)
    return Answer(_word(answer.status_code, answer.text), answer.extensions["audited"])


def _word(status: int, said: str) -> str | int:
    """The table's word for an answer."""
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

    `add` is said in the body as well; `options` are of the request itself, and stand for body and headers. The
    answer's `extensions["audited"]` are the events that it left in the trail of the actor's clinic.
    """
    client = world.half if who == HALF else world.actors[who]
    kept = httpx.Cookies(client.cookies)
    try:
        async with database.taken_back():
            path, asks = await asked(
                world, operation.name, operation.path, who, client, unknown=unknown
            )
            body = {**asks.body, **add} if add else asks.body
            usual = {} if operation.method == "GET" else {"json": body}
            headers = {**asks.headers, **options.pop("headers", {})}
            before = await _events(world, database, who)
            answer = await client.request(
                operation.method, path, headers=headers, **(options or usual)
            )
            after = await _events(world, database, who)
            answer.extensions["audited"] = after[len(before) :]
    finally:
        # What a sign-in gave them is taken back, too.
        client.cookies = kept
    return answer


async def _events(world: World, database: RolledBack, who: str) -> list[Event]:
    rows = await database.rows(world.tenant_of(who), _EVENTS)
    return [Event(row.action, row.outcome, row.patient_ids) for row in rows]


async def _open(world: World, client: httpx.AsyncClient) -> tuple[int, str]:
    """The status of a stream and, where there is none, why."""
    page = Page(world.clinic, client.cookies)
    status = await page.status()
    said = "" if status < 300 else await page.body()
    await page.leave()
    return status, said


def handler_of(app: Litestar, operation: Operation) -> HTTPRouteHandler:
    for route in app.routes:
        if route.path == operation.path:
            handlers: Any = getattr(route, "route_handler_map", {})
            handler: HTTPRouteHandler = handlers[operation.method][0]
            return handler
    raise KeyError(operation.key)


def parameters(app: Litestar, operation: Operation) -> Mapping[str, FieldDefinition]:
    """Of its handler."""
    return handler_of(app, operation).parsed_fn_signature.parameters


def fields(app: Litestar, operation: Operation) -> set[str]:
    """What its body is read for."""
    data = parameters(app, operation)["data"].annotation
    return {field.encode_name for field in msgspec.structs.fields(data)}
