"""The two reports: for who treats the patient next, and for the patient in plain words."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from glidepath.alerts.schemas import AlertEventView, AlertView
from glidepath.assessments.schemas import Leg
from glidepath.clinical.labels import labels
from glidepath.reports import sections, words
from glidepath.reports.course import ENOUGH, figures
from glidepath.reports.figures import Block, symptoms
from glidepath.reports.material import Material
from glidepath.reports.sections import ROWS, heading, note, shortened, table
from glidepath.reports.typesetting import Paper, Report
from glidepath.reports.words import Language, say


def clinical(material: Material, language: Language, by: str) -> Report:
    """`by` is who asked for it."""
    named = _named_alerts(material)
    blocks: list[Block] = [
        {"kind": "lead", "text": say(material.summary, language)},
        heading(words.FIGURES, language),
        sections.at_a_glance(material, language, own=False),
        heading(words.COURSE, language),
        symptoms(material, language, [(name, alert.raised_on) for name, alert in named], own=False),
        note(say(words.COURSE_NOTE, language)),
        *sections.measures(material, language, own=False),
        *_alerts(material, named, language),
        *_found(material, language),
        *sections.plan_changes(material, language, own=False),
        *sections.adherence(material, language, own=False),
    ]
    made = say(
        words.MADE,
        language,
        period=_period(material, language),
        on=words.day(material.today, language),
        by=by,
        clinic=material.clinic,
    )
    return Report(
        lang=language,
        paper=_paper(material),
        title=say(words.TITLE, language),
        clinic=material.clinic,
        patient=material.patient,
        about=_about(material, language),
        made=made,
        footer=say(words.FOOTER, language),
        blocks=blocks,
    )


def own(material: Material, language: Language) -> Report:
    """For the patient: no alerts, no examination, and what their words and ratings came to."""
    looks = [
        say(words.OWN_LOOK, language, on=_day_of(one.at, material, language), by=one.by)
        for one in material.looked[:ROWS]
    ]
    blocks: list[Block] = [
        {"kind": "lead", "text": _own_lead(material, language)},
        note(say(words.OWN_ASK, language)),
        sections.at_a_glance(material, language, own=True),
        heading(words.OWN_COURSE, language),
        symptoms(material, language, [], own=True),
        note(say(words.OWN_COURSE_NOTE, language)),
        *sections.measures(material, language, own=True),
        *sections.adherence(material, language, own=True),
        *sections.plan_changes(material, language, own=True),
        *([heading(words.OWN_LOOKS, language), {"kind": "list", "items": looks}] if looks else []),
    ]
    return Report(
        lang=language,
        paper=_paper(material),
        title=say(words.OWN_TITLE, language),
        clinic=material.clinic,
        patient=material.patient,
        about=_about(material, language),
        made=say(
            words.OWN_MADE,
            language,
            period=_period(material, language),
            on=words.day(material.today, language),
            clinic=material.clinic,
        ),
        footer=say(words.OWN_FOOTER, language),
        blocks=blocks,
    )


def _paper(material: Material) -> Paper:
    return "us-letter" if material.country == "US" else "a4"


def _period(material: Material, language: Language) -> str:
    first, last = (words.day(on, language) for on in (material.period.first, material.period.last))
    return say(words.PERIOD, language, first=first, last=last)


def _about(material: Material, language: Language) -> str:
    episode = material.episode
    condition = say(labels().conditions[episode.condition], language)
    side = sections.side(episode.side, language)
    since = words.day(episode.started_on, language)
    if episode.ended_on is None:
        return say(words.CARE, language, condition=condition, side=side, since=since)
    until = words.day(episode.ended_on, language)
    return say(words.CARE_ENDED, language, condition=condition, side=side, since=since, until=until)


def _own_lead(material: Material, language: Language) -> str:
    before, after = (
        figures([day for day in material.days if day.date in end]) for end in material.period.ends()
    )
    course = say(words.OWN_TOO_FEW, language)
    if (
        before.pain is not None
        and after.pain is not None
        and min(before.rated, after.rated) >= ENOUGH
    ):
        low, high = round(before.pain), round(after.pain)
        text = (
            words.OWN_SAME if low == high else words.OWN_WORSE if high > low else words.OWN_BETTER
        )
        course = say(text, language, before=low, after=high)
    logged = sum(day.logged for day in material.days)
    return say(words.OWN_LEAD, language, logged=logged, days=len(material.days), course=course)


def _named_alerts(material: Material) -> list[tuple[str, AlertView]]:
    """Newest first, by numbers that begin with the first of the period."""
    return [
        (f"A{number}", alert)
        for number, alert in zip(range(len(material.alerts), 0, -1), material.alerts, strict=True)
    ]


def _alerts(
    material: Material, named: list[tuple[str, AlertView]], language: Language
) -> list[Block]:
    blocks = [heading(words.ALERTS, language)]
    if not named:
        return [*blocks, {"kind": "text", "text": say(words.NO_ALERT, language)}]
    rows = [
        [
            name,
            words.short_day(alert.raised_on, language),
            [
                say(
                    words.ALERT_OF,
                    language,
                    kind=say(words.KINDS[alert.kind], language),
                    severity=say(words.SEVERITIES[alert.severity], language),
                ),
                shortened(say(alert.reason, language)),
            ],
            _done(material, alert, language),
        ]
        for name, alert in named[:ROWS]
    ]
    head = ["", *(say(text, language) for text in (words.DATE, words.ALERT, words.DONE))]
    return [
        *blocks,
        table([0, 0, 3, 2], head, rows),
        *sections.earlier(len(named) - ROWS, language),
    ]


def _done(material: Material, alert: AlertView, language: Language) -> object:
    """The last that stands; what was taken back is none."""
    undone = {event.undoes for event in alert.events}
    acts = [
        event
        for event in alert.events
        if event.kind in ("acknowledged", "snoozed", "resolved") and event.id not in undone
    ]
    if not acts:
        return say(words.STILL_OPEN, language)
    last = acts[-1]
    what = _deed(last, language)
    on = _day_of(last.at, material, language)
    text = words.BY_ON if last.by else words.ITSELF
    told = say(text, language, what=what, by=last.by, on=on)
    return [told, shortened(last.note)] if last.note else told


def _deed(event: AlertEventView, language: Language) -> str:
    if event.kind == "acknowledged":
        return say(words.SEEN, language)
    if event.kind == "snoozed":
        return say(words.SNOOZED, language)
    return say(words.OUTCOMES.get(event.outcome or "", words.UNKNOWN), language)


def _found(material: Material, language: Language) -> list[Block]:
    rows = [
        [
            words.short_day(one.assessed_on, language),
            _leg(one.left, language),
            _leg(one.right, language),
        ]
        for one in material.assessments[: ROWS // 2]
    ]
    if not rows:
        return []
    head = [say(text, language) for text in (words.DATE, words.LEFT, words.RIGHT)]
    return [heading(words.FOUND, language), table([0, 1, 1], head, rows)]


def _leg(leg: Leg, language: Language) -> str:
    told = []
    if leg.slr is not None:
        symptom = words.WITH_SYMPTOM if leg.slr.symptom else words.WITHOUT_SYMPTOM
        told.append(say(words.SLR, language, angle=leg.slr.angle, symptom=say(symptom, language)))
    if leg.slump is not None:
        slump = say(words.SLUMP_POSITIVE if leg.slump.positive else words.SLUMP_NEGATIVE, language)
        eased = f", {say(words.EASED, language)}" if leg.slump.eased_by_neck else ""
        told.append(slump + eased)
    return "; ".join(told) or words.NOTHING


def _day_of(at: datetime, material: Material, language: Language) -> str:
    on: date = at.astimezone(ZoneInfo(material.timezone)).date()
    return words.short_day(on, language)
