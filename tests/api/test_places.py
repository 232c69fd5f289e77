"""Lines: who waits where, who is sent away, and that nobody is forgotten. More in tests/assurance/test_crowds.py."""

import asyncio
from collections import Counter
from typing import Any

import pytest
from litestar import Litestar

from glidepath.database.engine import POOL_SIZE
from glidepath.problems import Crowded
from glidepath.web.places import AT_ONCE, WAITING, Line, Places, line_of

pytestmark = pytest.mark.anyio


def lines(app: Litestar) -> dict[str, Line | None]:
    found = {}
    for route in app.routes:
        for handler, _ in getattr(route, "route_handler_map", {}).values():
            scope: Any = {"type": "http", "route_handler": handler}
            found[str(handler.operation_id)] = line_of(scope | {"path_template": route.path})
    return found


async def test_entries_and_alerts_come_first_and_files_last(app: Litestar):
    """OP-6"""
    found = lines(app)
    for operation in ("sync", "acknowledgeAlert", "getAlertBasis", "openInEmergency"):
        assert found[operation] is Line.FIRST, operation
    for operation in ("getTriage", "getPatient", "getCare", "getDiary"):
        assert found[operation] is Line.USUAL, operation
    for operation in ("getEverything", "readResource", "getReport", "getLooks"):
        assert found[operation] is Line.LAST, operation
    for operation in ("signIn", "join", "getLive", "putPassphrase", "livez", "readyz"):
        assert found[operation] is None, operation


async def test_nobody_waits_for_ever_and_everybody_leaves_their_place(
    monkeypatch: pytest.MonkeyPatch,
):
    """OP-6"""
    monkeypatch.setattr("glidepath.web.places.line_of", lambda scope: scope["line"])
    places, answered, refused = Places(), Counter[Line](), Counter[Line]()
    inside = most = 0

    async def answer(scope: Any, receive: Any, send: Any) -> None:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        await asyncio.sleep(0.001)
        inside -= 1
        if scope["fails"]:
            raise LookupError

    async def ask(line: Line, number: int) -> None:
        scope: Any = {"type": "http", "line": line, "fails": number % 3 == 0}
        try:
            await places.handle(scope, None, None, answer)  # type: ignore[arg-type]
        except Crowded:
            refused[line] += 1
            return
        except LookupError:
            pass
        answered[line] += 1

    asking = [asyncio.create_task(ask(line, n)) for n in range(200) for line in Line]
    await asyncio.sleep(0)
    # Who hangs up in the line gives up nobody else's place.
    asking[3 * (AT_ONCE[Line.FIRST] + 1)].cancel()
    await asyncio.gather(*asking, return_exceptions=True)
    assert most == POOL_SIZE
    assert all(answered[line] >= WAITING[line] for line in Line), answered
    assert all(refused[line] > 0 for line in Line), refused
    # All places are free again.
    answered.clear()
    await asyncio.gather(*(ask(Line.FIRST, n) for n in range(POOL_SIZE + WAITING[Line.FIRST])))
    assert answered[Line.FIRST] == POOL_SIZE + WAITING[Line.FIRST]
