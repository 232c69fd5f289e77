"""Six words as a key: easy to copy from paper, too many to guess.

The words come from the lists of BIP 39 (2,048 words, so that six make 66 bits), in which the first
four letters tell every word from all others. Only these count, and neither accents nor capitals do:
what is misspelt further on is forgiven.
"""

import secrets
import unicodedata
from functools import cache
from typing import Final

from argon2.low_level import Type, hash_secret_raw
from mnemonic import Mnemonic

from glidepath.identity.schemas import Locale
from glidepath.identity.secrets import hashing

WORDS: Final = 6
TELLING: Final = 4
LISTS: Final[dict[Locale, str]] = {"en": "english", "es": "spanish"}
# One salt for all, since the phrase has to be found by its hash alone: that costs nothing here, for
# nobody can work out the hashes of 2^66 phrases beforehand.
SALT: Final = b"glidepath phrase"


@cache
def _words(locale: Locale) -> list[str]:
    words: list[str] = Mnemonic(LISTS[locale]).wordlist
    return [unicodedata.normalize("NFC", word) for word in words]


def new_phrase(locale: Locale) -> str:
    """Six different words: a word that comes twice looks like a slip of the pen."""
    return " ".join(secrets.SystemRandom().sample(_words(locale), WORDS))


def plain(typed: str) -> str | None:
    """What counts of a phrase as people type it; None if it cannot be one."""
    letters = unicodedata.normalize("NFKD", typed.casefold())
    bare = "".join(one for one in letters if not unicodedata.combining(one))
    words = "".join(one if one.isalpha() else " " for one in bare).split()
    return " ".join(word[:TELLING] for word in words) if len(words) == WORDS else None


async def digest(typed: str, *, known: bool = False) -> bytes | None:
    """Argon2id of what counts, 19 MiB and two passes, for a guess must cost more than it is worth."""
    secret = plain(typed)
    if secret is None:
        return None

    def hashed() -> bytes:
        return hash_secret_raw(
            secret.encode(), SALT, 2, 19_456, parallelism=1, hash_len=32, type=Type.ID
        )

    return await hashing(hashed, known=known)
