"""Keys of age (https://age-encryption.org/v1): whoever makes backups has the public half, and can open none."""

import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Final

import click
from pyrage import DecryptError, IdentityError, RecipientError, passphrase, x25519

Identity = x25519.Identity
Recipient = x25519.Recipient

_SEALED: Final = b"age-encryption.org/v1\n"


def make(file: Path, now: datetime, phrase: str | None) -> str:
    """Writes a new key, readable to its owner alone and sealed with `phrase` if there is one; the public half of it.

    As `age-keygen` writes one. Raises FileExistsError: a key that was lost takes every backup with it.
    """
    identity = Identity.generate()
    public = str(identity.to_public())
    text = f"# created: {now:%Y-%m-%dT%H:%M:%SZ}\n# public key: {public}\n{identity}\n".encode()
    written = passphrase.encrypt(text, phrase) if phrase else text
    with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as opened:  # noqa: PTH123 (the mode from the beginning)
        opened.write(written)
        opened.flush()
        os.fsync(opened.fileno())
    return public


def read(file: Path, ask: Callable[[], str]) -> list[Identity]:
    """`ask` is asked for the passphrase if the file is sealed with one."""
    try:
        content = file.read_bytes()
        if content.startswith(_SEALED):
            content = passphrase.decrypt(content, ask())
        lines = content.decode("ascii").split("\n")
        found = [Identity.from_str(line.strip()) for line in lines if line and line[0] != "#"]
    except OSError as error:
        raise click.ClickException(f"The key cannot be read: {error}.") from None
    except DecryptError:
        raise click.ClickException(f"This is not the passphrase of {file}.") from None
    except (IdentityError, UnicodeDecodeError):
        found = []
    if not found:
        raise click.ClickException(f"{file} holds no key that `glidepath backup-key` made.")
    return found


def recipients(named: str) -> list[Recipient]:
    try:
        return [Recipient.from_str(one) for one in named.split()]
    except RecipientError:
        raise click.ClickException(
            "GLIDEPATH_BACKUP_RECIPIENT holds no public half of a key; "
            "set it to what `glidepath backup-key` printed."
        ) from None
