"""What crosses the wire about how episodes begin and end, and about screening."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from msgspec import Struct

from glidepath.care.schemas import FirstScreening, Note
from glidepath.clinical.screening import Answer, Level, Question
from glidepath.clinical.vocabulary import Condition, Side, Text

DischargeReason = Literal[
    "goals_met", "no_further_need", "patients_wish", "referred_on", "moved_away", "other"
]


class NextEpisode(Struct, forbid_unknown_fields=True):
    """Of a patient whose last one has ended. Its plan is still to be made."""

    condition: Condition
    side: Side
    started_on: date
    screening: FirstScreening | None


class Reopening(Struct, forbid_unknown_fields=True):
    note: Note | None


class EpisodeEventView(Struct):
    """`ended_on` and `reason` are those of a discharge."""

    at: datetime
    kind: Literal["opened", "discharged", "reopened"]
    ended_on: date | None
    reason: DischargeReason | None
    note: str | None
    by: str
    # The absent colleague for whom it was done.
    cover_for: str | None


class Questions(Struct):
    """What to ask, the most severe first. `signed_off_by` null: no clinician answers for the list yet."""

    version: int
    signed_off_by: str | None
    questions: list[Question]


class StandingAnswer(Struct):
    """The last answer to a question, whenever it was given. `then`: what a "yes" asks for."""

    key: str
    level: Level
    answer: Answer
    ask: Text
    then: Text
    at: datetime
    by: str


class ScreeningRound(Struct):
    id: UUID
    at: datetime
    by: str
    version: int
    answers: dict[str, Answer]
    note: str | None


class ScreeningView(Struct):
    """What stands, the most severe first, and every round that was asked, newest first. `not_asked` has
    the questions that nobody ever answered; `blocks_plan`: there is to be no home programme."""

    standing: list[StandingAnswer]
    not_asked: list[Text]
    blocks_plan: bool
    rounds: list[ScreeningRound]
