"""When a day counts as written late, by the clock on the patient's wall."""

from datetime import UTC, date, datetime

import pytest
from uuid_utils.compat import uuid7

from glidepath.diary.days import by_day
from glidepath.diary.models import CheckIn

# 23:30 in Madrid, where it is winter.
LATE_IN_THE_EVENING = datetime(2026, 11, 28, 22, 30, tzinfo=UTC)
SUMMER, WINTER = 120, 60


@pytest.mark.parametrize("offset", [WINTER, SUMMER])
@pytest.mark.parametrize(("day", "late"), [(27, False), (26, True)])
def test_the_season_of_a_wrong_clock_makes_no_day_late(offset: int, day: int, late: bool):
    entry = CheckIn(
        id=uuid7(),
        revises=None,
        import_id=None,
        day=date(2026, 11, day),
        received_at=LATE_IN_THE_EVENING,
        utc_offset_minutes=offset,
        zone="Europe/Madrid",
        clock_error=None,
        changes_with=None,
        sensations=None,
        red_flags=None,
        pain_now=2,
    )
    (found,) = by_day([entry], []).values()
    assert found.late is late
