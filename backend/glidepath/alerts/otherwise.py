"""What would have had to be different for an alert not to be raised, in words."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

import msgspec

from glidepath.alerts import facts
from glidepath.clinical.safety import AlertKind, Situation, decide, safety_table
from glidepath.clinical.vocabulary import Text
from glidepath.trends import (
    Channel,
    Day,
    Levels,
    Signal,
    Watch,
    progress,
    quiet,
    recompute,
    screen,
)
from glidepath.trends.otherwise import Spared, Unworsened, last_day, unworsened
from glidepath.trends.words import PLACE_WORDS, day_month

Basis = Mapping[str, Any]

_CHANNELS: Final[dict[Channel, Text]] = {
    "pain": Text("pain", "el dolor"),
    "nerve": Text("the nerve symptoms", "los síntomas nerviosos"),
    "place": Text("the place", "el lugar"),
}


def of_worsening(basis: dict[str, Any], days: Sequence[Day]) -> list[Text]:
    """From the basis of its signal, and the diary's logged days as they are known now, in order."""
    signal = recompute(basis)
    if signal is None:
        return []
    since = min(part.since for part in signal.verdict.evidence)
    channels = [part.channel for part in signal.verdict.evidence]
    found = [_spared(last_day(basis), signal.raised_on)]
    levels = Watch.restore(basis["watch"]).levels
    known = _as_known_now(signal, days, levels)
    if known is not None:
        return [*found, known]
    # Only a diary that still says the same can tell what it would have said otherwise.
    others = unworsened(days, since, signal.raised_on, channels, levels)
    return [*found, *(_gone_on(one, since) for one in others)]


def _spared(spared: Spared, on: date) -> Text:
    english, spanish = list[str](), list[str]()
    if spared.pain is not None:
        english.append(f"pain of {spared.pain} or less" if spared.pain else "no pain")
        spanish.append(f"un dolor de {spared.pain} o menos" if spared.pain else "ningún dolor")
    if spared.nerve:
        english.append("no nerve symptom")
        spanish.append("ningún síntoma nervioso")
    if spared.place is not None:
        place = PLACE_WORDS[spared.place]
        english.append(f"symptoms no further than the {place['en']}")
        spanish.append(f"síntomas solo hasta {place['es']}")
    day = Text(day_month(on, "en"), day_month(on, "es"))
    if not english:
        return Text(
            f"No single answer on {day.en} would have changed it: the days before said enough.",
            f"Ninguna respuesta del {day.es} lo habría cambiado: los días anteriores ya lo decían.",
        )
    return Text(
        f"Not raised on {day.en} with {', or '.join(english)} that day.",
        f"No habría surgido el {day.es} con {', o con '.join(spanish)} ese día.",
    )


def _as_known_now(signal: Signal, days: Sequence[Day], levels: Levels) -> Text | None:
    """Where entries came late or were changed, what the diary of today would have raised."""
    known = [day for day in days if day.date <= signal.raised_on]
    again = [one for one in screen(known, levels).signals if one.onset <= signal.raised_on]
    last = again[-1].raised_on if again else None
    if last == signal.raised_on:
        return None
    if last is not None and last >= signal.onset:
        return Text(
            f"With the entries known today it would have been raised on {day_month(last, 'en')}.",
            f"Con los registros conocidos hoy habría surgido el {day_month(last, 'es')}.",
        )
    return Text(
        "With the entries known today it would not have been raised by that day.",
        "Con los registros conocidos hoy no habría surgido hasta ese día.",
    )


def _gone_on(one: Unworsened, since: date) -> Text:
    what, day = _CHANNELS[one.channel], Text(day_month(since, "en"), day_month(since, "es"))
    gone = "hubieran" if one.channel == "nerve" else "hubiera"
    english = f"Had {what.en} gone on as before {day.en}"
    spanish = f"Si {what.es} {gone} seguido como antes del {day.es}"
    if one.raised_on is None:
        return Text(f"{english}: not raised.", f"{spanish}: no habría surgido.")
    raised = Text(day_month(one.raised_on, "en"), day_month(one.raised_on, "es"))
    return Text(
        f"{english}: raised all the same, on {raised.en}.",
        f"{spanish}: habría surgido igualmente, el {raised.es}.",
    )


def of_silence(basis: dict[str, Any]) -> list[Text]:
    days = quiet.longest_pause(basis)
    return [
        Text(
            f"After so regular a diary a pause of up to {days} days would have passed for usual.",
            f"Con un diario tan regular, una pausa de hasta {days} días se habría tenido por normal.",
        )
    ]


def of_shortfall(basis: dict[str, Any]) -> list[Text]:
    mean = f"{progress.enough(basis):.1f}"
    return [
        Text(
            f"An average pain of {mean} or less over the last two weeks would have been enough.",
            f"Un dolor medio de {mean.replace('.', ',')} o menos en las dos últimas semanas habría "
            "bastado.",
        )
    ]


def of_fact(key: str, basis: Basis) -> list[Text]:
    """`key` is the fact's, as it is kept with the alert."""
    if "situation" in basis:
        return [_of_answer(msgspec.convert(basis["situation"], Situation))]
    kind = AlertKind(key.partition(" ")[0])
    known = safety_table().new_signs.of(kind).known_days
    return [_OF_SIGN[kind](known)] if kind in facts.SIGNS else []


def _of_answer(situation: Situation) -> Text:
    if decide(situation).alert is AlertKind.RED_FLAG:
        return Text(
            "One such answer is enough, each time it is given anew.",
            "Una sola respuesta así basta, cada vez que se da de nuevo.",
        )
    if decide(msgspec.structs.replace(situation, loss_is_new=False)).alert is not None:
        return Text(
            "It grew during an exercise, which is told even where it is known.",
            "Fue a más durante un ejercicio, y de eso se avisa aunque ya se conozca.",
        )
    days = safety_table().loss_known_days
    return Text(
        f"Not raised if the same had been named in the {days} days before.",
        f"No habría surgido si se hubiera indicado lo mismo en los {days} días anteriores.",
    )


def _below_knee(known: int) -> Text:
    return Text(
        "Not raised without a nerve symptom, with symptoms no further than the thigh, or if the same "
        f"had been named in the {known} days before.",
        "No habría surgido sin síntomas nerviosos, con síntomas solo hasta el muslo, o si se hubiera "
        f"indicado lo mismo en los {known} días anteriores.",
    )


def _severe_pain(known: int) -> Text:
    least = safety_table().new_signs.severe_pain.least
    return Text(
        f"Not raised with pain of {least - 1} or less, or if pain of {least} or more had been named in "
        f"the {known} days before.",
        f"No habría surgido con un dolor de {least - 1} o menos, o si se hubiera indicado un dolor de "
        f"{least} o más en los {known} días anteriores.",
    )


_OF_SIGN: Final = {
    AlertKind.NERVE_BELOW_KNEE: _below_knee,
    AlertKind.SEVERE_PAIN: _severe_pain,
}
