"""Brings a database to a revision of the schema; blocking, run as the owner role."""

import logging

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from glidepath.assets import migrations_dir


def _config(owner_url: str | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(migrations_dir()).replace("%", "%%"))
    config.attributes["url"] = owner_url
    return config


def head() -> str:
    """The newest revision that this code knows."""
    newest = ScriptDirectory.from_config(_config()).get_current_head()
    assert newest is not None
    return newest


def upgrade(owner_url: str, revision: str = "head") -> None:
    logging.getLogger("alembic").setLevel(logging.WARNING)
    command.upgrade(_config(owner_url), revision)


def downgrade(owner_url: str, revision: str) -> None:
    """Takes revisions back; `base` takes them all, and with them all data."""
    logging.getLogger("alembic").setLevel(logging.WARNING)
    command.downgrade(_config(owner_url), revision)
