"""The time of a 404 does not tell what is another clinic's from what nobody made (AC-6)."""

from collections.abc import Callable
from functools import partial
from typing import Any, Final

import httpx
import pytest
from uuid_utils.compat import uuid7

from tests.security.asks import Ask
from tests.security.matrix import Operation
from tests.security.requests import asked, path_of
from tests.security.rolled_back import RolledBack
from tests.security.world import World
from tests.timing import rank_auc

pytestmark = [pytest.mark.anyio, pytest.mark.assurance]

SAMPLES, SEED = 300, 20261128
WHO: Final = "foreign_admin"
# One for each kind of id.
ROUTES: Final = (
    "GET /api/patients/{patient_id:uuid}",
    "GET /api/alerts/{alert_id:uuid}/basis",
    "POST /api/alerts/{alert_id:uuid}/acknowledge",
    "POST /api/episodes/{episode_id:uuid}/discharge",
    "PUT /api/staff/{account_id:uuid}/role",
    "POST /api/own-exercises/{exercise_id:uuid}/retire",
    "POST /api/plan-proposals/{proposal_id:uuid}/dismiss",
    "POST /api/plan-templates/{template_id:uuid}/rename",
)


async def _auc(furnished: tuple[World, RolledBack], operation: Operation) -> float:
    world, database = furnished
    client = world.actors[WHO]

    async def ask(path: str, said: Ask) -> None:
        body: dict[str, Any] = {} if operation.method == "GET" else {"json": said.body}
        answer: httpx.Response = await client.request(
            operation.method, path, headers=said.headers, **body
        )
        assert answer.status_code == 404, answer.text

    async with database.taken_back():
        theirs, said = await asked(world, operation.name, operation.path, WHO, client)
        ids = {name: str(uuid7()) for name in {**world.ids, **said.path}}
        nobodys = path_of(operation.path, ids)
        return await rank_auc(
            [partial(ask, theirs, said)] * SAMPLES, [partial(ask, nobodys, said)] * SAMPLES, SEED
        )


@pytest.mark.parametrize("route", ROUTES)
async def test_the_time_of_a_404_does_not_tell_what_is_another_clinics(
    route: str,
    live: dict[str, Operation],
    furnished: tuple[World, RolledBack],
    report: Callable[[str], None],
):
    """AC-6"""
    found = list[float]()
    for _ in range(2):
        found.append(await _auc(furnished, live[route]))
        if 0.40 <= found[-1] <= 0.60:
            break
    report(f"AC-6 {route}: AUC {', '.join(f'{one:.3f}' for one in found)} of {SAMPLES}")
    assert 0.40 <= found[-1] <= 0.60
