"""Answers to outcome measures, which come with a sync: when they were given is judged as an entry's day is."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.care.models import Episode
from glidepath.diary.bounds import Clock
from glidepath.diary.refusals import refuse, refuse_after
from glidepath.diary.schemas import EntryResult, OfferedAnswer
from glidepath.identity.actor import PatientActor
from glidepath.outcomes import taking
from glidepath.outcomes.schemas import MeasureAnswer

MALFORMED = taking.Received("refused", "malformed")


async def take(
    session: AsyncSession,
    actor: PatientActor,
    held: Sequence[Episode],
    offered: Sequence[OfferedAnswer],
    clock: Clock,
) -> list[EntryResult]:
    def times_of(answer: MeasureAnswer) -> taking.Times | str:
        code = clock.refusal(answer, None)
        if code is not None:
            return code
        offset = answer.happened_at.utcoffset()
        assert offset is not None
        return taking.Times(
            clock.day_of(answer, None), int(offset.total_seconds() // 60), clock.error_of(answer)
        )

    given = [one.entry for one in offered if one.entry is not None]
    received = iter(
        await taking.receive(session, actor, held, given, times_of, clock.now) if given else ()
    )
    ends = {one.id: one.ended_on for one in held}
    results = []
    for one in offered:
        became = MALFORMED if one.entry is None else next(received)
        refusal = None
        if became.code == "care_ended":
            refusal = refuse_after(ends[one.entry.episode_id])
        elif became.code is not None:
            refusal = refuse(became.code, one.problem)
        results.append(EntryResult(one.id, "measure_answer", became.status, refusal))
    return results
