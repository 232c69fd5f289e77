"""Who is there for a patient at a moment: nobody who is absent or whose account is closed."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.care import service
from glidepath.care import team_store as store
from glidepath.care.covers import looking_after_each
from glidepath.identity import service as identity


@dataclass(frozen=True, slots=True)
class Presence:
    """`teams`: of each patient those of the care team, and who stands in for one of it; `admins`: the
    clinic's. All of them can sign in, and are not absent."""

    teams: dict[UUID, frozenset[UUID]]
    admins: frozenset[UUID]


async def present(session: AsyncSession, patient_ids: Collection[UUID], now: datetime) -> Presence:
    today = service.today_of(await identity.clinic_timezone(session), now)
    staff = {account.id: account.role for account in await identity.staff(session)}
    members = await store.teams(session, patient_ids)
    covers = await store.covers_of(session, {*staff, *(who for _, who in members)}, today)
    running = [(one.absent_id, one.cover_id) for one in covers if one.starts_on <= today]
    found = who_is_there(staff, members, running)
    nobody = dict.fromkeys(patient_ids, frozenset[UUID]())
    return Presence(nobody | found.teams, found.admins)


async def to_be_told(
    session: AsyncSession, patient_ids: Collection[UUID], now: datetime
) -> dict[UUID, frozenset[UUID]]:
    """Who is to hear of each patient: those of the team who are there, and who stands in for one of it.
    Where nobody is, all of them all the same: better late than never."""
    there = (await present(session, patient_ids, now)).teams
    nobody = [patient_id for patient_id, people in there.items() if not people]
    everybody = await looking_after_each(session, nobody, now) if nobody else {}
    return there | {patient_id: frozenset(people) for patient_id, people in everybody.items()}


def who_is_there(
    staff: Mapping[UUID, str],
    members: Iterable[tuple[UUID, UUID]],
    covers: Iterable[tuple[UUID, UUID]],
) -> Presence:
    """`staff`: the role by open account; `members`: patient and account; `covers`: who is absent today,
    and who stands in."""
    stands_in = defaultdict[UUID, set[UUID]](set)
    for absent, cover in covers:
        stands_in[absent].add(cover)
    there = staff.keys() - stands_in.keys()
    teams = defaultdict[UUID, set[UUID]](set)
    for patient_id, who in members:
        # Who stands in sees the patients of the absent colleague, not those whom that one stood in for.
        teams[patient_id] |= (stands_in.get(who) or {who}) & there
    return Presence(
        {patient_id: frozenset(people) for patient_id, people in teams.items()},
        frozenset(who for who in there if staff[who] == "admin"),
    )
