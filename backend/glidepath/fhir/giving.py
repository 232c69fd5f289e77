"""Records as files: kind by kind, and made in a thread, since a long record takes seconds."""

from collections.abc import AsyncIterator, Callable, Collection, Iterable
from uuid import UUID

import msgspec
from anyio import CapacityLimiter, to_thread
from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.fhir import people, questionnaires, record, store
from glidepath.fhir.elements import Json, without_nothing
from glidepath.fhir.reading import Record
from glidepath.fhir.record import KINDS
from glidepath.outcomes import library

Wanted = Callable[[Json], bool]


async def names_of_staff(session: AsyncSession) -> dict[UUID, str]:
    """Of all that ever were."""
    return {one.id: one.name for one in await store.staff(session)}


async def whole(whose: Record, *, limiter: CapacityLimiter) -> AsyncIterator[list[bytes]]:
    """All of a record for its patient: with who may be named in it, and the forms that were answered."""
    session, asked = whose.session, set[str]()

    def noted(resource: Json) -> bool:
        asked.add(resource.get("questionnaire", ""))
        return True

    clinic = people.organization(await store.clinic(session))
    staff = [
        people.practitioner(one) for one in await store.staff(session) if one.id in whose.names
    ]
    yield encoded(map(without_nothing, (clinic, *staff)))
    for kind in KINDS:
        yield await of_kind(whose, kind, noted, limiter=limiter)
    answered = [one for one in await forms(session) if f"{one['url']}|{one['version']}" in asked]
    yield encoded(answered)


async def of_kind(
    whose: Record, kind: str, wanted: Wanted, *, limiter: CapacityLimiter
) -> list[bytes]:
    """The wanted ones as JSON."""
    await whose.read(*KINDS[kind].parts)

    def make() -> list[bytes]:
        return encoded(one for one in record.each(whose, kind) if wanted(one))

    return await to_thread.run_sync(make, limiter=limiter)


def encoded(resources: Iterable[Json]) -> list[bytes]:
    return [msgspec.json.encode(one) for one in resources]


async def forms(session: AsyncSession) -> list[Json]:
    measures = (await library.known(session)).versions.values()
    return [without_nothing(one) for one in questionnaires.all_questionnaires(measures)]


async def others(
    session: AsyncSession, kinds: Collection[str]
) -> AsyncIterator[tuple[str, list[Json]]]:
    """Of the clinic, what belongs to no patient."""
    if "Organization" in kinds:
        yield "Organization", [without_nothing(people.organization(await store.clinic(session)))]
    if "Practitioner" in kinds:
        staff = await store.staff(session)
        yield "Practitioner", [without_nothing(people.practitioner(one)) for one in staff]
    if "Questionnaire" in kinds:
        yield "Questionnaire", await forms(session)
