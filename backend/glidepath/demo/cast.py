"""Who appears in the demo clinic; the names are invented."""

from dataclasses import dataclass, field
from typing import Final, Literal
from uuid import UUID

from glidepath.clinical.vocabulary import Condition, Side
from glidepath.demo.simulator import Course, Habit

CLINIC: Final = UUID("01980000-0000-7000-8000-000000000001")


@dataclass(frozen=True, slots=True)
class Member:
    id: UUID
    role: Literal["therapist", "admin"]
    name: str
    email: str


STAFF: Final = (
    Member(UUID(int=CLINIC.int + 1), "therapist", "Irene Soto", "irene@demo.example"),
    Member(UUID(int=CLINIC.int + 2), "therapist", "Martin Hale", "martin@demo.example"),
    Member(UUID(int=CLINIC.int + 3), "admin", "Ana Admin", "admin@demo.example"),
)


@dataclass(frozen=True, slots=True)
class Role:
    """One patient: what happens to them, how they write it down, and since how many days."""

    name: str
    course: Course
    habit: Habit
    days: int
    condition: Condition
    side: Side = Side.LEFT
    locale: Literal["en", "es"] = "en"
    # Which of the therapists looks after them.
    therapist: int = 0
    # Which of the diaries that fit the course: chosen so that it shows what the course means.
    draw: int = 0
    # The last days on which they wrote nothing.
    silent_days: int = 0
    # How many days ago they began to get worse, in the courses that do.
    worse_since: int | None = None
    patient_id: UUID = field(default=CLINIC)


def _cast(*roles: Role) -> tuple[Role, ...]:
    numbered = []
    for number, role in enumerate(roles):
        values = {name: getattr(role, name) for name in Role.__slots__}
        values["patient_id"] = UUID(int=CLINIC.int + 100 + number)
        numbered.append(Role(**values))
    return tuple(numbered)


H, S, B, U = Condition.HAMSTRING, Condition.SCIATIC, Condition.BOTH, Condition.UNCLEAR
R = Side.RIGHT

CAST: Final = _cast(
    Role("Nora Lindqvist", "stable", "plain", 60, B, draw=11),
    Role("Mateo Rivas", "step", "plain", 45, S, locale="es", worse_since=12, draw=8),
    Role("Ada Fenwick", "slow", "plain", 75, S, R, worse_since=26, draw=8),
    Role("Tomas Berg", "nerve", "plain", 50, S, worse_since=14, draw=97),
    Role("Lucia Prado", "peripheral", "plain", 55, S, R, locale="es", worse_since=10, draw=4),
    Role("Oskar Whitlock", "improving", "plain", 90, H, draw=7),
    Role("Carmen Duarte", "fluctuating", "weekly", 110, B, locale="es", therapist=1, draw=9),
    Role("Jonas Aldridge", "flare", "noisy", 100, H, R, draw=12),
    Role("Elena Marsh", "relapse", "plain", 150, B, worse_since=60, silent_days=8, draw=1),
    Role("Hugo Santana", "stable", "plain", 50, U, locale="es", therapist=1, draw=16),
    Role("Greta Holloway", "step", "mnar", 60, S, therapist=1, worse_since=24, draw=8),
    Role("Ivo Castellan", "improving", "bounded", 70, H, therapist=1, silent_days=3, draw=3),
    Role("Paula Esteve", "stable", "weekly", 80, B, locale="es", silent_days=16, draw=5),
    Role("Simon Ashby", "slow", "noisy", 130, S, R, therapist=1, worse_since=75, draw=3),
    Role("Rosa Ibarra", "nerve", "plain", 95, S, locale="es", worse_since=16, draw=3),
    Role("Felix Underwood", "flare", "plain", 30, H, therapist=1, draw=2),
)

ABROAD: Final = UUID("01980000-0000-7000-8000-000000001001")

STAFF_ABROAD: Final = (
    Member(UUID(int=ABROAD.int + 1), "therapist", "Grace Okafor", "grace@demo.example"),
    Member(UUID(int=ABROAD.int + 2), "therapist", "Ben Tully", "ben@demo.example"),
    Member(UUID(int=ABROAD.int + 3), "admin", "Alma Reed", "alma@demo.example"),
)


@dataclass(frozen=True, slots=True)
class Monitored:
    """One patient of the clinic in the United States. Days are counted back from today."""

    name: str
    patient_id: UUID
    # Of the first visit.
    since: int
    # On which they logged.
    days: tuple[int, ...]
    # The same of a first period, which was closed before what follows.
    by_first_period: tuple[int, ...] = ()
    # What comes in today, from a phone that was offline.
    late: tuple[int, ...] = ()
    spoken: tuple[int, ...] = ()
    # Day, minutes, and whether the assistant worked.
    work: tuple[tuple[int, int, bool], ...] = ()
    # What nobody wrote down.
    lacks: tuple[str, ...] = ()


def _abroad(number: int) -> UUID:
    return UUID(int=ABROAD.int + 100 + number)


MONITORED: Final = (
    Monitored(
        "Wade Larkin",
        _abroad(0),
        since=58,
        by_first_period=tuple(range(55, 40, -1)),
        days=tuple(range(25, 8, -1)),
        late=(32,),
        spoken=(30, 2),
        work=((31, 14, False), (2, 13, False), (1, 9, True)),
    ),
    Monitored(
        "June Castell",
        _abroad(1),
        since=12,
        days=(9, 8, 6, 5, 3, 2, 1),
        spoken=(3,),
        work=((3, 11, False),),
    ),
    Monitored("Omar Field", _abroad(2), since=11, days=(9, 7, 4, 2, 0), work=((1, 6, True),)),
    Monitored("Tess Monroe", _abroad(3), since=10, days=(9, 5), lacks=("education", "biller")),
    Monitored("Lila Brandt", _abroad(4), since=5, days=(), lacks=("plan_of_care",)),
)
