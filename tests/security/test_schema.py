"""Whatever the description of the interface allows, and much that it does not, is answered as it says (IN-1)."""

import re
from collections import Counter
from collections.abc import Callable
from typing import Any, Final

import httpx
import pytest
import schemathesis
from anyio import from_thread, to_thread
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from litestar import Litestar
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)

from glidepath.identity import signing_in
from tests.security import matrix
from tests.security.matrix import Operation
from tests.security.rolled_back import RolledBack
from tests.security.world import World

pytestmark = pytest.mark.anyio

ROLES: Final = ("patient", "assigned", "admin")
CHECKS: Final = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    negative_data_rejection,
]


def cases(
    operation: APIOperation[Any, Any, Any, Any], world: World
) -> st.SearchStrategy[Case[Any]]:
    """As described or not, about what there is or about anything."""
    ids = {**world.ids, "path": "x"}
    named = {one.name: ids[one.name] for one in operation.path_parameters if one.name in ids}
    return st.one_of(
        operation.as_strategy(GenerationMode.POSITIVE, path_parameters=named or None),
        operation.as_strategy(GenerationMode.POSITIVE),
        operation.as_strategy(GenerationMode.NEGATIVE),
    )


def typed(operation: APIOperation[Any, Any, Any, Any], live: dict[str, Operation]) -> Operation:
    """The same in the route table, whose paths say of what type their ids are."""
    for one in live.values():
        plain = re.sub(r":\w+}", "}", one.path)
        if (one.method, plain) == (operation.method.upper(), operation.path):
            return one
    raise KeyError(operation.path)


async def fuzz(
    furnished: tuple[World, RolledBack],
    app: Litestar,
    cases_each: int,
    only: str | None = None,
    *,
    repeatable: bool,
) -> Counter[int]:
    """So many cases of each operation, by each role and most by those who may; the statuses of the answers.

    Raises what Schemathesis found.
    """
    world, database = furnished
    schema = schemathesis.openapi.from_dict(app.openapi_schema.to_schema())
    # A text that is longer than allowed can make a body that is too long altogether.
    rejection = schema.config.checks.negative_data_rejection
    rejection.expected_statuses = [*rejection.expected_statuses, "413"]
    in_table = {
        (one.method, re.sub(r":\w+}", "}", one.path)): one for one in matrix.operations(app)
    }
    answered = Counter[int]()

    async def send(case: Case[Any], who: str) -> httpx.Response:
        client = world.actors[who]
        kept = httpx.Cookies(client.cookies)
        sent = case.as_transport_kwargs(base_url="https://glidepath.example")
        sent.pop("cookies", None)
        sent["content"] = sent.pop("data", None)
        async with database.taken_back():
            answer = await client.request(**sent)
        client.cookies = kept
        return answer

    def ask(operation: APIOperation[Any, Any, Any, Any]) -> None:
        expected = matrix.expected(in_table[operation.method.upper(), operation.path])
        rightful = [who for who in (*ROLES, "operator") if expected[who] == "ok"]

        @examples(
            max_examples=cases_each,
            deadline=None,
            database=None,
            derandomize=repeatable,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=cases(operation, world), who=st.sampled_from([*ROLES, *rightful * 3]))
        def each_case(case: Case[Any], who: str) -> None:
            answer = from_thread.run(send, case, who)
            answered[answer.status_code] += 1
            case.validate_response(answer, checks=CHECKS)

        each_case()

    for found in schema.get_all_operations():
        operation: Any = found.ok()  # type: ignore[union-attr]
        if operation.path == "/api/live" or not operation.path.startswith("/api"):
            continue
        if only is None or operation.path == only:
            try:
                await to_thread.run_sync(ask, operation)
            except FailureGroup as found_wrong:
                # It is no Exception, and would end the loop in which the tests after this one run.
                raise AssertionError(operation.label) from found_wrong
    return answered


@pytest.mark.parametrize(
    ("cases_each", "least"),
    [(12, 2_000), pytest.param(160, 20_000, marks=pytest.mark.assurance)],
)
async def test_every_case_is_answered_as_described(
    cases_each: int,
    least: int,
    furnished: tuple[World, RolledBack],
    app: Litestar,
    report: Callable[[str], None],
):
    answered = await fuzz(furnished, app, cases_each, repeatable=least == 2_000)
    # What has nothing to vary is asked once or twice.
    assert answered.total() >= least
    report(f"IN-1: {answered.total()} cases, 0 answers that are not described: {dict(answered)}")


@pytest.mark.parametrize(
    "broken", [ValueError("on purpose"), lambda: {"account": "of another form"}]
)
async def test_a_route_that_breaks_its_word_is_found(
    broken: Any,
    furnished: tuple[World, RolledBack],
    app: Litestar,
    monkeypatch: pytest.MonkeyPatch,
):
    async def me(*_: object) -> Any:
        if isinstance(broken, Exception):
            raise broken
        return broken()

    monkeypatch.setattr(signing_in, "me", me)
    with pytest.raises(AssertionError, match="GET /api/me"):
        await fuzz(furnished, app, 5, "/api/me", repeatable=True)
