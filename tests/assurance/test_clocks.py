"""A thousand phones whose clock is days off, or set back while somebody writes: nobody is misled (SY-11)."""

import os
from collections.abc import Callable

import pytest

from glidepath.audit import pace
from tests.api.conftest import app, built, clinic
from tests.api.test_clocks import SEED, run
from tests.clinics import Clinic

pytestmark = pytest.mark.anyio
CASES = int(os.environ.get("GLIDEPATH_ASSURANCE_CASES", "1000"))
# So that every core has some of them.
PARTS = 10

__all__ = ["app", "built", "clinic"]


@pytest.mark.parametrize("part", range(PARTS))
async def test_a_thousand_clocks_that_are_off_change_nothing_but_the_mark(
    part: int, clinic: Clinic, report: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
):
    # One therapist looks at more records than anybody does in an hour.
    monkeypatch.setattr(pace, "RECORDS", 10 * CASES)
    cases = CASES // PARTS
    alarming = await run(clinic, cases, SEED + part * cases)
    report(
        f"SY-11 clocks that are off, part {part + 1} of {PARTS}: {cases} cases, {alarming} with an alert,"
        " 0 told differently"
    )
    assert 0 < alarming < cases
