"""The revisions of the schema by the names of their files: importing Alembic only to learn that there is
nothing to do would be a good part of a start."""

import re

from glidepath.assets import migrations_dir


def revisions() -> tuple[set[str], str]:
    """All that this code knows, and the newest of them."""
    known, followed = set[str](), set[str]()
    for file in (migrations_dir() / "versions").glob("*.py"):
        text = file.read_text(encoding="utf-8")
        known.update(re.findall(r"""^revision\b.*= ["'](.+)["']""", text, re.MULTILINE))
        followed.update(re.findall(r"""^down_revision\b.*= ["'](.+)["']""", text, re.MULTILINE))
    (newest,) = known - followed
    return known, newest
