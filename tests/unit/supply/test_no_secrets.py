"""No key and no password stands in the repository; what looks like one has its reason here (OP-7)."""

import re
import secrets
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path
from shutil import which
from typing import Any, Final

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from detect_secrets.core import scan
from detect_secrets.core.potential_secret import PotentialSecret
from detect_secrets.plugins.base import RegexBasedDetector
from detect_secrets.plugins.keyword import DENYLIST, KeywordDetector
from detect_secrets.settings import default_settings, get_plugins

ROOT: Final = Path(__file__).parents[3]
# Full of hashes, or made from the code that is looked at.
NOT_LOOKED_AT: Final = {
    "uv.lock": "test_locks.py says what may stand in it",
    "frontend/package-lock.json": "as above",
    "frontend/openapi.json": "made from the routes, and compared with them",
    "frontend/src/data/api/schema.d.ts": "made from openapi.json",
}
WORDS: Final = re.compile("|".join(DENYLIST), re.IGNORECASE)
# (file, kind): beginnings of the hashes of what looks like a secret, and why it is none.
NO_SECRETS: Final[dict[tuple[str, str], tuple[set[str], str]]] = {
    ("backend/glidepath/identity/secrets.py", "Base64 High Entropy String"): (
        {"95ba1eb1"},
        "the letters that codes are made of",
    ),
    ("backend/glidepath/settings.py", "Basic Auth Credentials"): (
        {"e5e9fa1b"},
        "the word `secret` in examples of addresses",
    ),
    ("docs/deployment.md", "Basic Auth Credentials"): (
        {"e5e9fa1b"},
        "the word `secret` in examples of addresses",
    ),
    ("tests/api/test_unsafe_starts.py", "Basic Auth Credentials"): (
        {"e5e9fa1b"},
        "the word `secret`",
    ),
    ("tests/api/test_unsafe_starts.py", "Hex High Entropy String"): (
        {"d6b3c982"},
        "stands for a random key where one is asked for",
    ),
    ("tests/fhir/official.py", "Hex High Entropy String"): (
        {"7c5636a5"},
        "the hash of HL7's schema",
    ),
    ("tests/security/distribution.py", "Secret Keyword"): ({"3d29e8ea"}, "a reason of a key"),
    ("tests/security/levels.yaml", "Secret Keyword"): ({"903f6900"}, "names of columns"),
    ("tests/unit/notify/test_peers.py", "Basic Auth Credentials"): (
        {"9d4e1e23", "6239bfbd"},
        "hostile addresses that are refused",
    ),
    ("tests/unit/supply/test_locks.py", "Secret Keyword"): ({"2f9e5352"}, "planted to be found"),
    ("tests/unit/test_settings.py", "Basic Auth Credentials"): ({"e5e9fa1b"}, "the word `secret`"),
}
# Sentences, under keys such as `passphrase`.
MESSAGES: Final = "frontend/messages/"


def found(files: Iterable[Path]) -> Iterator[PotentialSecret]:
    with default_settings():
        plugins = get_plugins()
        for file in files:
            if _is_worth_it(file, plugins):
                yield from scan.scan_file(str(file))


def _is_worth_it(file: Path, plugins: list[Any]) -> bool:
    """Whether any detector sees anything before what it sees is weighed, which takes four times as long."""
    try:
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return False
    by_line = []
    for plugin in plugins:
        if not isinstance(plugin, RegexBasedDetector):
            by_line.append(plugin)
        elif any(one.search(text) for one in plugin.denylist):
            return True
    # The dearest of them sees nothing in a line without one of its words.
    return any(
        plugin.analyze_line(filename=str(file), line=line, line_number=0, context=None)
        for line in text.splitlines()
        for plugin in by_line
        if not isinstance(plugin, KeywordDetector) or WORDS.search(line)
    )


def _files() -> list[Path]:
    listed = subprocess.run(
        [
            "git",
            "-c",
            "safe.directory=*",
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    names = {one for one in listed.stdout.split("\0") if one} - NOT_LOOKED_AT.keys()
    return [ROOT / one for one in sorted(names) if (ROOT / one).is_file()]


@pytest.mark.skipif(
    not (ROOT / ".git").exists() or which("git") is None,
    reason="no clone, or no git: what is tracked is not known",
)
def test_nothing_that_is_tracked_looks_like_a_secret_without_a_reason():
    """OP-7"""
    seen: dict[tuple[str, str], set[str]] = {}
    for one in found(_files()):
        place = str(Path(one.filename).relative_to(ROOT)), one.type
        if place[0].startswith(MESSAGES) and one.type == KeywordDetector.secret_type:
            continue
        seen.setdefault(place, set()).add(one.secret_hash[:8])
    assert seen == {place: hashes for place, (hashes, _) in NO_SECRETS.items()}


def _private_key() -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("deploy.pem", _private_key()),
        ("notes.md", f"The token is gh{'p'}_{secrets.token_hex(18)} for now."),
        ("ci.yml", f"key: AK{'IA'}{secrets.token_hex(8).upper()}"),
        ("settings.py", f'VAPID = "{secrets.token_hex(32)}"'),
        ("mail.py", f'URL = "smtps://clinic:{secrets.token_hex(6)}@mail.clinic.org"'),
        ("client.ts", f"const password = '{secrets.token_hex(10)}';"),
    ],
    ids=lambda value: value if "." in value and len(value) < 12 else "",
)
def test_a_planted_secret_is_found(tmp_path: Path, name: str, text: str):
    """OP-7: what lets one through here would let it through there."""
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")
    assert list(found([file]))
