"""Who needs somebody, how much, and why: of what stands of a patient, without a look into the database."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from glidepath.alerts.service import Waiting
from glidepath.clinical.vocabulary import Text
from glidepath.insight import words
from glidepath.insight.last_weeks import SPARK_DAYS, LastWeeks
from glidepath.insight.schemas import Need

# Who was admitted so long ago and has not written yet is asked about; later silences are judged by
# the person's own habit.
BEGUN_BY = timedelta(days=5)
# A shorter silence goes without saying.
SILENCE_NAMED = timedelta(days=5)
NEEDS: tuple[Need, ...] = ("urgent", "worsening", "quiet", "not_improving", "steady")
STATES = ("open", "acknowledged", "snoozed")
SEVERITIES = ("urgent", "high", "moderate", "low")
# Of equally severe ones, an emergency first.
KINDS = (
    "red_flag",
    "nerve_loss",
    "nerve_below_knee",
    "severe_pain",
    "worsening",
    "quiet",
    "not_improving",
)


@dataclass(frozen=True, slots=True)
class State:
    """What a patient's need is read from: the last weeks, and the last day of all."""

    opened_at: datetime
    joined_at: datetime | None
    today: date
    weeks: LastWeeks
    last_on: date | None
    alert: Waiting | None
    paused_until: date | None


def worsened(on: date | None, today: date) -> bool:
    """Whether one stood in the last weeks, `on` its last day, resolved or not."""
    return on is not None and (today - on).days <= SPARK_DAYS


def worst(waiting: Iterable[Waiting], today: date) -> Waiting | None:
    return min((alert.on(today) for alert in waiting), key=urgency, default=None)


def urgency(alert: Waiting) -> tuple[bool, int, int, int, datetime]:
    """What is snoozed comes after all that is not."""
    return (
        alert.state == "snoozed",
        SEVERITIES.index(alert.severity),
        STATES.index(alert.state),
        KINDS.index(alert.kind),
        alert.opened_at,
    )


def of_alert(alert: Waiting) -> Need:
    if alert.kind == "quiet":
        return "quiet"
    if alert.kind == "not_improving":
        return "not_improving"
    return "urgent" if alert.severity == "urgent" else "worsening"


def of(state: State) -> tuple[Need, Text, date | None]:
    """What the patient needs, why, and since when."""
    alert, last = state.alert, state.last_on
    if alert is not None:
        return of_alert(alert), Text(**alert.reason), alert.onset or alert.raised_on
    if last is None:
        joined = state.joined_at
        since = max(joined or state.opened_at, state.opened_at).date()
        expected = state.today - since >= BEGUN_BY and state.paused_until is None
        return "quiet" if expected else "steady", words.not_begun(joined is not None), since
    steady = state.weeks.steady
    if state.today - last >= SILENCE_NAMED:
        steady = words.silent_since(last, steady)
    return "steady", steady, None
