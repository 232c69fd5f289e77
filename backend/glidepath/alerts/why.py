"""Why an alert was raised: what it stands on, the decision taken again, and what would have had to be
different."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal
from uuid import UUID

from anyio import to_thread
from sqlalchemy.ext.asyncio import AsyncSession

from glidepath import trends
from glidepath.alerts import facts, otherwise, store
from glidepath.alerts.models import Alert
from glidepath.alerts.schemas import BasisDay, BasisView
from glidepath.alerts.service import visible
from glidepath.alerts.trend import series
from glidepath.clinical.vocabulary import Text
from glidepath.diary import service as diary
from glidepath.diary.days import DiaryDay
from glidepath.identity.actor import StaffActor
from glidepath.trends import progress, quiet
from glidepath.views import view

Basis = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Stood:
    """What an alert stands on: `numbers` as it says them now, `raised` those of the day on which a
    worsening was raised (the last time), and every fact that was told, by key."""

    numbers: Basis
    raised: Basis | None
    told: dict[str, Basis]

    @property
    def entry_ids(self) -> set[UUID]:
        ids = [*self.numbers.get("entry_ids", ())]
        for fact in self.told.values():
            ids += fact.get("entry_ids") or [fact["entry_id"]]
        return {UUID(entry_id) for entry_id in ids}

    @property
    def whole(self) -> Basis:
        return self.numbers | ({"facts": self.told} if self.told else {})


async def basis(session: AsyncSession, actor: StaffActor, alert_id: UUID) -> BasisView:
    """The stored basis, with the entries that it names, and the decision taken again from it."""
    alert, _ = await visible(session, actor, alert_id)
    stood = await _stood(session, alert)
    then = await diary.recorded(session, alert.patient_id, sorted(stood.entry_ids))
    now = (await diary.days(session, [alert.episode_id]))[alert.episode_id]
    return BasisView(
        alert_id=alert.id,
        detector_version=alert.detector_version,
        sensitivity=(stood.raised or {}).get("sensitivity"),
        same_again=await to_thread.run_sync(_same_again, alert.kind, stood),
        raised_on=alert.raised_on,
        days=list(_days(then, now)),
        otherwise=await to_thread.run_sync(_otherwise, alert.kind, stood, list(now.values())),
        basis=stood.whole,
    )


async def _stood(session: AsyncSession, alert: Alert) -> _Stood:
    """From the events, which nobody can change."""
    kept = [event.basis for event in await store.events(session, [alert.id]) if event.basis]
    reckoned = [one for one in kept if "version" in one]
    # What the alert says may be older than the last day on which it still stood.
    says = [one for one in reckoned if one == alert.basis] or reckoned
    return _Stood(
        numbers=says[-1] if says else {},
        raised=next((one for one in reversed(reckoned) if "watch" in one), None),
        told={key: fact for one in kept for key, fact in one.get("facts", {}).items()},
    )


def _same_again(kind: str, stood: _Stood) -> bool | None:
    """A worsening may hold signs of a single day as well. Null where another version reckoned."""
    if not all(facts.holds_again(key, fact) for key, fact in stood.told.items()):
        return False
    return _RECKON_AGAIN[kind](stood.numbers) if stood.numbers else True


def _same_trend(numbers: Basis) -> bool | None:
    """Null where another version of the detector decided."""
    try:
        return trends.holds_again(numbers)
    except trends.OtherVersionError:
        return None


_RECKON_AGAIN: Final[dict[str, Callable[[Basis], bool | None]]] = {
    "worsening": _same_trend,
    "quiet": quiet.holds_again,
    "not_improving": progress.holds_again,
}


def _days(then: Mapping[date, DiaryDay], now: Mapping[date, DiaryDay]) -> Iterable[BasisDay]:
    """In order. What was added is told of days that counted; a new day between them, or one that was
    moved away, too."""
    if not then:
        return
    first, last = min(then), max(then)
    for on in sorted({*then, *(day for day in now if first <= day <= last)}):
        read, stands = then.get(on) or DiaryDay(on), now.get(on) or DiaryDay(on)
        yield view(BasisDay, read, entries=len(read.reports), since=_since(read, stands))


def _since(then: DiaryDay, now: DiaryDay) -> Literal["changed", "withdrawn", "added"] | None:
    before, after = {*then.entry_ids}, {*now.entry_ids}
    if before <= after:
        return "added" if after - before else None
    still = {one.root_id for one in then.reports} & {one.root_id for one in now.reports}
    return "changed" if still else "withdrawn"


def _otherwise(kind: str, stood: _Stood, days: list[DiaryDay]) -> list[Text]:
    found = [text for key, fact in stood.told.items() for text in otherwise.of_fact(key, fact)]
    if kind == "quiet":
        found += otherwise.of_silence(stood.numbers)
    elif kind == "not_improving":
        found += otherwise.of_shortfall(stood.numbers)
    elif stood.raised is not None and stood.raised["version"] == trends.VERSION:
        found += otherwise.of_worsening(stood.raised, series(days))
    # Several signs of one kind say the same.
    return list(dict.fromkeys(found))
