"""A thousand histories of three phones and a bad network, each told anew (SY-1); what they are says
tests/api/test_histories.py, with the phones that it must catch."""

import os
from collections.abc import Callable
from typing import Final

import pytest

from tests.api.conftest import app, built, clinic
from tests.api.test_histories import run
from tests.clinics import Clinic
from tests.phones import Phone

__all__ = ["app", "built", "clinic"]

pytestmark = pytest.mark.anyio
HISTORIES: Final = int(os.environ.get("GLIDEPATH_ASSURANCE_HISTORIES", "1000"))


async def test_a_thousand_histories_end_with_every_entry_stored_once(
    clinic: Clinic, report: Callable[[str], None]
):
    """SY-1"""
    await run(clinic, Phone, HISTORIES)
    report(
        f"SY-1 {HISTORIES} histories of three phones, the same ones in each run: phones and server hold the same diary at"
        " the end of each"
    )
