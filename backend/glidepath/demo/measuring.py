"""What the demo's patients answer to outcome measures: at the first visit, two and four weeks later."""

from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any, Final
from zoneinfo import ZoneInfo

from uuid_utils.compat import uuid7

from glidepath.clinical.measures import Due, Measure, occasions, shipped, usual
from glidepath.demo.cast import CAST, Role

# Has not answered what was asked after four weeks.
OVERDUE: Final = CAST[0]
# By how much of the whole scale two weeks make it better.
_BETTER: Final = {"improving": 0.16, "stable": 0.02, "fluctuating": 0.05, "flare": 0.07}
_OTHERWISE: Final = 0.03
# Where everybody begins, from the bad end of the scale to the good one.
_BEGIN: Final = 0.42
_NAMED: Final = {
    "en": ["Putting on my socks", "Sitting in the car for half an hour", "Climbing the stairs"],
    "es": ["Ponerme los calcetines", "Ir sentado media hora en el coche", "Subir las escaleras"],
}


def measured(role: Role) -> list[Measure]:
    """What is usual for the patient's condition."""
    return [shipped()[key] for key in usual(role.condition)]


def answered(role: Role, first: date, today: date) -> Iterator[tuple[Measure, Due]]:
    """What they answered until today, in the order in which it was asked."""
    for measure in measured(role):
        for due in occasions(measure, first, None):
            late = role is OVERDUE and due.week == 4
            if due.on < today and not late:
                yield measure, due


def answer(
    role: Role, measure: Measure, due: Due, episode_id: object, zone: ZoneInfo
) -> dict[str, Any]:
    """As the phone sends it, in the evening of the day on which it was asked."""
    at = datetime.combine(due.on, time(19), zone).isoformat()
    names = _NAMED[role.locale] if measure.named else None
    keys = measure.item_keys()[: len(names) if names else None]
    return {
        "id": str(uuid7()),
        "episode_id": str(episode_id),
        "measure": measure.key,
        "version": measure.version,
        "occasion": due.occasion,
        "week": due.week,
        "local_date": due.on.isoformat(),
        "happened_at": at,
        "zone": str(zone),
        "made_at": at,
        "ratings": _ratings(role, measure, due.week, keys),
        "names": names,
    }


def _ratings(role: Role, measure: Measure, week: int, keys: tuple[str, ...]) -> dict[str, int]:
    step = _BETTER.get(role.course, _OTHERWISE) * week / 2
    if measure.scores[0].rule == "anchor":
        # A change in itself: from the middle of its scale.
        return {keys[0]: round(step * measure.scale.most * 2)}
    good = min(0.95, _BEGIN + step)
    share = good if measure.scores[0].better == "higher" else 1 - good
    if measure.ticks:
        return dict.fromkeys(keys[: round(share * len(keys))], 1)
    span = measure.scale.most - measure.scale.least
    # Neither the same everywhere nor at random: the first items a little easier.
    return {
        key: min(measure.scale.most, max(measure.scale.least, round(share * span + 1 - place % 3)))
        for place, key in enumerate(keys)
    }
