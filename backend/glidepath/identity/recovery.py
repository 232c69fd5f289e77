"""Recovery codes: ten on paper, each once, for whoever lost the device that proves a second time who they are."""

import secrets
from typing import Final
from uuid import UUID

from argon2.low_level import Type, hash_secret_raw

from glidepath.identity.secrets import CODE_ALPHABET, hashing, plain_code

CODES: Final = 10
LENGTH: Final = 10
_GROUP: Final = 5


def new_codes() -> list[str]:
    """In two groups, as they are copied: 49 bits each, which a dear hash makes enough."""
    plain = ["".join(secrets.choice(CODE_ALPHABET) for _ in range(LENGTH)) for _ in range(CODES)]
    return [f"{one[:_GROUP]}-{one[_GROUP:]}" for one in plain]


async def digest(typed: str, account_id: UUID, *, known: bool = False) -> bytes:
    """Argon2id of what counts, 19 MiB and two passes, each account with a salt of its own."""
    secret = plain_code(typed).encode()

    def hashed() -> bytes:
        return hash_secret_raw(
            secret, account_id.bytes, 2, 19_456, parallelism=1, hash_len=32, type=Type.ID
        )

    return await hashing(hashed, known=known)
