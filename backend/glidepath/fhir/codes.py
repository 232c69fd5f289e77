"""What our words are called elsewhere, read from `data/codes.json`."""

from functools import cache
from pathlib import Path
from typing import Any, Final

import msgspec
from msgspec import Struct

FILE: Final = Path(__file__).with_name("data") / "codes.json"
LOINC: Final = "http://loinc.org"
SNOMED: Final = "http://snomed.info/sct"
OURS: Final = "urn:glidepath:codes"
RULES: Final = "urn:glidepath:alert-rules"
UCUM: Final = "http://unitsofmeasure.org"
TERMS: Final = "http://terminology.hl7.org/CodeSystem"

Json = dict[str, Any]


class Code(Struct, frozen=True, forbid_unknown_fields=True):
    """`loinc` and `snomed` are empty where none is known."""

    text: str
    loinc: str
    snomed: str
    unverified: bool


class _File(Struct, frozen=True, forbid_unknown_fields=True):
    about: str
    codes: dict[str, Code]


@cache
def codes() -> dict[str, Code]:
    return msgspec.json.decode(FILE.read_bytes(), type=_File).codes


def concept(key: str) -> Json:
    """A CodeableConcept: the published codes first, ours always. Raises KeyError for a word without an entry."""
    code = codes()[key]
    published = ((LOINC, code.loinc), (SNOMED, code.snomed), (OURS, key))
    return {
        "coding": [{"system": system, "code": value} for system, value in published if value],
        "text": code.text,
    }


def has_code(key: str, system: str | None, value: str) -> bool:
    """Whether a search for `value`, of any system where `system` is None, means this word."""
    return any(
        coding["code"] == value and system in (None, coding["system"])
        for coding in concept(key)["coding"]
    )


def term(system: str, code: str, text: str | None = None) -> Json:
    """A CodeableConcept of HL7's own terminology; `system` is the last part of its address."""
    found: Json = {"coding": [{"system": f"{TERMS}/{system}", "code": code}]}
    return found if text is None else found | {"text": text}
