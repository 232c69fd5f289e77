"""Every measure that a clinic knows: those that come with the product, and its own forms."""

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.clinical.measures import Measure, newest, usual, versions
from glidepath.clinical.vocabulary import Condition
from glidepath.outcomes import store
from glidepath.outcomes.models import OwnForm
from glidepath.outcomes.schemas import LicenceView, OfferedMeasure
from glidepath.views import view


@dataclass(frozen=True, slots=True)
class Library:
    versions: Mapping[tuple[str, int], Measure]
    newest: Mapping[str, Measure]
    own: frozenset[str]
    # The clinic's own that are offered no more.
    retired: frozenset[str]


async def known(session: AsyncSession) -> Library:
    rows = await store.own_forms(session)
    every = {**versions(), **{(row.key, row.version): read(row) for row in rows}}
    # The newest version comes last, and says whether the form is still offered.
    stands = {row.key: row.retired_at is not None for row in rows}
    return Library(
        every,
        newest(every),
        frozenset(stands),
        frozenset(key for key, is_retired in stands.items() if is_retired),
    )


def read(row: OwnForm) -> Measure:
    return msgspec.convert(row.definition, Measure, str_keys=True)


async def offered(session: AsyncSession) -> list[OfferedMeasure]:
    """Those of the product in their order, then the clinic's own."""
    library = await known(session)
    return [
        view(
            OfferedMeasure,
            measure,
            own=key in library.own,
            licence=view(LicenceView, measure.licence),
            own_translations=list(measure.own_translations),
            weeks=list(measure.weeks),
            usual_for=[one for one in Condition if key in usual(one)],
        )
        for key, measure in library.newest.items()
        if key not in library.retired
    ]
