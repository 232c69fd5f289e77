"""What changed from one plan to the next, in words for the therapist and the patient alike."""

from collections.abc import Mapping, Sequence
from typing import Final

from msgspec import Struct

from glidepath.clinical.exercises import DOSE_FIELDS, Dose, Exercise
from glidepath.clinical.labels import labels
from glidepath.clinical.safety import REST
from glidepath.clinical.vocabulary import Side, Text


class Prescribed(Struct, frozen=True):
    """One exercise of a plan. `weekdays`: 1, Monday, to 7, or None for any days. `on_nerve_flag`:
    the key of the glide that takes its place, REST, or None, which leaves it to any of the plan."""

    exercise: Exercise
    side: Side
    dose: Dose
    weekdays: Sequence[int] | None = None
    on_nerve_flag: str | None = None


class Plan(Struct, frozen=True):
    """`criteria` are compared as they are, whatever they are made of."""

    items: Sequence[Prescribed]
    note: str | None
    criteria: Sequence[object] = ()


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
_FIGURES: Final = tuple(field for field in DOSE_FIELDS if field != "days_per_week")
# From Monday on, as ISO 8601 counts them.
WEEKDAYS: Final = (
    Text("Monday", "lunes"),
    Text("Tuesday", "martes"),
    Text("Wednesday", "miércoles"),
    Text("Thursday", "jueves"),
    Text("Friday", "viernes"),
    Text("Saturday", "sábado"),
    Text("Sunday", "domingo"),
)


def changes(before: Plan, after: Plan) -> list[Text]:
    """One sentence for each exercise that came, went or changed, one for the note, and one for when
    the next step comes.

    The order of the exercises is no change. An exercise that a plan has twice is compared leg by
    leg; only what is left over has changed its leg.
    """
    pairs = _paired(before.items, after.items)
    titles = {
        item.exercise.key: item.exercise.title for plan in (before, after) for item in plan.items
    }
    return [
        text
        for text in (
            *(_came(new, titles) for old, new in pairs if old is None and new is not None),
            *(_went(old) for old, new in pairs if new is None and old is not None),
            *(
                _changed(old, new, titles)
                for old, new in pairs
                if old is not None and new is not None
            ),
            _noted(before.note, after.note),
            _ruled(before.criteria, after.criteria),
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


def _came(new: Prescribed, titles: Mapping[str, Text]) -> Text:
    dose = [
        _figure(field, value)
        for field in _FIGURES
        if field != "rest_seconds" and (value := getattr(new.dose, field)) is not None
    ]
    dose.append(_days(new))
    if new.on_nerve_flag is not None:
        dose.append(_replaced(new, titles))
    name = _named(new)
    en, es = ", ".join(one.en for one in dose), ", ".join(one.es for one in dose)
    return Text(f"New: {name.en} ({en}).", f"Se añade: {name.es} ({es}).")


def _went(old: Prescribed) -> Text:
    name = _named(old)
    return Text(f"Taken out: {name.en}.", f"Se quita: {name.es}.")


def _changed(old: Prescribed, new: Prescribed, titles: Mapping[str, Text]) -> Text | None:
    parts = [
        _instead(field, getattr(old.dose, field), getattr(new.dose, field)) for field in _FIGURES
    ]
    parts.append(_other_days(old, new))
    if old.on_nerve_flag != new.on_nerve_flag:
        parts.append(_replaced(new, titles))
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


def _other_days(old: Prescribed, new: Prescribed) -> Text | None:
    if old.weekdays is None and new.weekdays is None:
        return _instead("days_per_week", old.dose.days_per_week, new.dose.days_per_week)
    if old.weekdays == new.weekdays:
        return None
    was, now = _days(old), _days(new)
    return Text(f"{now.en} instead of {was.en}", f"{now.es} en lugar de {was.es}")


def _days(item: Prescribed) -> Text:
    if item.weekdays is None:
        return _figure("days_per_week", item.dose.days_per_week)
    names = [WEEKDAYS[day - 1] for day in item.weekdays]
    return Text(
        _listed([name.en for name in names], "and"), _listed([name.es for name in names], "y")
    )


def _listed(names: Sequence[str], last: str) -> str:
    """Spanish "y" is right before every weekday; none begins with an i."""
    return f" {last} ".join(part for part in (", ".join(names[:-1]), names[-1]) if part)


def _replaced(item: Prescribed, titles: Mapping[str, Text]) -> Text:
    named = item.on_nerve_flag
    if named == REST:
        by = Text("rest", "descanso")
    elif named is None:
        by = Text("the plan's nerve glide", "el deslizamiento del nervio que tenga el plan")
    else:
        by = titles[named]
    return Text(
        f"if it tingles, burns or shoots, {by.en} instead",
        f"si hay hormigueo, ardor o descargas, en su lugar {by.es}",
    )


def _noted(before: str | None, after: str | None) -> Text | None:
    old, new = (before or "").strip(), (after or "").strip()
    if old == new:
        return None
    if not new:
        return Text("The note was taken out.", "Se quita la nota.")
    if not old:
        return Text("There is a note.", "Hay una nota.")
    return Text("The note has changed.", "La nota ha cambiado.")


def _ruled(before: Sequence[object], after: Sequence[object]) -> Text | None:
    if list(before) == list(after):
        return None
    return Text("When the next step comes has changed.", "Cambia cuándo llega el siguiente paso.")


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
