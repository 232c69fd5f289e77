"""The key of the chains: a setting, or a file in the data folder that is made once."""

import os
import secrets
from functools import cache
from pathlib import Path

from glidepath.settings import Settings


def key_of(settings: Settings) -> bytes:
    if settings.audit_key is not None:
        return bytes.fromhex(settings.audit_key)
    return _own(settings.data_dir)


@cache
def _own(data_dir: Path) -> bytes:
    file = data_dir / "audit.key"
    if not file.exists():
        data_dir.mkdir(parents=True, exist_ok=True)
        draft = data_dir / f".audit.key.{secrets.token_hex(8)}"
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as written:  # noqa: PTH123 (the mode from the beginning)
            written.write(f"{secrets.token_hex(32)}\n")
        try:
            # Of two processes that begin at once the first one's counts, and nobody reads half a key.
            os.link(draft, file)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return bytes.fromhex(file.read_text(encoding="ascii").strip())
