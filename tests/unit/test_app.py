"""What the application is, whatever the environment says."""

import pytest

from glidepath.app import create_app
from glidepath.database import encryption
from glidepath.settings import load_settings


def test_no_variable_of_the_framework_makes_it_tell_more(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("LITESTAR_DEBUG", "1")
    monkeypatch.setenv("LITESTAR_PDB", "1")
    # Others in this process seal with keys of their own.
    monkeypatch.setattr(encryption, "use", lambda settings: None)
    app = create_app(load_settings({"GLIDEPATH_DATABASE_URL": "postgresql://nobody@nowhere/none"}))
    assert not app.debug
    assert not app.pdb_on_exception
