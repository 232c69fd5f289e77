"""What became of answers that a phone sends: each is taken once, or refused with a reason."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final, Literal, NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.care.models import Episode
from glidepath.clinical.measures import Measure, RatingError, check
from glidepath.identity.actor import PatientActor
from glidepath.outcomes import library, store
from glidepath.outcomes.library import Library
from glidepath.outcomes.models import Answer, Assignment
from glidepath.outcomes.schemas import MeasureAnswer
from glidepath.outcomes.scoring import own_names

# After the end of care its last questions can be answered for so long.
AFTER_DISCHARGE: Final = timedelta(days=14)
# Nobody answers the same as often; a program might.
ANSWERS_EACH: Final = 10


class Received(NamedTuple):
    """`code` says why an answer was refused."""

    status: Literal["stored", "known", "refused"]
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Times:
    """What the diary finds out about when an answer was given."""

    day: date
    utc_offset_minutes: int
    clock_error: timedelta


# The code of the bound that an answer's times break, in their place.
TimesOf = Callable[[MeasureAnswer], Times | str]


async def receive(
    session: AsyncSession,
    actor: PatientActor,
    held: Sequence[Episode],
    answers: Sequence[MeasureAnswer],
    times_of: TimesOf,
    now: datetime,
) -> list[Received]:
    """What became of each that a phone sends. The caller holds the patient's episodes."""
    there = await store.by_ids(session, actor.patient_id, [one.id for one in answers])
    contents = {one.id: _stored(one) for one in there.values()}
    taking = _Taking(
        {one.id: one for one in held},
        await library.known(session),
        await store.assignments(session, [one.id for one in held]),
        await store.answers(session, [one.id for one in held]),
    )
    results: list[Received] = []
    rows: list[dict[str, Any]] = []
    for answer in answers:
        if answer.id in contents:
            same = contents[answer.id] == _sent(answer)
            results.append(Received("known") if same else Received("refused", "id_reused"))
            continue
        times = times_of(answer)
        code = times if isinstance(times, str) else taking.refusal(answer, times.day)
        if isinstance(times, str) or code is not None:
            results.append(Received("refused", code))
            continue
        rows.append(_row(actor, answer, times, now))
        contents[answer.id] = _sent(answer)
        results.append(Received("stored"))
    await store.add_answers(session, rows)
    return results


class _Taking:
    """One batch on its way in: what its answers may refer to, and for how many there is room."""

    def __init__(
        self,
        episodes: Mapping[UUID, Episode],
        known: Library,
        assignments: Sequence[Assignment],
        answers: Sequence[Answer],
    ) -> None:
        self._episodes = episodes
        self._known = known
        self._used = {(one.episode_id, one.measure) for one in assignments}
        self._taken = [(one.episode_id, one.measure, one.occasion, one.week) for one in answers]

    def refusal(self, answer: MeasureAnswer, day: date) -> str | None:
        """What was asked once is taken, though it was stopped meanwhile: the phone did not know."""
        measure = self._known.versions.get((answer.measure, answer.version))
        if measure is None or (answer.episode_id, answer.measure) not in self._used:
            return "unknown_measure"
        if not _asks(measure, answer):
            return "unknown_measure"
        if not _fits(measure, answer):
            return "ratings_wrong"
        ended_on = self._episodes[answer.episode_id].ended_on
        after = AFTER_DISCHARGE if answer.occasion == "discharge" else timedelta()
        if ended_on is not None and day > ended_on + after:
            return "care_ended"
        each = (answer.episode_id, answer.measure, answer.occasion, answer.week)
        if self._taken.count(each) >= ANSWERS_EACH:
            return "answers_full"
        self._taken.append(each)
        return None


def _asks(measure: Measure, answer: MeasureAnswer) -> bool:
    if answer.occasion == "week":
        return answer.week in measure.weeks
    asked = measure.at_intake if answer.occasion == "intake" else measure.at_discharge
    return asked and answer.week == 0


def _fits(measure: Measure, answer: MeasureAnswer) -> bool:
    """Whether its ratings are some of the measure's. Nothing at all is an answer where statements are ticked."""
    names = answer.names
    if (measure.named is None) != (names is None):
        return False
    if names is not None and measure.named is not None:
        if not measure.named.least <= len(names) <= measure.named.most:
            return False
        if len(set(names)) != len(names):
            return False
    if not answer.ratings and not measure.ticks:
        return False
    try:
        check(measure, answer.ratings, None if names is None else len(names))
    except RatingError:
        return False
    return True


def _row(actor: PatientActor, answer: MeasureAnswer, times: Times, now: datetime) -> dict[str, Any]:
    return {
        **_sent(answer),
        "names": None if answer.names is None else json.dumps(answer.names, ensure_ascii=False),
        "clinic_id": actor.clinic_id,
        "patient_id": actor.patient_id,
        "id": answer.id,
        "received_at": now,
        "day": times.day,
        "utc_offset_minutes": times.utc_offset_minutes,
        "clock_error": times.clock_error,
    }


_SENT: Final = [
    "episode_id",
    "measure",
    "version",
    "occasion",
    "week",
    "local_date",
    "happened_at",
    "zone",
    "made_at",
    "ratings",
]


def _sent(answer: MeasureAnswer) -> dict[str, Any]:
    return {name: getattr(answer, name) for name in _SENT} | {"names": answer.names}


def _stored(answer: Answer) -> dict[str, Any]:
    return {name: getattr(answer, name) for name in _SENT} | {"names": own_names(answer)}
