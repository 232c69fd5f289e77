"""A thousand phones whose clock is days off, or set back while somebody writes: nobody is misled."""

import os

import pytest

from tests.api.conftest import app, built, clinic
from tests.api.test_clocks import run
from tests.clinics import Clinic

pytestmark = pytest.mark.anyio
CASES = int(os.environ.get("GLIDEPATH_ASSURANCE_CASES", "1000"))

__all__ = ["app", "built", "clinic"]


async def test_a_thousand_clocks_that_are_off_change_nothing_but_the_mark(clinic: Clinic):
    assert 0 < await run(clinic, CASES) < CASES
