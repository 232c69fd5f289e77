"""What crosses the wire about remote monitoring, and what a closing keeps."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from glidepath.monitoring.clocks import Claim, Prospect, Why
from glidepath.monitoring.models import Licence
from glidepath.views import Moment

FactKind = Literal[
    "plan_of_care", "consent", "education", "biller", "physiologic", "device", "contact"
]
GivenBy = Literal["patient", "caregiver"]
Channel = Literal["phone", "video", "in_person"]
How = Literal["by_hand", "idle"]
ClockKind = Literal["period", "month"]
Lack = Literal["consent", "plan_of_care", "education", "biller", "contact", "minutes"]
# A note as in messages, and not blank. PostgreSQL text holds no NUL.
Note = Annotated[str, Meta(max_length=2000, pattern=r"^\s*[^\s\x00][^\x00]*$")]


class MonitoringSwitch(Struct, forbid_unknown_fields=True):
    on: bool


class SwitchView(Struct):
    version: int
    at: datetime
    by: str
    on: bool


class LicenceBody(Struct, forbid_unknown_fields=True):
    """Null: licensed as neither."""

    licence: Licence | None


class LicensedView(Struct):
    """One of the clinic's staff, and as what they are licensed since when."""

    id: UUID
    name: str
    licence: Licence | None
    since: datetime | None


class MonitoringSetting(Struct):
    """`changes`: the newest first. `rules` is the version of the rules that are counted by."""

    version: int
    on: bool
    changes: list[SwitchView]
    staff: list[LicensedView]
    rules: int
    about: str


class FactBody(Struct, forbid_unknown_fields=True):
    """`revises`: the id of what this one corrects or, if `withdrawn`, takes back. What a kind does not need is null:
    `last_on` is of a plan of care or a consent, `person` of who bills or spoke, `given_by` of a consent, `channel` and
    `happened_at` of a conversation (whose `first_on` is found from it), `understood` of an education."""

    kind: FactKind
    revises: UUID | None
    withdrawn: bool
    first_on: date | None
    last_on: date | None
    person: UUID | None
    given_by: GivenBy | None
    channel: Channel | None
    happened_at: Moment | None
    understood: bool | None
    text: Note | None


class FactView(Struct):
    """As it stands after its last revision. `id` is the first one's; `by` and `made_at` are the last one's."""

    id: UUID
    kind: FactKind
    first_on: date
    last_on: date | None
    person_id: UUID | None
    person: str | None
    given_by: GivenBy | None
    channel: Channel | None
    happened_at: datetime | None
    understood: bool | None
    text: str | None
    by: str
    made_at: datetime
    corrected: bool


class TimerView(Struct):
    """A clock that runs or, where nothing was done for too long, that stopped by itself at `active_at` and waits
    for its note. A page asks after `idle_seconds` without anything done, and has `answer_seconds` for an answer."""

    id: UUID
    patient_id: UUID
    started_at: datetime
    active_at: datetime
    now: datetime
    stopped: bool
    idle_seconds: int
    answer_seconds: int


class OwnClock(Struct):
    """As what the reader is licensed, without which no clock starts; and the one that runs for them."""

    licence: Licence | None
    timer: TimerView | None


class StopBody(Struct, forbid_unknown_fields=True):
    """Without a note the time is thrown away."""

    note: Note | None


class WorkBody(Struct, forbid_unknown_fields=True):
    """A correction: never more than what was clocked. `withdrawn` takes it back."""

    revises: UUID
    withdrawn: bool
    seconds: Annotated[int, Meta(ge=1, le=86_400)]
    note: Note


class WorkView(Struct):
    """As it stands. `clocked` is what the clock had."""

    id: UUID
    day: date
    started_at: datetime
    ended_at: datetime
    seconds: int
    clocked: int
    how: How
    person: str
    licence: Licence
    note: str
    mine: bool
    corrected: bool
    uncounted: Why | None


class Snapshot(Struct, frozen=True, kw_only=True):
    """What a period or a month comes to, and all that it stands on. Of a period the setup is among its claims."""

    program: str
    rules: int
    claims: tuple[Claim, ...]
    why: tuple[Why, ...]
    entries: dict[date, tuple[UUID, ...]]
    seconds: int
    by_assistants: int
    work: tuple[UUID, ...]
    contacts: tuple[UUID, ...]
    facts: tuple[UUID, ...]


class Outcome(Struct, frozen=True):
    """What somebody who bills reads of it."""

    claims: tuple[Claim, ...]
    why: tuple[Why, ...]
    days: int
    minutes: int


class ClosingBody(Struct, forbid_unknown_fields=True):
    """`amends`: the closing in whose place this one comes."""

    kind: ClockKind
    first_on: date
    amends: UUID | None


class ClosingView(Struct):
    """The last closing of a period or a month, and those it amended, the newest first. `after` is what it would come
    to now, where that differs from `before`: it was changed since it was closed."""

    id: UUID
    by: str
    at: datetime
    before: Outcome
    after: Outcome | None
    claims_differ: bool
    amended: list[UUID]


class DayOfData(Struct):
    """`entries`: how many. `uncounted`: why it is no day of data."""

    day: date
    entries: int
    uncounted: Why | None


class PeriodView(Struct):
    """`access`: the days on which the patient's app was used; they count for nothing."""

    number: int
    first_on: date
    last_on: date
    over: bool
    days: list[DayOfData]
    access: list[date]
    outcome: Outcome
    closing: ClosingView | None


class MonthView(Struct):
    first_on: date
    last_on: date
    over: bool
    outcome: Outcome
    assistant_minutes: int
    contacts: int
    closing: ClosingView | None


class StandingView(Struct):
    """How the period that runs will end: `days` so far, `left` on which another may come, `needs` for the highest
    code."""

    prospect: Prospect
    days: int
    left: int
    needs: int


class MonitoringPage(Struct):
    """Periods and months, the newest first."""

    patient_id: UUID
    patient: str
    episode_id: UUID
    opened_on: date
    ended_on: date | None
    today: date
    program: str
    facts: list[FactView]
    standing: StandingView | None
    lacks: list[Lack]
    periods: list[PeriodView]
    months: list[MonthView]
    work: list[WorkView]
    staff: list[LicensedView]


class WorklistRow(Struct):
    """`minutes` and `contact` of the clinic's month. `to_close`: how many periods and months are over, may be billed
    and were not closed; `changed`: how many were changed since."""

    patient_id: UUID
    name: str
    prospect: Prospect
    days: int
    left: int
    needs: int
    first_on: date | None
    last_on: date | None
    minutes: int
    to_next: int
    contact: bool
    lacks: list[Lack]
    to_close: int
    changed: int


class Worklist(Struct):
    """`others`: how many of the caseload are not monitored."""

    month: date
    rows: list[WorklistRow]
    others: int


class EvidenceBody(Struct, forbid_unknown_fields=True):
    """`notes`: with the text of each note."""

    notes: bool


class EvidenceFile(Struct):
    """A file: its name says nothing of anybody."""

    name: str
    csv: str
