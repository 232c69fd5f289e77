"""What FHIR R4 demands of a resource: the official schema, the codes it requires, and what must be there.

`r4/fhir.schema.json.gz` is HL7's own (4.0.1, public domain); `r4/required.json` is made of its definitions by
`scripts/fhir_codes.py`, since the schema leaves both out for primitive elements.
"""

import gzip
import hashlib
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

import jsonschema_rs

R4: Final = Path(__file__).parent / "r4"
SHA256: Final = "15b9548af6412c44faaa411456e0652542de286fd1c58ef882b09bdc8947909d"
Json = dict[str, Any]


@cache
def schema() -> Json:
    raw = gzip.decompress((R4 / "fhir.schema.json.gz").read_bytes())
    assert hashlib.sha256(raw).hexdigest() == SHA256
    return json.loads(raw)  # type: ignore[no-any-return]


@cache
def _required() -> Json:
    return json.loads((R4 / "required.json").read_bytes())  # type: ignore[no-any-return]


@cache
def _validator(kind: str) -> Any:
    """Of one kind alone: the whole schema tries a resource against each of its hundred and forty-eight."""
    parts = {
        name: value for name, value in schema().items() if name not in ("oneOf", "discriminator")
    }
    return jsonschema_rs.validator_for(parts | {"$ref": f"#/definitions/{kind}"})


def schema_errors(resource: Json) -> list[str]:
    found = _validator(resource["resourceType"]).iter_errors(resource)
    return [f"{error.instance_path}: {error.message}" for error in found]


def code_errors(resource: Json) -> list[str]:
    """Codes that are none of those required, elements that are missing, and what is no list or empty."""
    kind = resource["resourceType"]
    return list(_walk(resource, kind, kind))


def _walk(value: Json, definition: str, path: str) -> Iterator[str]:
    for must in _musts(path):
        names = [name for name in value if name == must or _is_choice(name, must)]
        if not names:
            yield f"{path} has no {must}"
    properties = schema()["definitions"][definition]["properties"]
    for name, inner in value.items():
        if name not in properties:
            continue
        inner_path = f"{path}.{name}"
        if isinstance(inner, list) != ("items" in properties[name]) or inner in ([], {}, "", None):
            yield f"{inner_path} is {inner!r}"
            continue
        kind = _kind(properties[name])
        for one in inner if isinstance(inner, list) else [inner]:
            yield from _wrong_codes(one, inner_path)
            if isinstance(one, dict) and kind is not None and kind != "ResourceList":
                is_part = kind.startswith(f"{definition}_")
                yield from _walk(one, kind, inner_path if is_part else kind)
            elif isinstance(one, dict) and kind == "ResourceList":
                yield from code_errors(one)


@cache
def _musts(path: str) -> list[str]:
    depth = path.count(".") + 1
    return [
        must.rpartition(".")[2].removesuffix("[x]")
        for must in _required()["musts"]
        if must.startswith(f"{path}.") and must.count(".") == depth
    ]


def _is_choice(name: str, must: str) -> bool:
    return name.startswith(must) and name[len(must) : len(must) + 1].isupper()


def _kind(described: Json) -> str | None:
    pointer = described.get("$ref") or described.get("items", {}).get("$ref")
    return None if pointer is None else str(pointer).rpartition("/")[2]


def _wrong_codes(value: Any, path: str) -> Iterator[str]:
    required = _required()["codes"].get(path)
    if required is None:
        return
    if isinstance(value, str):
        if not any(value in listed for listed in required.values()):
            yield f"{path} is {value!r}"
        return
    codings = value.get("coding", [value])
    if not any(one.get("code") in required.get(one.get("system"), ()) for one in codings):
        yield f"{path} has none of its codes: {codings}"
