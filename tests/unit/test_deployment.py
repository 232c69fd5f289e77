"""What can be known of the deployment without an engine to start it."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest
from msgspec import yaml

from glidepath.cli import cli
from glidepath.database.embedded import APP, DATABASE, DISCREET, OWNER
from glidepath.settings import PREFIX, load_settings
from glidepath.settings import SECRET as SECRET_SETTINGS
from tests.images import ignored

ROOT = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = yaml.decode((ROOT / "docker-compose.yml").read_bytes())
SERVICES: dict[str, Any] = COMPOSE["services"]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
ROLES = (ROOT / "deploy" / "roles.sh").read_text(encoding="utf-8")
SET_UP = (ROOT / "scripts" / "setup.sh").read_text(encoding="utf-8")
SYSTEMD = ROOT / "deploy" / "systemd"
BACKUP = SYSTEMD / "glidepath-backup.service"
# Of what stays up.
UNITS = sorted({*SYSTEMD.glob("*.service")} - {BACKUP})
SECRET = re.compile(r"\$\{(\w*PASSWORD)(.*?)\}")


def settings_of(service: str) -> dict[str, str]:
    """The GLIDEPATH_ variables of a service, each `${...}` filled in."""
    environment = SERVICES[service].get("environment", {})
    return {
        name: re.sub(
            r"\$\{(\w+):-(.*?)\}",
            r"\2",
            re.sub(
                r"\$\{\w+:\?.*?\}", "5e" * 32 if name.endswith(("_KEY", "_KEYS")) else "x", value
            ),
        )
        for name, value in environment.items()
        if name.startswith("GLIDEPATH_")
    }


def test_the_services_are_those_of_production():
    assert set(SERVICES) == {"database", "migrate", "app", "worker", "watchdog", "front"}


def test_every_image_is_pinned_to_a_full_version():
    images = [service["image"] for service in SERVICES.values() if "build" not in service]
    images += re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)
    assert len(images) == 5
    for image in images:
        assert re.search(r":\d+\.\d+", image), image
    assert SERVICES["database"]["image"].startswith("postgres:18.")


def test_the_front_waits_for_no_headers_and_is_new_enough_to_ask_for_a_length():
    """IN-5, IN-7: tried in tests/assurance/test_front.py."""
    front = (ROOT / "deploy/Caddyfile").read_text(encoding="utf-8")
    assert re.search(r"timeouts \{[^}]*read_header 10s", front)
    assert re.search(r"handle @chunked \{\s*respond 411 \{\s*close", front)
    version = SERVICES["front"]["image"].partition(":")[2].split(".")
    assert [int(one) for one in version[:2]] >= [2, 9]


@pytest.mark.parametrize("service", ["database", "app", "worker", "watchdog", "front"])
def test_what_stays_up_says_whether_it_is_well(service):
    assert SERVICES[service]["healthcheck"]["test"]
    assert SERVICES[service]["restart"] == "unless-stopped"


def test_nothing_starts_before_the_migration_and_it_ends_by_itself():
    assert SERVICES["migrate"]["restart"] == "no"
    for service in ("app", "worker"):
        wanted = SERVICES[service]["depends_on"]["migrate"]["condition"]
        assert wanted == "service_completed_successfully"


def test_only_the_front_is_reached_from_outside_and_the_database_is_not():
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["front"]
    assert SERVICES["database"]["networks"] == ["inside"]
    assert COMPOSE["networks"]["inside"]["internal"] is True


def test_no_password_has_a_default():
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    used = SECRET.findall(text)
    assert {name for name, _ in used} == {
        "POSTGRES_PASSWORD", "GLIDEPATH_OWNER_PASSWORD", "GLIDEPATH_APP_PASSWORD",
    }  # fmt: skip
    assert {rest for _, rest in used} == {":?is not set"}


@pytest.mark.parametrize(
    ("service", "command"),
    [
        ("migrate", "migrate"),
        ("app", "serve"),
        ("worker", "worker"),
        ("watchdog", "watchdog"),
    ],
)
def test_each_service_runs_a_command_that_exists_with_settings_that_are_known(service, command):
    assert SERVICES[service]["command"][0] == command
    assert command in cli.commands
    load_settings(settings_of(service))


def test_the_migration_works_as_the_owner_and_nothing_else_does():
    assert load_settings(settings_of("migrate")).database_url is None
    for service in ("app", "worker", "watchdog"):
        settings = load_settings(settings_of(service))
        assert settings.owner_database_url is None
        assert settings.database_url == f"postgresql://{APP}:x@database/{DATABASE}"


# The secrets that each process needs, beside the password of its database; a mail server's is in its address.
NEEDED = {
    "migrate": {"field_keys"},
    "app": {"vapid_key", "audit_key", "field_keys", "operations_token"},
    "worker": {"vapid_key", "audit_key", "field_keys"},
    "watchdog": {"heartbeat_url", "operator_hook"},
}


@pytest.mark.parametrize("service", NEEDED)
def test_no_process_is_given_a_key_that_it_does_not_need(service):
    given = {name.removeprefix(PREFIX).lower() for name in settings_of(service)}
    assert given & SECRET_SETTINGS == NEEDED[service]


def test_nor_is_one_under_systemd_although_all_read_one_file():
    for unit in UNITS:
        text = unit.read_text(encoding="utf-8")
        taken = re.search(
            r"^EnvironmentFile=.*\n(?:#.*\n)*UnsetEnvironment=(.+)$", text, re.MULTILINE
        )
        kept_from = {
            name.removeprefix(PREFIX).lower() for name in (taken[1].split() if taken else ())
        }
        service = {"glidepath-serve": "app"}.get(unit.stem, unit.stem.removeprefix("glidepath-"))
        # Where a watchdog or a backup tells of itself is no secret that opens anything here.
        opens = SECRET_SETTINGS - {"heartbeat_url", "operator_hook", "backup_heartbeat_url"}
        assert opens - kept_from == NEEDED[service] & opens, unit.stem


def test_the_roles_are_those_of_the_embedded_server():
    for role in (OWNER, APP):
        rights = "login nosuperuser nobypassrls nocreaterole nocreatedb"
        assert f"create role {role} {rights} password" in ROLES
    assert f"create database {DATABASE} owner {OWNER};" in ROLES
    for role in (OWNER, APP):
        for setting, value in DISCREET.items():
            assert f"alter role {role} set {setting} = '{value}';" in ROLES


def test_the_image_runs_as_an_ordinary_user_on_what_set_up_uses():
    made, used = re.search(r"--uid (\d+)", DOCKERFILE), re.search(r"\nUSER (\d+)\n", DOCKERFILE)
    assert made
    assert used
    assert made[1] == used[1]
    version = re.search(r"^uv_version=(\S+)$", SET_UP, re.MULTILINE)
    assert version
    assert f"uv=={version[1]}" in DOCKERFILE


def test_there_is_a_unit_for_each_process_that_stays_up():
    assert {unit.stem for unit in UNITS} == {
        "glidepath-serve",
        "glidepath-worker",
        "glidepath-watchdog",
    }


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_a_unit_runs_a_command_that_exists_again_and_again_without_rights(unit):
    text = unit.read_text(encoding="utf-8")
    started = re.search(r"^ExecStart=\S+/glidepath (\w+)$", text, re.MULTILINE)
    assert started
    assert started[1] in cli.commands
    assert unit.stem == f"glidepath-{started[1]}"
    for line in ("Restart=always", "User=glidepath", "NoNewPrivileges=yes", "ProtectSystem=strict"):
        assert f"\n{line}\n" in text


def test_a_backup_is_made_every_night_with_the_keys_of_nothing():
    """OP-1: the machine that makes it can open none, and the owner's address is in a file of its own."""
    text = BACKUP.read_text(encoding="utf-8")
    timer = BACKUP.with_suffix(".timer").read_text(encoding="utf-8")
    assert re.search(r"^ExecStart=\S+/glidepath backup$", text, re.MULTILINE)
    assert "backup" in cli.list_commands(click.Context(cli))
    taken = re.search(r"^UnsetEnvironment=(.+)$", text, re.MULTILINE)
    assert taken
    keys = {"audit_key", "field_keys", "vapid_key", "operations_token"}
    assert {one.removeprefix(PREFIX).lower() for one in taken[1].split()} == keys
    assert "\nEnvironmentFile=/etc/glidepath/backup\n" in text
    assert "\nOnCalendar=*-*-* 02:30\n" in timer
    assert "\nPersistent=true\n" in timer


def test_the_watchdog_shares_the_loopback_at_which_the_worker_delivers_to_it():
    assert SERVICES["watchdog"]["network_mode"] == "service:worker"
    assert load_settings(settings_of("worker")).watchdog_url == "http://app:8000"


@pytest.mark.parametrize("service", SERVICES)
def test_what_a_service_says_is_kept_within_bounds(service):
    """As docs/deployment.md says (Logs): 100 MB of each."""
    assert SERVICES[service]["logging"]["options"] == {"max-size": "10m", "max-file": "10"}


def lint(name: str, *arguments: str | Path) -> tuple[int, str]:
    command = [Path(sys.executable).with_name(name), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    return done.returncode, done.stdout + done.stderr


def test_a_linter_finds_nothing_in_the_image_and_something_in_a_worse_one(tmp_path: Path):
    assert lint("hadolint", "Dockerfile") == (0, "")
    worse = tmp_path / "Dockerfile"
    for good, bad, rule in (
        ("python:3.13.9-slim-trixie AS", "python:latest AS", "DL3007"),
        ("RUN pip install --no-cache-dir", "RUN pip install", "DL3042"),
        ("uv==0.13.9", "uv", "DL3013"),
        ('ENTRYPOINT ["glidepath"]', "ENTRYPOINT glidepath", "DL3025"),
    ):
        assert good in DOCKERFILE
        worse.write_text(DOCKERFILE.replace(good, bad), encoding="utf-8")
        assert rule in lint("hadolint", worse)[1]


def test_a_linter_finds_nothing_in_compose_but_what_has_its_reason_and_more_in_a_worse_one(
    tmp_path: Path,
):
    asked = ("check", "--strict-config", "--no-env", "--fail-on", "low")
    assert lint("compose-lint", *asked, "docker-compose.yml")[0] == 0
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    for good, rule in (
        ("read_only: true", "CL-0007"),
        ("cap_drop: [ALL]", "CL-0006"),
        ('security_opt: ["no-new-privileges:true"]', "CL-0003"),
    ):
        worse = tmp_path / f"{rule}.yml"
        worse.write_text(text.replace(good, "init: false"), encoding="utf-8")
        status, said = lint(
            "compose-lint", *asked, "--config", ".compose-lint.yml", "--format", "json", worse
        )
        found = {one["rule_id"] for one in json.loads(said)["findings"] if not one["suppressed"]}
        assert (status, found) == (1, {rule})


@pytest.mark.parametrize("service", SERVICES)
def test_no_service_takes_all_the_memory_or_every_process_number(service):
    assert re.fullmatch(r"\$\{GLIDEPATH_\w+:-[12]g\}", SERVICES[service]["mem_limit"])
    assert SERVICES[service]["pids_limit"] <= 256


def test_of_the_repository_the_image_is_given_what_it_needs_alone():
    patterns = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    for name in (
        "backend/glidepath/app.py",
        "migrations/env.py",
        "uv.lock",
        "frontend/src/app.css",
    ):
        assert not ignored(name, patterns), name
    for name in (
        ".env",
        ".git/config",
        ".glidepath/vapid.key",
        "tests/conftest.py",
        "frontend/node_modules/x/y.js",
        "backend/glidepath/__pycache__/app.pyc",
        "deploy/roles.sh",
    ):
        assert ignored(name, patterns), name
