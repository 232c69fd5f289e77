"""Which passphrases are taken (AU-1)."""

import unicodedata
from pathlib import Path

import pytest

from glidepath.identity import passphrases, secrets
from glidepath.identity.passphrases import flaw_of
from glidepath.problems import Invalid

COMMON = Path(passphrases.__file__).with_name("data") / "common_passwords.txt"
ABOUT = ("Irene Soto", "irene.soto@riverside.example", "Riverside Physiotherapy")


def padded(word: str) -> list[str]:
    """What people make of a word that is too short."""
    capital = word.capitalize()
    return [
        word,
        word * 4,
        f"{capital}1234567890123",
        f"{word}!!!!!!!!!!!!!!!",
        f"{word}qwertyuiop2024",
        f"000000000000{capital}",
        f"{word} {capital} {word}",
    ]


def test_none_of_the_three_thousand_is_taken_however_it_is_padded():
    words = COMMON.read_text(encoding="utf-8").split()
    assert len(words) >= 3000
    for word in words:
        taken = [one for one in padded(word) if flaw_of(one) is None]
        assert taken == [], word


@pytest.mark.parametrize(
    "passphrase",
    [
        "glidepath glidepath",
        "Glidepath2024!!",
        "Gl1dep4th gl1dep4th",
        "Irene Soto 1984 1984",
        "irene.soto@riverside.example",
        "Riverside Physiotherapy",
        "R1vers1dePhys1otherapy",
        "riverside123456789",
        "physiotherapy irene glidepath",
        "password letmein",
        "aaaaaaaaaaaaaaaaaaaa",
        "abababababababababab",
        "abcdefghijklmnopqrstuvwxyz",
        "qwertyuiopasdfghjkl",
        "123456789012345678",
        "98765432109876543210",
        "ñandúñandúñandúñandú",
        " " * 40,
    ],
)
def test_what_is_common_repeated_or_of_this_place_is_refused(passphrase: str):
    assert flaw_of(passphrase, ABOUT) == "too_common"


@pytest.mark.parametrize(
    "passphrase",
    [
        "a long and quiet passphrase",
        "correct horse battery staple",
        "dragon sunshine football lamp",
        "el perro duerme bajo la mesa",
        "собака спит под столом",
        "小さな犬は静かに机の下で眠っている",
        "🌵🚲🎻🍋🧭🪁🐙🧦🎈🥁🛶🔭🪴🧩🥝",
        "482913749201847",
        "k7#vq2!zmx9@pLw",
        "le soleil se lève à sept heures",
        "only small letters here",
    ],
)
def test_whatever_is_long_and_ones_own_is_taken_of_any_characters(passphrase: str):
    assert flaw_of(passphrase, ABOUT) is None


def test_fifteen_characters_are_the_fewest_and_a_hundred_and_twenty_eight_the_most():
    words = "seven lamps near old harbour " * 9
    odd = "".join(chr(0x4E00 + 37 * place % 5000) for place in range(128))
    assert [flaw_of(words[:size]) for size in (1, 8, 14)] == ["too_short"] * 3
    assert [flaw_of(odd[:size]) for size in (15, 64, 128)] == [None] * 3
    assert flaw_of(odd + "x") == "too_long"
    # Counted as they are kept: a letter with its accent is one character.
    apart = unicodedata.normalize("NFD", "á" * 14)
    assert (len(apart), flaw_of(apart)) == (28, "too_short")


def test_the_refusal_is_a_code_and_a_sentence():
    with pytest.raises(Invalid) as refused:
        passphrases.require_good("short")
    assert refused.value.code == "passphrase_too_short"
    assert "15" in refused.value.detail


@pytest.mark.anyio
async def test_every_character_counts_and_accents_match_however_they_were_typed():
    long = "".join(chr(0x4E00 + 37 * place % 5000) for place in range(128))
    stored = await secrets.hash_passphrase(long)
    assert await secrets.passphrase_matches(long, stored)
    assert not await secrets.passphrase_matches(long[:-1], stored)
    assert not await secrets.passphrase_matches(long[:-1] + "x", stored)
    typed = "el pingüino camina despacio"
    stored = await secrets.hash_passphrase(typed)
    assert await secrets.passphrase_matches(unicodedata.normalize("NFD", typed), stored)
