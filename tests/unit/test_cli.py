import json
import socket
import subprocess
import sys

import pytest

from glidepath import startup
from glidepath.cli import main
from glidepath.database import migrate
from glidepath.database.revisions import revisions
from glidepath.settings import settings_table


@pytest.fixture
def glidepath(monkeypatch, capsys, tmp_path):
    """Runs a command as the shell would; answers exit status, standard output and error."""
    monkeypatch.setenv("GLIDEPATH_DATA_DIR", str(tmp_path / "data"))

    def run(*arguments, **settings):
        for name, value in settings.items():
            monkeypatch.setenv(f"GLIDEPATH_{name.upper()}", value)
        monkeypatch.setattr(sys, "argv", ["glidepath", *arguments])
        status: object = 0
        try:
            main()
        except SystemExit as stop:
            status = stop.code
        said = capsys.readouterr()
        return status, said.out, said.err

    return run


@pytest.fixture
def free_port():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    return str(port)


@pytest.fixture
def built_front_end(monkeypatch, tmp_path):
    (tmp_path / "index.html").write_text("<!doctype html>")
    monkeypatch.setattr(startup, "web_dir", lambda: tmp_path)


def test_a_busy_port_is_said_before_anything_slow_starts(glidepath, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        status, out, err = glidepath("run", port=str(port))
    assert status == 1
    assert out == ""
    assert err == (
        f"Error: Cannot listen on port {port} of 127.0.0.1 (address already in use); "
        "stop what uses it or set GLIDEPATH_PORT to another port.\n"
    )
    assert not (tmp_path / "data").exists()


def test_a_host_of_another_machine_is_one_sentence(glidepath):
    status, _, err = glidepath("run", host="no.such.host.invalid")
    assert status == 1
    assert err == (
        "Error: no.such.host.invalid is no address of this machine; "
        "set GLIDEPATH_HOST to one that is.\n"
    )


def test_a_front_end_that_is_not_built_is_one_sentence(glidepath, free_port, monkeypatch, tmp_path):
    monkeypatch.setattr(startup, "web_dir", lambda: tmp_path / "absent")
    status, _, err = glidepath("run", port=free_port)
    assert status == 1
    assert err == "Error: The front end is not built; run `make setup` and start again.\n"


def test_an_unreachable_database_is_one_sentence_that_names_the_setting(
    glidepath, free_port, built_front_end
):
    url = f"postgresql://app@127.0.0.1:{free_port}/glidepath"
    status, _, err = glidepath("run", port=free_port, database_url=url, owner_database_url=url)
    assert status == 1
    assert err.startswith("Error: The database does not answer (")
    assert err.endswith("start it, or correct GLIDEPATH_DATABASE_URL.\n")
    assert err.count("\n") == 1


def test_a_data_folder_that_cannot_be_used_is_one_sentence(
    glidepath, free_port, built_front_end, tmp_path
):
    (tmp_path / "file").write_text("in the way")
    status, _, err = glidepath("run", port=free_port, data_dir=str(tmp_path / "file"))
    assert status == 1
    assert err.startswith(f"Error: PostgreSQL does not start in {tmp_path / 'file'} (")
    assert err.endswith("or set GLIDEPATH_DATA_DIR to another folder.\n")


def test_a_data_folder_with_a_space_is_refused_before_it_is_made(
    glidepath, free_port, built_front_end, tmp_path
):
    folder = tmp_path / "a folder"
    status, _, err = glidepath("run", port=free_port, data_dir=str(folder))
    assert status == 1
    assert err == (
        f"Error: PostgreSQL cannot keep its data in {folder}, whose path has a space; "
        "set GLIDEPATH_DATA_DIR to a path without one.\n"
    )
    assert not folder.exists()


@pytest.mark.parametrize(
    ("command", "setting"),
    [
        (["worker"], "GLIDEPATH_DATABASE_URL"),
        (["serve"], "GLIDEPATH_DATABASE_URL"),
    ],
)
def test_a_command_without_its_database_names_the_setting(
    glidepath, free_port, built_front_end, command, setting
):
    status, _, err = glidepath(*command, port=free_port)
    assert status == 1
    assert err == (
        f"Error: {setting} is not set, and this command needs it to reach the database.\n"
    )


def test_a_migration_never_runs_as_the_role_of_the_application(glidepath):
    status, _, err = glidepath(
        "migrate", "upgrade", database_url="postgresql://app@127.0.0.1:1/glidepath"
    )
    assert status == 1
    assert err.startswith("Error: GLIDEPATH_OWNER_DATABASE_URL is not set")


@pytest.mark.parametrize("command", ["run", "serve", "worker"])
def test_an_unknown_setting_stops_every_start(glidepath, command):
    status, out, err = glidepath(command, prot="8000")
    assert status == 2
    assert out == ""
    assert err == "Error: GLIDEPATH_PROT is not a setting; the nearest one is GLIDEPATH_PORT.\n"


def test_an_unknown_command_is_a_mistake_of_usage(glidepath):
    status, _, err = glidepath("fly")
    assert status == 2
    assert "No such command 'fly'" in err


def test_removing_all_data_is_asked_first(glidepath, monkeypatch, tmp_path):
    monkeypatch.setattr("click.termui.visible_prompt_func", lambda _: "n")
    status, _, _ = glidepath("demo", "--reset")
    assert status == 130
    assert not (tmp_path / "data").exists()


def test_help_names_every_command(glidepath):
    status, out, _ = glidepath("--help")
    assert status == 0
    for command in (
        "demo", "migrate", "openapi", "replay", "run", "screen", "serve", "settings", "worker",
    ):  # fmt: skip
        assert f"\n  {command} " in out


def test_the_settings_are_listed(glidepath):
    assert glidepath("settings") == (0, settings_table(), "")


def test_the_description_of_the_interface_needs_no_database(glidepath, tmp_path):
    status, _, _ = glidepath("openapi", str(tmp_path / "openapi.json"))
    assert status == 0
    document = json.loads((tmp_path / "openapi.json").read_text(encoding="utf-8"))
    assert "/api/sync" in document["paths"]


def test_screening_a_file_imports_neither_the_web_nor_the_database():
    ask = (
        "import sys; from glidepath.cli import cli; cli.get_command(None, 'screen');"
        "print({'litestar', 'sqlalchemy', 'psycopg', 'uvicorn'} & set(sys.modules))"
    )
    said = subprocess.run([sys.executable, "-c", ask], check=True, capture_output=True, text=True)
    assert said.stdout == "set()\n"


def test_the_newest_revision_is_known_without_importing_alembic():
    known, newest = revisions()
    assert newest == migrate.head()
    assert newest in known
