"""Records as files: kind by kind, and made in a thread, since a long record takes seconds."""

from collections.abc import AsyncIterator, Collection

from anyio import CapacityLimiter, to_thread
from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.fhir import people, questionnaires, record, store
from glidepath.fhir.elements import Json, without_nothing
from glidepath.fhir.reading import Record
from glidepath.fhir.record import KINDS
from glidepath.outcomes import library


async def whole(whose: Record, *, limiter: CapacityLimiter) -> AsyncIterator[list[Json]]:
    """All of a record for its patient: with who may be named in it, and the forms that were answered."""
    session, asked = whose.session, set[str]()
    clinic = people.organization(await store.clinic(session))
    staff = [
        people.practitioner(one) for one in await store.staff(session) if one.id in whose.names
    ]
    yield [without_nothing(one) for one in (clinic, *staff)]
    for kind in KINDS:
        resources = await of_kind(whose, kind, limiter=limiter)
        asked |= {one["questionnaire"] for one in resources if "questionnaire" in one}
        yield resources
    yield [one for one in await forms(session) if f"{one['url']}|{one['version']}" in asked]


async def of_kind(whose: Record, kind: str, *, limiter: CapacityLimiter) -> list[Json]:
    await whose.read(*KINDS[kind].parts)
    return await to_thread.run_sync(record.made, whose, kind, limiter=limiter)


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
