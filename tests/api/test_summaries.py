"""The end of a diary in short says what the diary says, whatever happened to its entries."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from anyio import from_thread, to_thread
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from uuid_utils.compat import uuid7

from glidepath.clinical.vocabulary import Place
from glidepath.database import migrate
from glidepath.database.engine import Database
from glidepath.diary import service as diary
from glidepath.diary import weeks_store
from glidepath.diary.weeks import KEPT
from glidepath.settings import Settings
from tests.clinics import Clinic, check_in, join_patient, own_day, sync

pytestmark = pytest.mark.anyio
TODAY = own_day()
PLACES = [place.value for place in Place]
FELT = ["tingling", "burning", "shooting", "numbness", "weakness", "tightness"]

days = (st.integers(0, 4) | st.integers(0, 50)).map(lambda ago: TODAY - timedelta(days=ago))
said = st.fixed_dictionaries(
    {
        "pain_now": st.none() | st.integers(0, 10),
        "place": st.none() | st.sampled_from(PLACES),
        "sensations": st.none() | st.lists(st.sampled_from(FELT), unique=True),
    }
)
# An entry, or a change of an earlier one: on which day, made when, saying what, taken back or not.
written = st.tuples(
    st.sampled_from(["check_in", "session", "edit", "edit"]),
    st.integers(0, 99),
    days,
    st.integers(0, 9999),
    said,
    st.booleans(),
)
histories = st.lists(st.lists(written, min_size=1, max_size=4), min_size=1, max_size=6)


def exercise(day: date, **changes: Any) -> dict[str, Any]:
    entry, answers = check_in(day), ("pain_now", "pain_worst", "place", "red_flags", "note")
    return {name: value for name, value in entry.items() if name not in answers} | {
        "plan_item_id": None,
        "side": "left",
        "sets_done": 1,
        "repetitions_done": None,
        "hold_seconds": None,
        "stopped_early": None,
        "pain_during": None,
        "sensations": None,
        **changes,
    }


class Author:
    """Writes what a history says, in wire form; every entry and change is made at a time of its own."""

    def __init__(self) -> None:
        self.originals: list[dict[str, Any]] = []

    def write(self, step: tuple[Any, ...]) -> dict[str, Any] | None:
        kind, which, day, made, answers, withdrawn = step
        made_at = datetime.now(UTC) - timedelta(days=2) + timedelta(seconds=made)
        times = {"made_at": made_at.isoformat()}
        if kind == "edit":
            if not self.originals:
                return None
            of = self.originals[which % len(self.originals)]
            again = check_in(day) if "pain_now" in of else exercise(day)
            moved = {name: again[name] for name in ("local_date", "happened_at")}
            change: dict[str, Any] = {
                "id": str(uuid7()),
                "revises": of["id"],
                "withdrawn": withdrawn,
            }
            revision: dict[str, Any] = of | moved | times | change
            return revision | answers if "pain_now" in of else revision
        entry = check_in(day, **answers) if kind == "check_in" else exercise(day)
        self.originals.append(entry | times)
        return entry | times


def in_short(by_day: dict[date, Any]) -> tuple[date | None, str, str, str]:
    """What the summary must be, by the diary's own days."""
    last = max(by_day, default=None)
    window = [by_day.get((last or TODAY) - timedelta(days=ago)) for ago in reversed(range(KEPT))]

    def line(sign: Callable[[Any], str | None]) -> str:
        return "".join((sign(day) if day is not None else None) or "-" for day in window)

    return (
        last,
        line(lambda day: None if day.pain is None else f"{int(day.pain):x}"),
        line(lambda day: None if day.nerve is None else str(day.nerve)),
        line(lambda day: None if day.place is None else str(PLACES.index(day.place))),
    )


async def play(clinic: Clinic, database: Database, history: Sequence[Sequence[Any]]) -> None:
    patient_id, phone = await join_patient(clinic)
    author = Author()
    async with database.reading(clinic.id) as session:
        of_patient = text("select id from episodes where patient_id = :id")
        episode_id: UUID = (
            await session.execute(of_patient, {"id": UUID(patient_id)})
        ).scalar_one()
    for steps in history:
        entries = [entry for step in steps if (entry := author.write(step)) is not None]
        batch = {
            "account_id": patient_id,
            "check_ins": [entry for entry in entries if "pain_now" in entry],
            "exercise_sessions": [entry for entry in entries if "side" in entry],
        }
        answer = await phone.post("/api/sync", json=batch)
        assert {one["status"] for one in answer.json()["results"]} <= {"stored"}, answer.text
        async with database.reading(clinic.id) as session:
            by_day = (await diary.days(session, [episode_id]))[episode_id]
            short = await diary.summary(session, episode_id)
            for since in (TODAY - timedelta(days=back) for back in (1, 20)):
                lately = (await diary.days(session, [episode_id], since))[episode_id]
                assert lately == {day: one for day, one in by_day.items() if day >= since}
        if short is not None:
            assert (short.last_on, short.pain, short.nerve, short.place) == in_short(by_day)
        else:
            assert not entries
    await phone.aclose()


async def play_many(clinic: Clinic, database: Database, many: int) -> None:
    @settings(
        max_examples=many,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        # Once a history is told wrongly, another kind of mistake is not looked for.
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    @given(history=histories)
    def all_of_them(history: Sequence[Sequence[Any]]) -> None:
        from_thread.run(play, clinic, database, history)

    await to_thread.run_sync(all_of_them)


async def test_after_any_history_it_says_what_the_diary_says(clinic: Clinic, database: Database):
    await play_many(clinic, database, 40)


@pytest.mark.assurance
@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        # What a revision moved away from the last weeks, or to them.
        ("patient_id, revises) where day < since", "patient_id, revises) where false"),
        ("patient_id, id) where day < since", "patient_id, id) where false"),
        ("greatest(last_on, :newest) - (:kept - 1)", ":newest"),
        ("made_at desc, id desc", "made_at, id"),
        ("felt on true\n        where not withdrawn", "felt on true\n        where true"),
        ("count(distinct felt)", "count(felt)"),
        ("max(pain_now)", "min(pain_now)"),
    ],
)
async def test_a_summary_that_is_made_wrongly_is_caught(
    clinic: Clinic, database: Database, monkeypatch: pytest.MonkeyPatch, right: str, wrong: str
):
    sql = weeks_store._SUMMARISE.text
    assert right in sql
    mutant = text(sql.replace(right, wrong)).bindparams(
        *weeks_store._SUMMARISE._bindparams.values()
    )
    monkeypatch.setattr(weeks_store, "_SUMMARISE", mutant)
    # How soon one is found hangs on what else is imported, whose constants Hypothesis tries as well.
    with pytest.raises(AssertionError):
        await play_many(clinic, database, 1_500)


async def test_an_older_database_is_given_its_summaries(
    clinic: Clinic, database: Database, settings: Settings
):
    entries = [check_in(TODAY - timedelta(days=day), pain_now=day % 11) for day in range(40)]
    moved = check_in(TODAY - timedelta(days=2), revises=entries[0]["id"], pain_now=10, place="foot")
    felt = {"sensations": ["tingling", "numbness"], "withdrawn": True}
    await sync(clinic, *entries, moved, check_in(TODAY, **felt), sessions=(exercise(TODAY),))
    kept = text("select * from diary_summaries")
    async with database.reading(clinic.id) as session:
        before = (await session.execute(kept)).all()
    await database.close()
    assert settings.owner_database_url is not None
    migrate.downgrade(settings.owner_database_url, "0009")
    migrate.upgrade(settings.owner_database_url)
    async with database.reading(clinic.id) as session:
        assert (await session.execute(kept)).all() == before != []
