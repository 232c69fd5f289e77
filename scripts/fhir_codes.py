"""Makes tests/fhir/r4/required.json anew: which codes FHIR R4 requires where, and which elements there must be.

python scripts/fhir_codes.py FOLDER      FOLDER holds HL7's definitions of R4 (definitions.json.zip, unpacked):
                                         profiles-resources.json, profiles-types.json, valuesets.json,
                                         v3-codesystems.json
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

OUT = Path(__file__).parent.parent / "tests/fhir/r4/required.json"
# Those that are computed and have no list: languages, media types, units, zones of time and all resource types.
NO_LIST = ("languages", "mimetypes", "currencies", "ucum-units", "all-languages", "bcp")
Codes = dict[str, list[str]]


def main(folder: Path) -> None:
    systems, sets = dict[str, Any](), dict[str, Any]()
    for name in ("valuesets.json", "v3-codesystems.json"):
        for resource in _resources(folder / name):
            kept = systems if resource["resourceType"] == "CodeSystem" else sets
            kept[resource["url"]] = resource
    codes, musts = dict[str, Codes](), list[str]()
    for name in ("profiles-resources.json", "profiles-types.json"):
        for element in _elements(folder / name):
            binding = element.get("binding", {})
            if binding.get("strength") == "required" and "valueSet" in binding:
                listed = _codes(binding["valueSet"].partition("|")[0], systems, sets)
                codes |= {element["path"]: listed} if listed else {}
            if element["min"] >= 1 and "." in element["path"]:
                musts.append(element["path"])
    both = {"codes": codes, "musts": sorted(set(musts))}
    OUT.write_text(json.dumps(both, sort_keys=True, separators=(",", ":")) + "\n")


def _resources(file: Path) -> Iterator[dict[str, Any]]:
    for entry in json.loads(file.read_bytes())["entry"]:
        yield entry["resource"]


def _elements(file: Path) -> Iterator[dict[str, Any]]:
    for resource in _resources(file):
        is_kind = resource["resourceType"] == "StructureDefinition"
        if is_kind and resource.get("derivation") != "constraint":
            yield from resource["snapshot"]["element"]


def _codes(url: str, systems: dict[str, Any], sets: dict[str, Any]) -> Codes:
    """By their system; empty where there is no list."""
    if any(name in url for name in NO_LIST) or url not in sets:
        return {}
    found: Codes = {}
    for part in sets[url].get("compose", {}).get("include", []):
        for inner in part.get("valueSet", []):
            found |= _codes(inner, systems, sets)
        system = part.get("system")
        if system is None:
            continue
        listed = part.get("concept") or list(_concepts(systems.get(system, {}).get("concept", [])))
        found.setdefault(system, []).extend(concept["code"] for concept in listed)
    return {system: sorted(set(codes)) for system, codes in found.items() if codes}


def _concepts(concepts: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for concept in concepts:
        yield concept
        yield from _concepts(concept.get("concept", []))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
