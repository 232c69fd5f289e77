"""The clinic's own exercises: written, changed and retired; never deleted, since plans name them."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.care import store
from glidepath.care.models import Exercise
from glidepath.care.schemas import OwnExerciseBody, OwnExerciseView
from glidepath.clinical import own_exercises as own
from glidepath.clinical.own_exercises import NoWords, OwnExercise
from glidepath.identity.actor import StaffActor
from glidepath.problems import Conflict, Invalid, NotFound


async def every(session: AsyncSession) -> list[OwnExerciseView]:
    """The retired ones last."""
    rows = [_view(row) for row in await store.exercises(session) if row.custom is not None]
    return sorted(rows, key=lambda one: (one.retired, _title(one.exercise).casefold()))


async def put(
    session: AsyncSession, actor: StaffActor, exercise_id: UUID, body: OwnExerciseBody
) -> tuple[OwnExerciseView, bool]:
    """The exercise, and whether it is new; sent again it is the same.

    Conflict where somebody changed it since, and for another kind: plans rest on it.
    """
    _check(body.exercise)
    await store.hold_id(session, exercise_id)
    known = await store.own_exercise(session, exercise_id)
    if known is None:
        await store.add(session, Exercise, [_row(actor, exercise_id, body.exercise)])
        return _view(await _required(session, exercise_id)), True
    if _read(known) == body.exercise:
        return _view(known), False
    if known.version != body.version:
        raise Conflict(
            "Somebody changed this exercise meanwhile.",
            code="exercise_changed",
            current=msgspec.to_builtins(_view(known)),
        )
    if known.kind != body.exercise.kind.value:
        raise Conflict("Plans rest on what kind of exercise it is.", code="kind_is_fixed")
    known.custom = msgspec.to_builtins(body.exercise)
    known.version += 1
    return _view(known), False


async def retire(
    session: AsyncSession, exercise_id: UUID, now: datetime, *, retired: bool
) -> OwnExerciseView:
    """Whether it is offered for new plans; those that have it keep it. Again it changes nothing."""
    known = await _required(session, exercise_id)
    known.retired_at = (known.retired_at or now) if retired else None
    return _view(known)


def _check(exercise: OwnExercise) -> None:
    try:
        found = own.problems(exercise)
        if not found:
            own.whole("own", exercise)
    except NoWords:
        raise Invalid(
            "Write it in one language at least, and in both with as many steps.",
            code="words_missing",
        ) from None
    if found:
        raise Invalid(
            found[0].message.en,
            code=found[0].code.value,
            errors=[
                {
                    "field": f"exercise.dose.{one.field}",
                    "code": one.code.value,
                    "message": msgspec.to_builtins(one.message),
                }
                for one in found
            ],
        )


def _row(actor: StaffActor, exercise_id: UUID, exercise: OwnExercise) -> dict[str, Any]:
    return {
        "clinic_id": actor.clinic_id,
        "id": exercise_id,
        "key": f"own-{exercise_id}",
        "kind": exercise.kind.value,
        "custom": msgspec.to_builtins(exercise),
        "version": 1,
    }


async def _required(session: AsyncSession, exercise_id: UUID) -> Exercise:
    known = await store.own_exercise(session, exercise_id)
    if known is None:
        raise NotFound
    return known


def _read(row: Exercise) -> OwnExercise:
    return msgspec.convert(row.custom, OwnExercise)


def _view(row: Exercise) -> OwnExerciseView:
    return OwnExerciseView(row.id, row.key, row.version, row.retired_at is not None, _read(row))


def _title(exercise: OwnExercise) -> str:
    words = exercise.en or exercise.es
    return words.title if words else ""
