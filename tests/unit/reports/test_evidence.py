"""The evidence of remote monitoring on pages, of a closing without a database."""

from datetime import UTC, date, datetime, timedelta
from typing import Any, get_args
from uuid import UUID, uuid4

import pytest

from glidepath.diary.service import Stamp
from glidepath.monitoring.clocks import Claim, Why
from glidepath.monitoring.evidence import Pack
from glidepath.monitoring.models import MonitoringClosing, MonitoringFact, MonitoringWork
from glidepath.monitoring.schemas import Channel, ClockKind, FactKind, GivenBy, Snapshot
from glidepath.reports import evidence_words as words
from glidepath.reports.evidence import Reader, pages
from glidepath.reports.typesetting import typeset_now
from glidepath.reports.words import Language
from tests.reading_aloud import faults_of_any, words_of

TODAY = date(2026, 11, 28)
FIRST = date(2026, 10, 5)
NOON = datetime(2026, 10, 5, 16, 30, tzinfo=UTC)
ROBIN, IRIS = uuid4(), uuid4()
TITLES = {
    "en": "Evidence of remote monitoring",
    "es": "Pruebas del seguimiento a distancia",
}
SAID = "said only to colleagues"


def fact(kind: str, **said: Any) -> MonitoringFact:
    usual = {"first_on": FIRST, "by": IRIS, "text": SAID, "happened_at": None, "last_on": None}
    unsaid = dict.fromkeys(("person_id", "given_by", "channel", "understood"))
    return MonitoringFact(id=uuid4(), kind=kind, **usual | unsaid | said)


def pack(kind: ClockKind, each: int = 1, **kept: Any) -> Pack:
    """Sixteen days of so many entries, an hour of work, and a conversation."""
    days = [FIRST + timedelta(days=number) for number in range(16)]
    entries = {day: tuple(uuid4() for _ in range(each)) for day in days}
    talk = fact("contact", happened_at=NOON, channel="phone", person_id=IRIS)
    facts = [
        talk,
        fact("consent", given_by="patient"),
        fact("device", text="Glidepath 0.1.0"),
        fact("education", understood=True, text="The app, on their phone."),
    ]
    work = [
        MonitoringWork(
            id=uuid4(),
            account_id=IRIS,
            licence="PT",
            day=FIRST,
            started_at=NOON,
            ended_at=NOON + timedelta(minutes=12, seconds=5),
            seconds=725,
            how="by_hand",
            note=SAID,
        )
    ]
    closing = MonitoringClosing(
        id=uuid4(),
        kind=kind,
        first_on=FIRST,
        last_on=FIRST + timedelta(days=29),
        amends=None,
        by=IRIS,
        at=NOON,
    )
    snapshot: dict[str, Any] = {
        "program": "Glidepath 0.1.0",
        "rules": 1,
        "claims": (Claim("98977", 1, ("GP",)), Claim("98981", 2, ("GP", "CQ"))),
        "why": (Why.NO_BILLER,),
        "entries": entries,
        "seconds": 725,
        "by_assistants": 0,
        "work": tuple(one.id for one in work),
        "contacts": (talk.id,),
        "facts": tuple(one.id for one in facts),
    }
    stamps = {
        one: Stamp(one, "check_in", day, NOON, NOON + timedelta(days=2))
        for day, ids in entries.items()
        for one in ids
    }
    names = {ROBIN: "Robin Vale", IRIS: "Dr. Iris Vega"}
    return Pack(closing, Snapshot(**snapshot | kept), ROBIN, facts, stamps, work, names)


def made(of: Pack, language: Language = "en", *, notes: bool = False) -> bytes:
    to = Reader(language, "North", "America/New_York", "America/Denver", "Boss", TODAY, notes=notes)
    return typeset_now(pages(of, to), TODAY)


@pytest.mark.parametrize("language", get_args(Language))
@pytest.mark.parametrize("kind", get_args(ClockKind))
def test_the_evidence_can_be_read_aloud_however_much_it_is(language: Language, kind: ClockKind):
    for each in (1, 30):
        content = made(pack(kind, each), language, notes=True)
        assert faults_of_any(content, language, TITLES[language]) == []


def test_the_evidence_names_each_entry_by_the_clocks_of_who_was_there():
    of = pack("period", 2)
    found = words_of(made(of))
    ids = [entry for day in of.kept.entries.values() for entry in day]
    assert [one for one in ids if str(one) not in found] == []
    assert "16 days, on which the patient made 32 entries." in found
    assert "98977 GP, 98981 GP CQ × 2" in found
    assert "Not billed: nobody is named who bills." in found
    # Noon and a half at the clinic; in Denver it is two hours earlier, and arrived two days later.
    assert "5 Oct 2026, 10:30" in found
    assert "7 Oct 2026, 10:30" in found


def test_the_text_of_notes_is_on_the_pages_only_if_asked_for():
    of = pack("month")
    assert [words_of(made(of, notes=notes)).count(SAID) for notes in (False, True)] == [0, 1]
    found = words_of(made(of))
    for told in ("12:30 – 12:42", "12:05", "Dr. Iris Vega (PT)", "by phone", "Glidepath 0.1.0"):
        assert told in found


def test_an_entry_that_was_erased_since_is_named_and_an_empty_month_says_so():
    of = pack("period")
    erased: UUID = next(iter(of.kept.entries.values()))[0]
    stamps = {key: one for key, one in of.stamps.items() if key != erased}
    gone = Pack(of.closing, of.kept, ROBIN, of.facts, stamps, of.work, of.names)
    assert f"Erased since – – {erased}" in words_of(made(gone))
    bare = Pack(
        pack("month").closing,
        pack("month", claims=(), contacts=(), seconds=0).kept,
        ROBIN,
        [],
        {},
        [],
        of.names,
    )
    assert words_of(made(bare)).count("None.") == 3


def test_everything_that_can_be_written_down_has_its_words():
    assert words.KINDS.keys() == set(get_args(FactKind))
    assert words.DETAILS.keys() >= {*get_args(Channel), *get_args(GivenBy)}
    assert words.WHYS.keys() == {one.value for one in Why}
    assert words.ENTRIES.keys() == set(get_args(Stamp.__annotations__["kind"]))
