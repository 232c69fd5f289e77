"""What the demo's therapists find: at the first visit, and four weeks later."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from glidepath.assessments.schemas import AssessmentBody, Leg, Slump, StraightLegRaise
from glidepath.clinical.vocabulary import Condition, Side
from glidepath.demo.cast import Role

AGAIN: Final = timedelta(days=28)
# Hip flexion in degrees at the first symptom on the painful leg, and whether the nerve answers to slump.
_FIRST: Final = {
    Condition.HAMSTRING: (62, False),
    Condition.SCIATIC: (44, True),
    Condition.BOTH: (50, True),
    Condition.UNCLEAR: (56, False),
}
# By how many degrees four weeks change that.
_CHANGE: Final = {"improving": 20, "stable": 6, "fluctuating": 4, "flare": 10}
_WORSE: Final = -8
_SOUND: Final = Leg(slr=StraightLegRaise(angle=82, symptom=False), slump=Slump(False, None))


def examinations(role: Role, first: date, today: date) -> Iterator[AssessmentBody]:
    """In the order of their days."""
    angle, positive = _FIRST[role.condition]
    yield _found(role, first, angle, positive=positive, note="First visit.")
    if first + AGAIN <= today:
        change = _CHANGE.get(role.course, _WORSE)
        still = positive and change < 10
        yield _found(role, first + AGAIN, angle + change, positive=still, note=None)


def _found(role: Role, on: date, angle: int, *, positive: bool, note: str | None) -> AssessmentBody:
    slump = Slump(positive=positive, eased_by_neck=True if positive else None)
    painful = Leg(slr=StraightLegRaise(angle=angle, symptom=True), slump=slump)
    left, right = (_SOUND, painful) if role.side is Side.RIGHT else (painful, _SOUND)
    return AssessmentBody(
        revises=None, withdrawn=False, assessed_on=on, left=left, right=right, note=note
    )
