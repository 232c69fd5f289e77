"""A clinic's own form from a file: read, or everything that is wrong with it, each with its place."""

import json
import re
from collections.abc import Iterator
from typing import Any, Final, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Struct

from glidepath.clinical.measures import FormError, Measure, parse
from glidepath.clinical.vocabulary import Text

# Of a file that is wrong throughout, the first ones say enough.
TOLD_AT_MOST: Final = 40


class Flaw(Struct, frozen=True):
    """`place` as in "items[3].ask.es"; empty for the file as a whole."""

    place: str
    message: Text


# What the library says, and how that is told: each with what it names.
_SAYS: Final = [
    (
        r"^Object missing required field `(.+)`$",
        "The field “{0}” is missing.",
        "Falta el campo «{0}».",
    ),
    (
        r"^Object contains unknown field `(.+)`$",
        "The field “{0}” is not known.",
        "El campo «{0}» no se conoce.",
    ),
    (
        r"^Invalid enum value '?(.+?)'?$",
        "“{0}” is not one of its words.",
        "«{0}» no es una de sus palabras.",
    ),
    (
        r"^Expected `(.+)`, got `(.+)`$",
        "Here stands {1}, where {0} is expected.",
        "Aquí hay {1} donde se espera {0}.",
    ),
    (
        r"^Expected `(?:str|array|object)` of length (.+)$",
        "Its length has to be {0}.",
        "Su longitud debe ser {0}.",
    ),
    (r"^Expected `(?:int|float)` (.+)$", "It has to be {0}.", "Debe ser {0}."),
    (
        r"^Expected `str` matching regex",
        "It begins with a small letter, and has only small letters, digits and _.",
        "Empieza con minúscula y solo tiene minúsculas, cifras y _.",
    ),
]
_KINDS: Final = {
    "int": ("a whole number", "un número entero"),
    "float": ("a number", "un número"),
    "str": ("a text", "un texto"),
    "bool": ("true or false", "verdadero o falso"),
    "object": ("an object", "un objeto"),
    "array": ("a list", "una lista"),
    "null": ("nothing", "nada"),
}


def read(text: str) -> Measure | list[Flaw]:
    try:
        raw = json.loads(text)
    except ValueError as error:
        return [_unreadable(error)]
    flaws = list(_flaws(raw, Measure, ""))[:TOLD_AT_MOST]
    return flaws or parse(text.encode())


def _unreadable(error: ValueError) -> Flaw:
    if not isinstance(error, json.JSONDecodeError):
        return Flaw("", Text("The file is not readable JSON.", "El archivo no es JSON legible."))
    line, column = error.lineno, error.colno
    return Flaw(
        "",
        Text(
            f"The file is not readable JSON: look at line {line}, column {column}.",
            f"El archivo no es JSON legible: mira la línea {line}, columna {column}.",
        ),
    )


def _flaws(raw: Any, kind: Any, place: str) -> Iterator[Flaw]:
    """Of each part by itself, since the library stops at the first; of the whole where its parts are well."""
    found = False
    for flaw in _flaws_within(raw, kind, place):
        found = True
        yield flaw
    if not found:
        yield from _own(raw, kind, place)


def _flaws_within(raw: Any, kind: Any, place: str) -> Iterator[Flaw]:
    yield from _fields(raw, _bare(kind), place)
    for part, part_kind, part_place in _parts(raw, kind, place):
        yield from _flaws(part, part_kind, part_place)


def _fields(raw: Any, kind: Any, place: str) -> Iterator[Flaw]:
    if not (isinstance(kind, type) and issubclass(kind, Struct) and isinstance(raw, dict)):
        return
    fields = msgspec.structs.fields(kind)
    for field in fields:
        if field.required and field.name not in raw:
            yield Flaw(place, _words(f"Object missing required field `{field.name}`"))
    for name in sorted(set(raw) - {field.name for field in fields}):
        yield Flaw(place, _words(f"Object contains unknown field `{name}`"))


def _parts(raw: Any, kind: Any, place: str) -> Iterator[tuple[Any, Any, str]]:
    kind = _bare(kind)
    if isinstance(kind, type) and issubclass(kind, Struct) and isinstance(raw, dict):
        hints = get_type_hints(kind, include_extras=True)
        for name, hint in hints.items():
            if name in raw:
                yield raw[name], hint, f"{place}.{name}" if place else name
    elif get_origin(kind) is tuple and isinstance(raw, list):
        for number, one in enumerate(raw):
            yield one, get_args(kind)[0], f"{place}[{number}]"
    elif get_origin(kind) is dict and isinstance(raw, dict):
        for name, one in raw.items():
            yield one, get_args(kind)[1], f"{place}.{name}"


def _own(raw: Any, kind: Any, place: str) -> Iterator[Flaw]:
    if isinstance(raw, str) and "\0" in raw:
        yield Flaw(
            place,
            Text(
                "It holds a character that no text has.",
                "Tiene un carácter que ningún texto tiene.",
            ),
        )
    try:
        msgspec.convert(raw, kind, str_keys=True)
    except msgspec.ValidationError as error:
        said, _, further = str(error).partition(" - at `$")
        inside = further.rstrip("`").removeprefix("." if not place else "")
        cause = error.__cause__
        yield Flaw(
            f"{place}{inside}",
            cause.words if isinstance(cause, FormError) else _words(said),
        )


def _bare(kind: Any) -> Any:
    """Without its bounds, and of what may be left out the kind that it has otherwise."""
    if hasattr(kind, "__metadata__"):
        return _bare(get_args(kind)[0])
    options = [one for one in get_args(kind) if one is not type(None)]
    if type(None) in get_args(kind) and len(options) == 1:
        return _bare(options[0])
    return kind


def _words(said: str) -> Text:
    for pattern, en, es in _SAYS:
        found = re.match(pattern, said)
        if found:
            named = found.groups()
            return Text(
                en.format(*(_kind(one, 0) for one in named)),
                es.format(*(_kind(one, 1) for one in named)),
            )
    return Text(said, f"No tiene la forma que debe: {said}")


def _kind(named: str, language: int) -> str:
    kinds = [_KINDS[one][language] if one in _KINDS else one for one in named.split(" | ")]
    return (" or ", " o ")[language].join(kinds)
