"""From entries to days: what one day of the diary says, once its revisions are settled."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, timedelta
from typing import NamedTuple, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from glidepath.clinical.vocabulary import NERVE_SENSATIONS, STRETCH_STOPPERS, Place
from glidepath.diary.models import CheckIn, ExerciseSession

T = TypeVar("T", int, float)

# What arrives on the next day was written in the evening, or before the network was back.
LATE = timedelta(days=1)
_DISTALITY = {place.value: rank for rank, place in enumerate(Place)}
_NERVE = frozenset(sensation.value for sensation in NERVE_SENSATIONS)


class Report(NamedTuple):
    """What one entry says that the safety table must judge."""

    entry_id: UUID
    # The original that this entry revises, or the entry itself.
    root_id: UUID
    # None at a check-in, and for an exercise that is on no plan.
    plan_item_id: UUID | None
    sensations: list[str] | None
    red_flags: list[str] | None
    worse: bool | None


@dataclass(slots=True)
class DiaryDay:
    """One day of one patient; None is "nobody said", never zero or none."""

    date: date
    # The highest of the day's "pain now" ratings: a worse rating never makes a day look better.
    pain: float | None = None
    pain_worst: int | None = None
    # The highest rating of the day, however it was asked: now, at its worst, during an exercise.
    pain_highest: int | None = None
    # How many of tingling, burning, shooting and numbness were named, 0-4.
    nerve: int | None = None
    # The most distal place named.
    place: str | None = None
    sensations: list[str] | None = None
    red_flags: list[str] | None = None
    # What moving one joint alone changed; None is "not tested", by a check-in or after an exercise.
    changes_with: list[str] | None = None
    sessions: int = 0
    stopped_early: int = 0
    notes: list[str] = field(default_factory=list)
    edited: bool = False
    # Whether any of it arrived after the next day was over.
    late: bool = False
    # Whether a phone with a wrong clock wrote any of it.
    clock_wrong: bool = False
    # Whether all of it came from a file: nobody is told of such a day.
    imported: bool = False
    reports: list[Report] = field(default_factory=list)

    @property
    def entry_ids(self) -> list[UUID]:
        return [report.entry_id for report in self.reports]

    @property
    def logged(self) -> bool:
        """Whether the day has a check-in; exercise alone says nothing of symptoms."""
        return self.pain is not None or self.sensations is not None or self.place is not None


def _highest(one: T | None, other: T | None) -> T | None:
    if one is None or other is None:
        return one if other is None else other
    return max(one, other)


def _union(one: list[str] | None, other: list[str] | None) -> list[str] | None:
    if one is None or other is None:
        return one if other is None else other
    return sorted({*one, *other})


def _add_check_in(day: DiaryDay, entry: CheckIn) -> None:
    day.reports.append(
        Report(entry.id, entry.revises or entry.id, None, entry.sensations, entry.red_flags, None)
    )
    day.pain = _highest(day.pain, None if entry.pain_now is None else float(entry.pain_now))
    day.pain_worst = _highest(day.pain_worst, entry.pain_worst)
    for rating in (entry.pain_now, entry.pain_worst):
        day.pain_highest = _highest(day.pain_highest, rating)
    day.sensations = _union(day.sensations, entry.sensations)
    day.red_flags = _union(day.red_flags, entry.red_flags)
    if entry.sensations is not None:
        day.nerve = len(_NERVE.intersection(day.sensations or ()))
    if entry.place is not None:
        day.place = max(day.place or entry.place, entry.place, key=_DISTALITY.__getitem__)
    if entry.note:
        day.notes.append(entry.note)


def _add_session(day: DiaryDay, entry: ExerciseSession) -> None:
    felt = entry.sensations
    if felt is None and entry.stopped_early == "nerve_symptoms":
        # The one-tap stop says "it tingles, burns or shoots" without saying which.
        felt = sorted(sensation.value for sensation in STRETCH_STOPPERS)
    worse = True if entry.stopped_early == "worse" else None
    day.reports.append(
        Report(entry.id, entry.revises or entry.id, entry.plan_item_id, felt, None, worse)
    )
    day.pain_highest = _highest(day.pain_highest, entry.pain_during)
    day.sessions += 1
    day.stopped_early += entry.stopped_early is not None


def _came_late(entry: CheckIn | ExerciseSession) -> bool:
    """By the patient's zone: the entry's own offset may be of another season, where a wrong clock wrote it."""
    # Nowhere is it later than the day after that of UTC.
    if entry.received_at.astimezone(UTC).date() <= entry.day:
        return False
    return entry.received_at.astimezone(ZoneInfo(entry.zone)).date() - entry.day > LATE


def by_day(
    check_ins: Iterable[CheckIn], sessions: Iterable[ExerciseSession]
) -> dict[date, DiaryDay]:
    """The days that carry an entry, from settled entries (one row per original), in date order; objects of the
    models, or bare rows with the same names."""
    days: dict[date, DiaryDay] = {}

    def day_of(entry: CheckIn | ExerciseSession, *, imported: bool = False) -> DiaryDay:
        day = days.setdefault(entry.day, DiaryDay(entry.day, imported=True))
        day.imported = day.imported and imported
        day.edited = day.edited or entry.revises is not None
        day.changes_with = _union(day.changes_with, entry.changes_with)
        day.late = day.late or (not imported and _came_late(entry))
        day.clock_wrong = day.clock_wrong or bool(entry.clock_error)
        return day

    for entry in check_ins:
        _add_check_in(day_of(entry, imported=entry.import_id is not None), entry)
    for session in sessions:
        _add_session(day_of(session), session)
    return dict(sorted(days.items()))


def calendar(days: dict[date, DiaryDay], first: date, last: date) -> list[DiaryDay]:
    """Every day from `first` to `last`; those without an entry are there, and empty."""
    return [
        days.get(first + timedelta(offset)) or DiaryDay(first + timedelta(offset))
        for offset in range((last - first).days + 1)
    ]
