"""What an alert stands on gives the same alert again, from what the database kept of it."""

from collections import Counter
from itertools import count

import pytest

from glidepath.alerts.models import KINDS
from glidepath.database.engine import Database
from tests.clinics import Clinic
from tests.recomputing import Stored, alerts_of, through_the_database

pytestmark = pytest.mark.anyio


async def recompute(clinic: Clinic, database: Database, at_least: int) -> Counter[str]:
    """Of so many alerts, how many of each kind there were; one that came out otherwise is an error.

    With an answer of the last day altered it must not follow again, but for a few worsenings that no
    answer could make surer or less sure.
    """
    found: Counter[str] = Counter()
    unseen: Counter[str] = Counter()
    async with database.reading(clinic.id) as session:
        for number in count():
            for one in await through_the_database(session, [*alerts_of(number)]):
                assert one.same_again() is True, (number, one)
                unseen[one.kind] += one.altered().same_again() is not False
                found[f"{one.kind}, {one.how}"] += 1
            if found.total() >= at_least and {name.split(",")[0] for name in found} == {*KINDS}:
                assert unseen.total() == unseen["worsening"] <= found.total() / 50, unseen
                return found
    raise AssertionError


async def test_every_kind_of_alert_follows_again_from_its_basis_and_from_no_other(
    clinic: Clinic, database: Database
):
    found = await recompute(clinic, database, 200)
    assert {"worsening, extended", "worsening, joined"} <= found.keys()


async def test_other_settings_than_those_of_the_time_are_seen():
    worsening = next(
        one for number in count() for one in alerts_of(number) if one.kind == "worsening"
    )
    settings = worsening.basis["settings"]
    for name, value in settings.items():
        if name.startswith(("step", "slow")) and isinstance(value, float):
            other = Stored("worsening", "raised", worsening.basis | {"settings": {**settings, name: value * 1.5}})  # fmt: skip
            assert other.same_again() is False, name
            return
    pytest.fail(f"no setting was changed: {[*settings]}")
