"""Ten thousand simulated alerts, each decided again from what the database kept of it."""

from collections.abc import Callable

import pytest

from glidepath.database.engine import Database
from tests.api.conftest import app, built, clinic
from tests.api.test_recomputing import recompute
from tests.clinics import Clinic

__all__ = ["app", "built", "clinic"]

pytestmark = pytest.mark.anyio
ALERTS = 10_000


async def test_ten_thousand_alerts_follow_again_from_their_bases(
    clinic: Clinic, database: Database, report: Callable[[str], None]
):
    found = await recompute(clinic, database, ALERTS)
    kinds = "; ".join(f"{kind} {number}" for kind, number in sorted(found.items()))
    report(
        f"{found.total()} alerts decided again from their stored bases: all identical; with one "
        f"answer altered at most one in fifty ({kinds})"
    )
