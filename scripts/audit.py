"""Asks OSV what is known against the locked packages: `make audit`.

OSV (https://osv.dev) holds what PyPA, GitHub's advisories (which `npm audit` reads) and the finders of malicious
packages publish. It says of each how grave it is and since when it is known, from which the times in SECURITY.md count.

Status 0: nothing is known, or nothing beyond its time. 1: something is. 2: it could not be found out.
"""

import sys
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import click
import httpx
import msgspec

from scripts.sbom import ROOT, Bill, bills

SERVICE: Final = "https://api.osv.dev"
ALLOWED: Final = ROOT / "scripts" / "audit_allowed.toml"
# So many packages may one question name.
AT_ONCE: Final = 1000
# Days from when it is known to when it is mended, as SECURITY.md promises them.
MENDED_WITHIN: Final = {"CRITICAL": 7, "HIGH": 15, "MODERATE": 60, "LOW": 180}
UNGRADED: Final = "HIGH"
MALICIOUS: Final = "MAL-"
LONGEST_LEAVE: Final = timedelta(days=90)
SHORTEST_REASON: Final = 20


class Unanswered(Exception):
    """Nothing was found out; the message says why."""


class Leave(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why something that is known does not count, and until when."""

    reason: str
    since: date
    until: date


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault of one package, under all of its names."""

    package: str
    ships: bool
    names: frozenset[str]
    grade: str
    known_since: date
    fixed_in: tuple[str, ...]
    summary: str

    @property
    def name(self) -> str:
        return min(self.names, key=lambda one: (not one.startswith(("MAL-", "GHSA-")), one))

    @property
    def due(self) -> date:
        return self.known_since + timedelta(days=MENDED_WITHIN[self.grade])


def read_leaves(text: str) -> dict[str, Leave]:
    """Raises Unanswered for one without a reason or a date, and for one that lasts too long."""
    try:
        leaves = msgspec.convert(tomllib.loads(text), dict[str, Leave])
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise Unanswered(f"{ALLOWED.name} cannot be read: {error}.") from None
    for name, leave in leaves.items():
        if len(leave.reason.strip()) < SHORTEST_REASON:
            raise Unanswered(f"{name} in {ALLOWED.name} needs a reason.")
        if not timedelta() <= leave.until - leave.since <= LONGEST_LEAVE:
            raise Unanswered(
                f"{name} in {ALLOWED.name} may be left for {LONGEST_LEAVE.days} days at most."
            )
    return leaves


def packages(made: Mapping[str, Bill]) -> dict[str, bool]:
    """What to ask about, and whether it ships."""
    ships = {one["purl"] for name in ("server", "front-end") for one in made[name]["components"]}
    every = {one["purl"] for bill in made.values() for one in bill["components"]}
    return {one: one in ships for one in sorted(every)}


def ask(client: httpx.Client, asked: Mapping[str, bool]) -> list[Finding]:
    """Raises Unanswered."""
    try:
        records: dict[str, dict[str, Any]] = {}
        findings = list[Finding]()
        for purl, ids in _ids(client, list(asked)):
            for one in ids - records.keys():
                records[one] = _answer(client.get(f"/v1/vulns/{one}"))
            known = [records[one] for one in sorted(ids) if "withdrawn" not in records[one]]
            findings += [_finding(purl, asked[purl], same) for same in _same(known)]
    except (httpx.HTTPError, KeyError, TypeError, ValueError) as error:
        raise Unanswered(f"{client.base_url} gave no answer ({error!r}).") from error
    return findings


def _ids(client: httpx.Client, purls: list[str]) -> Iterator[tuple[str, set[str]]]:
    """Of each package, the faults known of it; an answer may come in several pages."""
    waiting: list[tuple[str, dict[str, Any]]] = [(one, {"package": {"purl": one}}) for one in purls]
    found: dict[str, set[str]] = {one: set() for one in purls}
    while waiting:
        now, waiting = waiting[:AT_ONCE], waiting[AT_ONCE:]
        answer = _answer(client.post("/v1/querybatch", json={"queries": [one for _, one in now]}))
        for (purl, query), result in zip(now, answer["results"], strict=True):
            found[purl].update(one["id"] for one in result.get("vulns", ()))
            if token := result.get("next_page_token"):
                waiting.append((purl, query | {"page_token": token}))
    yield from found.items()


def _answer(response: httpx.Response) -> dict[str, Any]:
    response.raise_for_status()
    body: dict[str, Any] = response.json()
    return body


def _same(records: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Several databases tell of one fault, each under a name of its own, and name the others."""
    groups = list[tuple[set[str], list[dict[str, Any]]]]()
    for record in records:
        names, same = _names(record), [record]
        for group in [one for one in groups if one[0] & names]:
            groups.remove(group)
            names, same = names | group[0], same + group[1]
        groups.append((names, same))
    return [same for _, same in groups]


def _names(record: dict[str, Any]) -> set[str]:
    return {record["id"], *record.get("aliases", ())}


def _finding(purl: str, ships: bool, records: list[dict[str, Any]]) -> Finding:
    names = frozenset[str]().union(*map(_names, records))
    return Finding(
        package=purl.removeprefix("pkg:").replace("%40", "@"),
        ships=ships,
        names=names,
        grade=_grade(names, records),
        known_since=min(datetime.fromisoformat(one["published"]).date() for one in records),
        fixed_in=tuple(sorted(set(_fixes(records)))),
        summary=next((one["summary"] for one in records if one.get("summary")), ""),
    )


def _grade(names: frozenset[str], records: list[dict[str, Any]]) -> str:
    """The gravest of all that grade it."""
    if any(name.startswith(MALICIOUS) for name in names):
        return "CRITICAL"
    told = {str(one.get("database_specific", {}).get("severity", "")).upper() for one in records}
    return next((grade for grade in MENDED_WITHIN if grade in told), UNGRADED)


def _fixes(records: list[dict[str, Any]]) -> Iterator[str]:
    for record in records:
        for affected in record.get("affected", ()):
            for span in affected.get("ranges", ()):
                yield from (one["fixed"] for one in span.get("events", ()) if "fixed" in one)


def report(findings: list[Finding], leaves: Mapping[str, Leave], today: date) -> tuple[str, bool]:
    """What to print, and whether all is within its time."""
    lines, late, left = list[str](), False, set[str]()
    for one in sorted(findings, key=lambda one: (one.due, one.package)):
        leave = next((leaves[name] for name in sorted(one.names) if name in leaves), None)
        left |= one.names
        if leave is not None and today <= leave.until:
            state = f"left until {leave.until}: {leave.reason.strip()}"
        elif today > one.due:
            state, late = f"LATE since {one.due}", True
        else:
            state = f"due by {one.due}"
        role = "ships" if one.ships else "tool"
        mended = ", ".join(one.fixed_in) or "nothing yet"
        lines.append(
            f"{one.grade:<8}  {one.package} ({role})  {one.name}, known since {one.known_since}; {state}\n"
            f"          {one.summary} Mended by: {mended}"
        )
    lines += [f"{name} is allowed and not found: remove it." for name in leaves if name not in left]
    return "\n".join(lines), not late


@click.command()
@click.option("--service", default=SERVICE, show_default=True, help="Who is asked.")
def main(service: str) -> None:
    """Ask about every locked package."""
    try:
        asked = packages(bills())
        leaves = read_leaves(ALLOWED.read_text(encoding="utf-8"))
        with httpx.Client(base_url=service, timeout=30) as client:
            findings = ask(client, asked)
    except Unanswered as error:
        click.echo(f"NOTHING WAS AUDITED. {error}", err=True)
        sys.exit(2)
    said, is_well = report(findings, leaves, datetime.now(UTC).date())
    if said:
        click.echo(said)
    click.echo(
        f"{len(asked)} packages, of which {sum(asked.values())} ship; known faults: {len(findings)}."
    )
    sys.exit(0 if is_well else 1)


if __name__ == "__main__":
    main()
