"""The parts that both reports have, as blocks of a page."""

from collections.abc import Sequence
from typing import Final

from glidepath.care.schemas import PlanItemView
from glidepath.clinical.labels import labels
from glidepath.clinical.vocabulary import Text
from glidepath.reports import words
from glidepath.reports.course import Figures, Period, figures, work
from glidepath.reports.figures import Block, paused_days, place_name, strip
from glidepath.reports.material import Material
from glidepath.reports.words import Language, say

# What is beyond is counted; two pages hold this much with the longest of words.
ROWS: Final = 5
WORDS: Final = 140


def heading(text: Text, language: Language) -> Block:
    return {"kind": "heading", "text": say(text, language)}


def note(text: str) -> Block:
    return {"kind": "note", "text": text}


def table(widths: Sequence[int], head: Sequence[str], rows: Sequence[Sequence[object]]) -> Block:
    """A cell is a text, or a list of a text and what stands below it in small. Width 0: as wide as its words."""
    return {"kind": "table", "widths": widths, "head": head, "rows": rows}


def shortened(text: str) -> str:
    one_line = " ".join(text.split())
    return one_line if len(one_line) <= WORDS else one_line[: WORDS - 1].rstrip() + "…"


def earlier(count: int, language: Language) -> list[Block]:
    return [note(say(words.EARLIER, language, count=count))] if count > 0 else []


def at_a_glance(material: Material, language: Language, *, own: bool) -> Block:
    """Both ends of the period beside each other."""
    ends = material.period.ends()
    both = [figures([day for day in material.days if day.date in end]) for end in ends]

    def row(name: Text, told: Sequence[str]) -> list[str]:
        return [say(name, language), *told]

    return table(
        [3, 2, 2],
        [say(words.WHAT, language), *(_span(end, language) for end in ends)],
        [
            row(words.OWN_PAIN if own else words.PAIN, [_pain(one, language) for one in both]),
            row(
                words.OWN_NERVE_DAYS if own else words.NERVE_DAYS,
                [_of(one.nerve_days, one.nerve_told, language) for one in both],
            ),
            row(
                words.OWN_PLACE if own else words.PLACE,
                [place_name(one.place, language) if one.place else words.NOTHING for one in both],
            ),
            row(
                words.OWN_LOGGED if own else words.LOGGED,
                [_of(one.logged, one.days, language) for one in both],
            ),
        ],
    )


def _span(period: Period, language: Language) -> str:
    first, last = (words.short_day(on, language) for on in (period.first, period.last))
    return say(words.FIRST_DAYS, language, first=first, last=last)


def _pain(found: Figures, language: Language) -> str:
    return words.NOTHING if found.pain is None else words.number(found.pain, language)


def _of(some: int, every: int, language: Language) -> str:
    return say(words.OF, language, some=some, all=every) if every else words.NOTHING


def adherence(material: Material, language: Language, *, own: bool) -> list[Block]:
    paused = paused_days(material)
    days = material.days
    paused_here = sum(1 for day in days if day.date in paused)
    summed = say(
        words.OWN_ADHERENCE_SUM if own else words.ADHERENCE_SUM,
        language,
        logged=sum(day.logged for day in days),
        exercised=sum(1 for day in days if day.sessions),
        days=len(days),
        paused=say(words.PAUSED, language, paused=paused_here) if paused_here else "",
    )
    blocks = [
        heading(words.OWN_ADHERENCE if own else words.ADHERENCE, language),
        {"kind": "text", "text": summed},
        strip(material, language),
        note(say(words.STRIP_NOTE, language)),
    ]
    rows = [
        [
            _exercise(material, one.item, language, current=one.current),
            _dose(one.item, language),
            say(words.DONE_OF, language, done=one.done, wanted=one.wanted),
        ]
        for one in work(days, material.plans, paused, material.until)
    ]
    if rows:
        head = [say(text, language) for text in (words.EXERCISE, words.DOSE, words.DAYS_DONE)]
        blocks.append(table([4, 4, 3], head, rows[: 2 * ROWS]))
    return blocks


def _exercise(
    material: Material, item: PlanItemView, language: Language, *, current: bool
) -> object:
    title = material.titles.get(item.exercise_key)
    name = f"{say(title, language) if title else item.exercise_key}, {side(item.side, language)}"
    return name if current else [name, say(words.NOT_ON_PLAN, language)]


def side(value: str, language: Language) -> str:
    return say({key.value: text for key, text in labels().sides.items()}[value], language).lower()


def _dose(item: PlanItemView, language: Language) -> str:
    hold, count = item.hold_seconds, item.repetitions
    if hold is not None and count is not None and count > 1:
        each = say(words.HOLDS, language, count=count, hold=hold)
    elif hold is not None:
        each = say(words.HOLD, language, count=hold)
    else:
        each = say(words.REPETITIONS, language, count=count or 1)
    often = words.ONE_DAY_A_WEEK if item.days_per_week == 1 else words.DAYS_A_WEEK
    dose = say(words.SETS, language, sets=item.sets, each=each)
    return f"{dose}, {say(often, language, days=item.days_per_week)}"


def measures(material: Material, language: Language, *, own: bool) -> list[Block]:
    if not material.measures:
        return []
    head = [say(text, language) for text in (words.MEASURE, words.FIRST, words.LAST, words.CHANGE)]
    rows = [
        [
            say(one.title, language),
            [say(one.first, language), words.short_day(one.first_on, language)],
            [say(one.last, language), words.short_day(one.last_on, language)],
            say(one.change, language) if one.change else words.NOTHING,
        ]
        for one in material.measures
    ]
    title = words.OWN_MEASURES if own else words.MEASURES
    return [heading(title, language), table([4, 2, 2, 4], head, rows)]


def plan_changes(material: Material, language: Language, *, own: bool) -> list[Block]:
    """Newest first. The first plan of all is told where it began in the period."""
    begun = [plan for plan in material.plans if plan.starts_on in material.period]
    blocks = [heading(words.OWN_PLANS if own else words.PLANS, language)]
    if not begun:
        stayed: Block = {"kind": "text", "text": say(words.NO_PLAN, language)}
        # Patients read it below their exercises: two lines would be a page of their own.
        return [stayed] if own else [*blocks, stayed]
    rows = []
    for plan in begun[:ROWS]:
        changed = " ".join(say(change, language) for change in plan.changes)
        told = changed or say(words.SAME_PLAN if plan.number > 1 else words.FIRST_PLAN, language)
        on, name = words.short_day(plan.starts_on, language), f"P{plan.number}"
        rows.append([on, name, shortened(told)])
    head = [say(text, language) for text in (words.FROM, words.PLAN, words.WHAT)]
    return [*blocks, table([0, 0, 1], head, rows), *earlier(len(begun) - ROWS, language)]
