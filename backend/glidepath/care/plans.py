"""Plans: checked by the clinical rules, saved as versions, never changed."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession
from uuid_utils.compat import uuid7

from glidepath.care import store
from glidepath.care.models import Episode, Exercise, PlanItem, PlanVersion
from glidepath.care.schemas import PlanBody, PlanContent, PlanItemBody, PlanItemView, PlanView
from glidepath.clinical import exercises as library
from glidepath.clinical.own_exercises import OwnExercise, whole
from glidepath.clinical.plan_changes import Plan, Prescribed, changes
from glidepath.clinical.plans import (
    Level,
    Problem,
    check_item,
    check_replacement,
    check_weekdays,
)
from glidepath.clinical.safety import Movement
from glidepath.clinical.vocabulary import ExerciseKind, Side, Text
from glidepath.problems import Conflict, Invalid
from glidepath.views import view


def in_words(exercise: Exercise) -> library.Exercise:
    """What an exercise is: the library's text, or the clinic's own."""
    if exercise.custom is None:
        return library.exercise(exercise.key)
    return whole(exercise.key, msgspec.convert(exercise.custom, OwnExercise))


async def save(
    session: AsyncSession,
    episode: Episode,
    plan_id: UUID,
    author_id: UUID,
    body: PlanBody,
    now: datetime,
) -> None:
    """Adds the next version. Invalid when an item breaks a clinical rule; the caller holds the
    episode's lock, so that versions are numbered one by one."""
    exercises = {exercise.key: exercise for exercise in await store.exercises(session)}
    check(exercises, body)
    versions = await store.plan_versions(session, episode.id)
    clinic_id = episode.clinic_id
    version = {
        "clinic_id": clinic_id,
        "id": plan_id,
        "patient_id": episode.patient_id,
        "episode_id": episode.id,
        "number": versions[0].number + 1 if versions else 1,
        "author_id": author_id,
        "created_at": now,
        "starts_on": body.starts_on,
        "note": body.note,
        "criteria": msgspec.to_builtins(body.criteria),
    }
    await store.add(session, PlanVersion, [version])
    items = [
        {
            "clinic_id": clinic_id,
            "id": uuid7(),
            "plan_version_id": plan_id,
            "position": position,
            "exercise_id": exercises[item.exercise_key].id,
            "kind": exercises[item.exercise_key].kind,
            "side": item.side.value,
            **_numbers(item),
            "weekdays": item.weekdays,
            "on_nerve_flag": item.on_nerve_flag,
        }
        for position, item in enumerate(body.items)
    ]
    await store.add(session, PlanItem, items)


def _numbers(item: PlanItemBody | PlanItemView | PlanItem) -> dict[str, int | None]:
    return {name: getattr(item, name) for name in library.DOSE_FIELDS}


def check(exercises: dict[str, Exercise], body: PlanContent) -> None:
    """Invalid where the content of a plan breaks a clinical rule."""
    found = _problems("items[{}]", exercises, body.items, body.items)
    for number, criterion in enumerate(body.criteria):
        after = with_item(body.items, criterion.item)
        if after == body.items or criterion.logged_least > criterion.days:
            raise Invalid(
                "A next step changes the plan, after no more logged days than there are.",
                code="criterion_without_sense",
            )
        name = f"criteria[{number}].item"
        found += _problems(name, exercises, [criterion.item], after)
    refused = [(field, problem) for field, problem in found if problem.level is Level.REFUSED]
    if refused:
        raise Invalid(
            refused[0][1].message.en, code=refused[0][1].code.value, errors=_listed(refused)
        )
    if found and not (body.note or "").strip():
        raise Invalid(
            "A dose outside the usual needs a reason in the plan's note.",
            code="reason_required",
            errors=_listed(found),
        )


def _problems(
    name: str,
    exercises: dict[str, Exercise],
    items: Sequence[PlanItemBody],
    plan: Sequence[PlanItemBody],
) -> list[tuple[str, Problem]]:
    """What is wrong with some items of a plan, each under its `name`, which may have room for its place."""
    movements = [_movement(exercises, item) for item in plan]
    found: list[tuple[str, Problem]] = []
    for position, item in enumerate(items):
        movement = _movement(exercises, item)
        dose = msgspec.convert(_numbers(item), library.Dose)
        problems = (
            *check_item(in_words(exercises[item.exercise_key]), dose),
            check_weekdays(item.weekdays, item.days_per_week),
            check_replacement(movement, item.on_nerve_flag, movements),
        )
        place = name.format(position)
        found += [(f"{place}.{one.field}", one) for one in problems if one is not None]
    return found


def with_item(items: Sequence[PlanItemBody], item: PlanItemBody) -> list[PlanItemBody]:
    """The items with this one in the place of that with the same exercise and side, or at the end."""
    same = [(one.exercise_key, one.side) == (item.exercise_key, item.side) for one in items]
    after = [item if is_it else one for one, is_it in zip(items, same, strict=True)]
    return after if any(same) else [*after, item]


def next_step(plan: PlanView, item: PlanItemBody, exercises: Mapping[str, Exercise]) -> list[Text]:
    """What the item of a criterion would change, in words."""
    before = [view(PlanItemBody, one) for one in plan.items]

    def told(items: Sequence[PlanItemBody]) -> Plan:
        return Plan([_prescribed(one, exercises[one.exercise_key]) for one in items], plan.note)

    return changes(told(before), told(with_item(before, item)))


def _movement(exercises: dict[str, Exercise], item: PlanItemBody) -> Movement:
    exercise = exercises.get(item.exercise_key)
    if exercise is None:
        raise Invalid(f"There is no exercise {item.exercise_key!r}.", code="unknown_exercise")
    return Movement(exercise.key, ExerciseKind(exercise.kind), item.side)


def _listed(found: Sequence[tuple[str, Problem]]) -> list[dict[str, object]]:
    return [
        {
            "field": field,
            "code": problem.code.value,
            "message": msgspec.to_builtins(problem.message),
        }
        for field, problem in found
    ]


async def of_episode(session: AsyncSession, episode_id: UUID) -> list[PlanView]:
    """Every version with its items, newest first."""
    versions = await store.plan_versions(session, episode_id)
    items: dict[UUID, list[tuple[PlanItem, Exercise]]] = {version.id: [] for version in versions}
    for item, exercise in await store.plan_items(session, list(items)):
        items[item.plan_version_id].append((item, exercise))
    told = [_told(version, items[version.id]) for version in versions]
    changed = [changes(before, after) for after, before in pairwise(told)]
    return [
        view(
            PlanView,
            version,
            items=[
                view(PlanItemView, item, exercise_key=exercise.key)
                for item, exercise in items[version.id]
            ],
            changes=changes_of_it,
        )
        for version, changes_of_it in zip(versions, [*changed, []], strict=False)
    ]


def _told(version: PlanVersion, items: Sequence[tuple[PlanItem, Exercise]]) -> Plan:
    return Plan(
        [_prescribed(item, exercise) for item, exercise in items],
        version.note,
        version.criteria,
    )


def _prescribed(item: PlanItem | PlanItemBody, exercise: Exercise) -> Prescribed:
    return Prescribed(
        in_words(exercise),
        Side(item.side),
        msgspec.convert(_numbers(item), library.Dose),
        item.weekdays,
        item.on_nerve_flag,
    )


async def put(
    session: AsyncSession,
    episode: Episode,
    plan_id: UUID,
    author_id: UUID,
    body: PlanBody,
    now: datetime,
    *,
    based_on: int | None,
) -> tuple[PlanView, bool]:
    """The version, and whether it is new; the same body sent again is the same version.

    Conflict with the newest version where it is not the one that the new one was made from.
    """
    versions = await of_episode(session, episode.id)
    for known in versions:
        if known.id == plan_id:
            if not _same(known, body):
                raise Conflict("A saved plan is never changed. Save a new one.", code="plan_exists")
            return known, False
    newest = versions[0] if versions else None
    if based_on != (newest and newest.number):
        raise Conflict(
            "Somebody saved a newer plan meanwhile.",
            code="plan_newer",
            current=msgspec.to_builtins(newest),
        )
    await save(session, episode, plan_id, author_id, body, now)
    return (await of_episode(session, episode.id))[0], True


def _same(known: PlanView, body: PlanBody) -> bool:
    items = [view(PlanItemBody, item) for item in known.items]
    return (known.starts_on, known.note, items, known.criteria) == (
        body.starts_on,
        body.note,
        body.items,
        body.criteria,
    )
