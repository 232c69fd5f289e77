"""Keys that an installation makes for itself where none is set: a file in the data folder, made once."""

import os
import secrets
from functools import cache
from pathlib import Path


@cache
def own_key(data_dir: Path, name: str) -> str:
    """64 hexadecimal digits, readable to the data folder's owner alone."""
    file = data_dir / f"{name}.key"
    if not file.exists():
        data_dir.mkdir(parents=True, exist_ok=True)
        draft = data_dir / f".{name}.key.{secrets.token_hex(8)}"
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as written:  # noqa: PTH123 (the mode from the beginning)
            written.write(f"{secrets.token_hex(32)}\n")
        try:
            # Of two processes that begin at once the first one's counts, and nobody reads half a key.
            os.link(draft, file)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return file.read_text(encoding="ascii").strip()
