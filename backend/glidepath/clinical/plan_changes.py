"""What changed from one plan to the next, in words for the therapist and the patient alike."""

from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from glidepath.clinical.exercises import DOSE_FIELDS, Dose, Exercise
from glidepath.clinical.labels import labels
from glidepath.clinical.vocabulary import Side, Text


class Prescribed(Struct, frozen=True):
    """One exercise of a plan."""

    exercise: Exercise
    side: Side
    dose: Dose


class Plan(Struct, frozen=True):
    items: Sequence[Prescribed]
    note: str | None


# One of them, and more than one.
_COUNTED: Final[dict[str, tuple[Text, Text]]] = {
    "sets": (Text("set", "serie"), Text("sets", "series")),
    "repetitions": (Text("repetition", "repetición"), Text("repetitions", "repeticiones")),
    "hold_seconds": (
        Text("second of hold", "segundo de mantenimiento"),
        Text("seconds of hold", "segundos de mantenimiento"),
    ),
    "rest_seconds": (
        Text("second of rest", "segundo de descanso"),
        Text("seconds of rest", "segundos de descanso"),
    ),
    "days_per_week": (Text("day a week", "día por semana"), Text("days a week", "días por semana")),
}


def changes(before: Plan, after: Plan) -> list[Text]:
    """One sentence for each exercise that came, went or changed, and one for the note.

    The order of the exercises is no change. An exercise that a plan has twice is compared leg by
    leg; only what is left over has changed its leg.
    """
    pairs = _paired(before.items, after.items)
    return [
        text
        for text in (
            *(_came(new) for old, new in pairs if old is None and new is not None),
            *(_went(old) for old, new in pairs if new is None and old is not None),
            *(_changed(old, new) for old, new in pairs if old is not None and new is not None),
            _noted(before.note, after.note),
        )
        if text is not None
    ]


def _paired(
    before: Sequence[Prescribed], after: Sequence[Prescribed]
) -> list[tuple[Prescribed | None, Prescribed | None]]:
    """Each item with the one that it takes the place of, in the order of the new plan; what was
    taken out follows."""
    left = list(before)
    partner: dict[int, Prescribed] = {}
    for same_side in (True, False):
        for place, new in enumerate(after):
            old = next(
                (
                    one
                    for one in left
                    if one.exercise.key == new.exercise.key
                    and (one.side is new.side or not same_side)
                ),
                None,
            )
            if place not in partner and old is not None:
                partner[place] = old
                left.remove(old)
    return [
        *((partner.get(place), new) for place, new in enumerate(after)),
        *((old, None) for old in left),
    ]


def _came(new: Prescribed) -> Text:
    dose = [
        _figure(field, value)
        for field in DOSE_FIELDS
        if field != "rest_seconds" and (value := getattr(new.dose, field)) is not None
    ]
    name = _named(new)
    en, es = ", ".join(one.en for one in dose), ", ".join(one.es for one in dose)
    return Text(f"New: {name.en} ({en}).", f"Se añade: {name.es} ({es}).")


def _went(old: Prescribed) -> Text:
    name = _named(old)
    return Text(f"Taken out: {name.en}.", f"Se quita: {name.es}.")


def _changed(old: Prescribed, new: Prescribed) -> Text | None:
    parts = [
        _instead(field, getattr(old.dose, field), getattr(new.dose, field)) for field in DOSE_FIELDS
    ]
    if old.side is not new.side:
        was, now = _side(old.side), _side(new.side)
        parts.insert(0, Text(f"{now.en} instead of {was.en}", f"{now.es} en lugar de {was.es}"))
    said = [part for part in parts if part is not None]
    if not said:
        return None
    name = _named(new) if old.side is new.side else new.exercise.title
    return Text(
        f"{name.en}: {'; '.join(part.en for part in said)}.",
        f"{name.es}: {'; '.join(part.es for part in said)}.",
    )


def _instead(field: str, old: int | None, new: int | None) -> Text | None:
    if old == new:
        return None
    if new is None:
        name = _COUNTED[field][1]
        return Text(f"no {name.en} any more", f"ya sin {name.es}")
    now = _figure(field, new)
    if old is None:
        return Text(f"now {now.en}", f"ahora {now.es}")
    return Text(f"{now.en} instead of {old}", f"{now.es} en lugar de {old}")


def _noted(before: str | None, after: str | None) -> Text | None:
    old, new = (before or "").strip(), (after or "").strip()
    if old == new:
        return None
    if not new:
        return Text("The note was taken out.", "Se quita la nota.")
    if not old:
        return Text("There is a note.", "Hay una nota.")
    return Text("The note has changed.", "La nota ha cambiado.")


def _figure(field: str, value: int) -> Text:
    one, more = _COUNTED[field]
    name = one if value == 1 else more
    return Text(f"{value} {name.en}", f"{value} {name.es}")


def _named(item: Prescribed) -> Text:
    title, side = item.exercise.title, _side(item.side)
    return Text(f"{title.en}, {side.en}", f"{title.es}, {side.es}")


def _side(side: Side) -> Text:
    text = labels().sides[side]
    return Text(text.en.lower(), text.es.lower())
