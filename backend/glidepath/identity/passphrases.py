"""Which passphrases are taken: long ones, of whatever characters, that are no common word in disguise."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Final, Literal

from glidepath.problems import Invalid

SHORTEST: Final = 15
LONGEST: Final = 128
PRODUCT: Final = "glidepath"
# Shorter ones stand in the middle of other words too often to say anything.
SHORTEST_WORD: Final = 4
# What must be left of a passphrase once common words are counted as little as they are worth.
ENOUGH: Final = 10
WORTH_OF_A_WORD: Final = 4
DIFFERENT: Final = 6
_ROWS: Final = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "abcdefghijklmnopqrstuvwxyz", "01234567890")
_STRETCH: Final = 3
_PLAIN: Final = str.maketrans("013457@$!", "oieastasi")
_YEAR: Final = re.compile(r"(?:19|20)\d\d")
_REPEATED: Final = re.compile(r"(.)\1+")

Flaw = Literal["too_short", "too_long", "too_common"]
SENTENCES: Final[dict[Flaw, str]] = {
    "too_short": f"Take at least {SHORTEST} characters: three or four words make a good passphrase.",
    "too_long": f"Take at most {LONGEST} characters.",
    "too_common": "This is easy to guess: it is made of very common words, of repetitions, or of names that "
    "belong to you or to this place. Take words that have nothing to do with each other.",
}


def normal(passphrase: str) -> str:
    """As it is counted and hashed: the same letters typed on another keyboard are the same."""
    return unicodedata.normalize("NFC", passphrase)


def require_good(passphrase: str, about: Iterable[str] = ()) -> None:
    """Invalid, with a code and a sentence, unless it may be somebody's passphrase.

    `about` is what an attacker would try first: the person's name and address, the clinic's name.
    """
    flaw = flaw_of(passphrase, about)
    if flaw is not None:
        raise Invalid(SENTENCES[flaw], code=f"passphrase_{flaw}")


def flaw_of(passphrase: str, about: Iterable[str] = ()) -> Flaw | None:
    """Neither capitals nor digits are asked for: length is what counts, and not to be on everybody's list."""
    written = normal(passphrase)
    if len(written) < SHORTEST:
        return "too_short"
    if len(written) > LONGEST:
        return "too_long"
    folded = written.casefold()
    names = frozenset(_words(about))
    # As typed, and with the digits and signs read as the letters for which people put them.
    weak = any(_is_weak(way, names) for way in (folded, folded.translate(_PLAIN)))
    return "too_common" if weak else None


def _is_weak(written: str, names: frozenset[str]) -> bool:
    unit = _unit(written)
    if len(unit) < len(written) and len(unit) < SHORTEST:
        return True
    words, rest = _taken_apart(unit, names)
    rest = _YEAR.sub("#", _without_stretches(rest))
    rest = re.sub(r"[\s\x00]", "", _REPEATED.sub(r"\1", rest))
    return len(rest) + WORTH_OF_A_WORD * len(words) < ENOUGH or len(set(unit)) < DIFFERENT


def _unit(written: str) -> str:
    """What it repeats over and over; itself if it does not."""
    period = (written + written).find(written, 1)
    return written[:period]


def _taken_apart(written: str, names: frozenset[str]) -> tuple[set[str], str]:
    """The different common words in it, and what is left without them and without names, which count nothing."""
    common, longest = _common()
    longest = max([longest, *map(len, names)])
    words, rest, at = set[str](), list[str](), 0
    while at < len(written):
        for size in range(min(longest, len(written) - at), SHORTEST_WORD - 1, -1):
            piece = written[at : at + size]
            if piece in names or piece in common:
                if piece not in names:
                    words.add(piece)
                rest.append("\x00")
                at += size
                break
        else:
            rest.append(written[at])
            at += 1
    # One that stands within another is the same word again.
    apart = {one for one in words if not any(one in other for other in words - {one})}
    return apart, "".join(rest)


def _without_stretches(written: str) -> str:
    """Three and more neighbours of the keyboard or the alphabet, in either direction, are as one."""
    kept = list[str]()
    run = 1
    for place, character in enumerate(written):
        pair = written[place - 1 : place + 1] if place else ""
        run = run + 1 if pair and _are_neighbours(pair) else 1
        if run == _STRETCH:
            kept.pop()
        if run < _STRETCH:
            kept.append(character)
    return "".join(kept)


@cache
def _are_neighbours(pair: str) -> bool:
    return any(pair in row or pair[::-1] in row for row in _ROWS)


@cache
def _common() -> tuple[frozenset[str], int]:
    text = (Path(__file__).parent / "data" / "common_passwords.txt").read_text(encoding="utf-8")
    words = frozenset(word for word in text.split() if len(word) >= SHORTEST_WORD)
    return words, max(map(len, words))


def _words(about: Iterable[str]) -> Iterator[str]:
    yield PRODUCT
    for one in about:
        for word in re.split(r"[\W_]+", normal(one).casefold()):
            if len(word) >= SHORTEST_WORD:
                yield word
                yield word.translate(_PLAIN)
