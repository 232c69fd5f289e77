"""Which measures an episode uses, what its patient is asked when, and how what they answered is read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.care import service as care
from glidepath.care.models import Episode
from glidepath.clinical.measures import Due, Measure, Occasion, occasions, waiting
from glidepath.clinical.vocabulary import Text
from glidepath.identity import service as identity
from glidepath.identity.actor import StaffActor
from glidepath.outcomes import library, store
from glidepath.outcomes.models import Answer, Assignment
from glidepath.outcomes.schemas import (
    Answered,
    AnsweredItem,
    AnswerView,
    AssignmentView,
    DueView,
    Form,
    LicenceView,
    OwnMeasure,
    UsedMeasure,
)
from glidepath.outcomes.scoring import Course, own_names
from glidepath.outcomes.taking import AFTER_DISCHARGE
from glidepath.problems import Conflict, NotFound
from glidepath.views import view

# What waits for longer is overdue; until then the day's reminder speaks of it, too.
OVERDUE_AFTER: Final = timedelta(days=7)


async def assign(
    session: AsyncSession,
    actor: StaffActor,
    episode_id: UUID,
    assignment_id: UUID,
    measure: str,
    now: datetime,
) -> bool:
    """Whether it is new; sent again it is the same. Stopped and begun again, its weeks go on."""
    episode = await _running(session, actor, episode_id)
    known = await library.known(session)
    if measure not in known.newest or measure in known.retired:
        raise NotFound
    before = [
        one for one in await store.assignments(session, [episode_id]) if one.measure == measure
    ]
    kept = await store.assignment(session, assignment_id)
    if kept is not None:
        if (kept.episode_id, kept.measure) != (episode_id, measure):
            raise Conflict("There is another one under this id.", code="assignment_exists")
        return False
    if any(one.stopped_at is None for one in before):
        raise Conflict("This measure is in use already.", code="measure_in_use")
    today = care.today_of((await care.patient(session, episode.patient_id)).timezone, now)
    await store.add_assignment(
        session,
        {
            "clinic_id": actor.clinic_id,
            "id": assignment_id,
            "patient_id": episode.patient_id,
            "episode_id": episode_id,
            "measure": measure,
            "begins_on": before[0].begins_on if before else today,
            "assigned_by": actor.account_id,
            "assigned_at": now,
        },
    )
    return True


async def stop(
    session: AsyncSession, actor: StaffActor, episode_id: UUID, assignment_id: UUID, now: datetime
) -> None:
    """It is asked no more; what was answered stays. Again it changes nothing."""
    await _running(session, actor, episode_id)
    kept = await store.assignment(session, assignment_id)
    if kept is None or kept.episode_id != episode_id:
        raise NotFound
    if kept.stopped_at is None:
        kept.stopped_at, kept.stopped_by = now, actor.account_id


async def _running(session: AsyncSession, actor: StaffActor, episode_id: UUID) -> Episode:
    """Held, so that two at once do not both begin the same."""
    episode = await care.requires_episode(session, actor, episode_id, lock=True)
    if episode.ended_on is not None:
        raise Conflict("The care has ended.", code="episode_ended")
    return episode


async def of_episode(session: AsyncSession, episode: Episode, today: date) -> list[UsedMeasure]:
    """For the care team; what is in use first."""
    used = await _used(session, [episode.id])
    people = {
        one
        for measure in used
        for row in measure.assignments
        for one in (row.assigned_by, row.stopped_by)
        if one is not None
    }
    names = await identity.names(session, people) if people else {}
    views = [_view(one, episode, today, names) for one in used]
    return sorted(views, key=lambda one: one.running is None)


async def of_patient(session: AsyncSession, episode: Episode) -> list[OwnMeasure]:
    """For the patient's phone, which finds out by itself what is to be asked on which day."""
    return [
        OwnMeasure(
            form=view(
                Form,
                one.measure,
                notice=one.measure.licence.notice,
                items=list(one.measure.items),
                scale=one.measure.scale,
                named=one.measure.named,
            ),
            dues=one.dues(episode),
            answered=[Answered(*key) for key in one.answered],
            names=one.course.names,
            scores=one.course.own_scores(),
        )
        for one in await _used(session, [episode.id])
    ]


async def awaited(session: AsyncSession, today: Mapping[UUID, date]) -> set[UUID]:
    """Of these running episodes those in which something is asked on their day, and not overdue yet."""
    found = set[UUID]()
    if not today:
        return found
    for one in await _used(session, list(today)):
        day = today[one.episode_id]
        due = one.waiting(None, day)
        if due is not None and day <= due.on + OVERDUE_AFTER:
            found.add(one.episode_id)
    return found


@dataclass(frozen=True, slots=True)
class _Used:
    """A measure of an episode, with all that hangs on it."""

    episode_id: UUID
    measure: Measure
    own: bool
    assignments: Sequence[Assignment]
    course: Course

    @property
    def running(self) -> Assignment | None:
        last = self.assignments[-1]
        return last if last.stopped_at is None else None

    @property
    def answered(self) -> list[tuple[Occasion, int]]:
        return [(one.occasion, one.week) for one in self.course.answers]

    def _occasions(self, ended_on: date | None) -> list[Due]:
        running = self.running
        return [] if running is None else occasions(self.measure, running.begins_on, ended_on)

    def dues(self, episode: Episode) -> list[DueView]:
        every = self._occasions(episode.ended_on)
        return [_due(one, every[number + 1 :]) for number, one in enumerate(every)]

    def waiting(self, ended_on: date | None, today: date) -> Due | None:
        due = waiting(self._occasions(ended_on), today, self.answered)
        over = ended_on is not None and today > ended_on + AFTER_DISCHARGE
        return None if over else due

    def next(self, ended_on: date | None, today: date) -> DueView | None:
        every = self._occasions(ended_on)
        later = [number for number, one in enumerate(every) if one.on > today]
        return _due(every[later[0]], every[later[0] + 1 :]) if later else None


def _due(due: Due, following: Sequence[Due]) -> DueView:
    until = following[0].on - timedelta(days=1) if following else None
    if due.occasion == "discharge":
        until = due.on + AFTER_DISCHARGE
    return DueView(due.occasion, due.week, due.on, until)


async def _used(session: AsyncSession, episode_ids: Sequence[UUID]) -> list[_Used]:
    assignments = await store.assignments(session, episode_ids)
    if not assignments:
        return []
    known = await library.known(session)
    answers = await store.answers(session, episode_ids)
    keys = dict.fromkeys((one.episode_id, one.measure) for one in assignments)
    order = list(known.newest)
    return [
        _Used(
            episode_id,
            known.newest[key],
            key in known.own,
            [one for one in assignments if (one.episode_id, one.measure) == (episode_id, key)],
            Course(
                known.newest[key],
                known.versions,
                [one for one in answers if (one.episode_id, one.measure) == (episode_id, key)],
            ),
        )
        for episode_id, key in sorted(keys, key=lambda one: (one[0], order.index(one[1])))
    ]


def _view(one: _Used, episode: Episode, today: date, names: Mapping[UUID, str]) -> UsedMeasure:
    due = one.waiting(episode.ended_on, today)
    running = one.running
    return view(
        UsedMeasure,
        one.measure,
        own=one.own,
        licence=view(LicenceView, one.measure.licence),
        own_translations=list(one.measure.own_translations),
        running=None if running is None else running.id,
        assignments=[
            view(
                AssignmentView,
                row,
                by=names[row.assigned_by],
                at=row.assigned_at,
                stopped_by=names[row.stopped_by] if row.stopped_by else None,
            )
            for row in reversed(one.assignments)
        ],
        waiting=None if due is None else _due(due, ()),
        overdue=due is not None and today > due.on + OVERDUE_AFTER,
        next=one.next(episode.ended_on, today),
        scores=one.course.scores(),
    )


async def answer(
    session: AsyncSession, actor: StaffActor, episode_id: UUID, answer_id: UUID
) -> AnswerView:
    """Word by word, as it was asked then."""
    await care.requires_episode(session, actor, episode_id)
    kept = await store.answer(session, episode_id, answer_id)
    if kept is None:
        raise NotFound
    measure = (await library.known(session)).versions[kept.measure, kept.version]
    return view(
        AnswerView,
        kept,
        short=measure.short,
        instructions=measure.instructions,
        ticks=measure.ticks,
        items=_items(measure, kept),
    )


def _items(measure: Measure, kept: Answer) -> list[AnsweredItem]:
    names = own_names(kept)
    if names is None:
        asked = [(item.key, item.ask) for item in measure.items]
    else:
        asked = [(f"named_{place}", Text(name, name)) for place, name in enumerate(names, start=1)]
    least = 0 if measure.ticks else None
    found = []
    for key, ask in asked:
        rating = kept.ratings.get(key, least)
        said = None if rating is None else measure.scale.words.get(rating)
        found.append(AnsweredItem(ask, rating, said))
    return found
