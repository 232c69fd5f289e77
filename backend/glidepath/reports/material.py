"""What a report is made of, before it is said in a language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from glidepath.alerts.schemas import AlertView, Looked
from glidepath.assessments.schemas import AssessmentView
from glidepath.care.pause_schemas import PauseView
from glidepath.care.schemas import EpisodeView, PlanView
from glidepath.clinical.vocabulary import Text
from glidepath.diary.days import DiaryDay
from glidepath.reports.course import Period


@dataclass(frozen=True, slots=True)
class Measured:
    """A score of a measure in the period: `change` in words, None where there is nothing to compare with."""

    title: Text
    first: Text
    first_on: date
    last: Text
    last_on: date
    change: Text | None


@dataclass(frozen=True, slots=True)
class Material:
    """`until`: the last day of which something can be known. `days` are all of the period. `alerts` and
    `looked` are of the period, newest first; `titles` name exercises by their keys."""

    patient: str
    timezone: str
    clinic: str
    country: str
    episode: EpisodeView
    period: Period
    today: date
    until: date
    summary: Text
    days: Sequence[DiaryDay]
    plans: Sequence[PlanView]
    pauses: Sequence[PauseView]
    alerts: Sequence[AlertView]
    looked: Sequence[Looked]
    assessments: Sequence[AssessmentView]
    measures: Sequence[Measured]
    titles: Mapping[str, Text]
