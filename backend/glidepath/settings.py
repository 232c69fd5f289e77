"""The environment, read once and typed. README.md lists every setting; a test compares the two."""

import difflib
import re
from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network, collapse_addresses, ip_network
from pathlib import Path
from typing import Annotated, Final, Literal, get_type_hints
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta

PREFIX = "GLIDEPATH_"
# Of the curve that browsers take for signatures of pushes.
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
# Whoever reads one of these can use it.
SECRET = frozenset(
    {"vapid_key", "audit_key", "field_keys", "operations_token", "heartbeat_url", "operator_hook"}
    | {"backup_heartbeat_url"}
)
# Each address of four numbers is one of these as well, and of the other kind so many are given out.
OLDER_WORLD: Final = IPv6Network("::ffff:0:0/96")
NEWER_WORLD: Final = IPv6Network("2000::/3")
TOO_MUCH_OF_THE_WORLD: Final = 0.5
Url = Annotated[str, Meta(pattern=r"^https?://\S+$")]


class SettingsError(Exception):
    """One sentence for the person who set the environment."""


def _about(what: str, expected: str) -> Meta:
    return Meta(description=what, extra={"expected": expected})


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """How this process runs; `base_url` and `data_dir` are filled in when left out."""

    database_url: Annotated[
        Annotated[str, Meta(pattern="^postgresql://.")] | None,
        _about(
            "PostgreSQL, as the app's own role. Unset: the embedded PostgreSQL in the data folder",
            "an address such as postgresql://glidepath_app:secret@host/glidepath",
        ),
    ] = None
    direct_database_url: Annotated[
        Annotated[str, Meta(pattern="^postgresql://.")] | None,
        _about(
            "The same past a pooler such as PgBouncer, for what needs a connection of its own: listening, and the "
            "worker's queue. Unset: there is no pooler",
            "an address such as postgresql://glidepath_app:secret@host/glidepath",
        ),
    ] = None
    replica_database_url: Annotated[
        Annotated[str, Meta(pattern="^postgresql://.")] | None,
        _about(
            "A read replica, as the app's own role, from which the worker makes files (exports). Unset: there is none",
            "an address such as postgresql://glidepath_app:secret@replica/glidepath",
        ),
    ] = None
    owner_database_url: Annotated[
        Annotated[str, Meta(pattern="^postgresql://.")] | None,
        _about(
            "The same database as the role that owns the tables; only migrations use it",
            "an address such as postgresql://glidepath_owner:secret@host/glidepath",
        ),
    ] = None
    data_dir: Annotated[
        Path, _about("Folder of the embedded PostgreSQL", "the path of a folder")
    ] = Path(".glidepath")
    host: Annotated[
        Annotated[str, Meta(pattern=r"^\S+$")],
        _about("Address the web server listens on", "an address such as 127.0.0.1"),
    ] = "127.0.0.1"
    port: Annotated[
        Annotated[int, Meta(ge=1, le=65535)],
        _about("Port the web server listens on", "a number from 1 to 65535"),
    ] = 8000
    base_url: Annotated[
        Annotated[str, Meta(pattern=r"^(https?://[^/\s]+)?$")],
        _about(
            "Public address, used in links. Unset: http://host:port",
            "an address without a path, such as https://glidepath.example.org",
        ),
    ] = ""
    trusted_proxies: Annotated[
        Annotated[str, Meta(pattern=r"^([0-9a-fA-F.:/]+( |$))*$")],
        _about(
            "Front servers whose X-Forwarded-For and X-Forwarded-Proto are believed. Unset: nobody's",
            "addresses or networks with a space between them, such as 10.0.0.5 10.1.0.0/24, never *",
        ),
    ] = ""
    smtp_url: Annotated[
        Annotated[str, Meta(pattern="^smtps?://.")] | None,
        _about(
            "Mail server. Unset: no mail is sent, and who relies on it is told so",
            "an address such as smtps://user:secret@mail.example.org:465",
        ),
    ] = None
    mail_from: Annotated[
        Annotated[str, Meta(pattern="@")] | None,
        _about(
            "Sender of the mail; needed with a mail server",
            "a sender such as Glidepath <no-reply@example.org>",
        ),
    ] = None
    vapid_key: Annotated[
        Annotated[str, Meta(pattern="^[0-9a-f]{64}$")] | None,
        _about(
            "Signs pushes. Unset: no push is sent, and the start says so; `glidepath run` makes its own",
            "64 hexadecimal digits, such as `openssl rand -hex 32` prints",
        ),
    ] = None
    push_hosts: Annotated[
        Annotated[str, Meta(pattern=r"^((\*\.)?[a-z0-9.-]+( |$))*$")],
        _about(
            "Push services to be trusted beside those of Chrome, Firefox, Safari and Edge",
            "names with a space between them, such as push.example.org *.push.example.net",
        ),
    ] = ""
    local_peers: Annotated[
        bool,
        _about(
            "For tests: pushes and webhooks may go to 127.0.0.1 without TLS; refused at a public address",
            "true or false",
        ),
    ] = False
    operations_token: Annotated[
        Annotated[str, Meta(min_length=16)] | None,
        _about(
            "Opens /metrics and the detail of /readyz to other machines, as a bearer token. "
            "Unset: to this machine alone",
            "16 characters or more",
        ),
    ] = None
    watchdog: Annotated[
        bool,
        _about(
            "Whether a watchdog is to run here: then its silence is red from the first 20 minutes on. "
            "Its other addresses below say so, too",
            "true or false",
        ),
    ] = False
    watchdog_minutes: Annotated[
        Annotated[int, Meta(ge=1, le=720)],
        _about("How often the watchdog sends an alert of its own the whole way", "1 to 720"),
    ] = 15
    watchdog_url: Annotated[
        Annotated[str, Meta(pattern=r"^(https?://[^/\s]+)?$")],
        _about(
            "Where the watchdog finds the web server. Unset: http://host:port",
            "an address without a path, such as http://app:8000",
        ),
    ] = ""
    watchdog_port: Annotated[
        Annotated[int, Meta(ge=1, le=65535)],
        _about(
            "Port on this machine at which the watchdog takes its own mail from the worker",
            "a number from 1 to 65535",
        ),
    ] = 8025
    heartbeat_url: Annotated[
        Url | None,
        _about(
            "Asked by the watchdog whenever its alert arrived; whoever watches from outside notices "
            "that it stopped",
            "an address such as https://heartbeats.example.org/glidepath",
        ),
    ] = None
    operator_email: Annotated[
        Annotated[str, Meta(pattern="@")] | None,
        _about(
            "Whom the watchdog mails when its alert does not arrive",
            "an address such as operator@example.org",
        ),
    ] = None
    operator_hook: Annotated[
        Url | None,
        _about(
            "Told by the watchdog (a POST with JSON) when its alert does not arrive, and when it does again",
            "an address such as https://hooks.example.org/glidepath",
        ),
    ] = None
    audit_key: Annotated[
        Annotated[str, Meta(pattern="^[0-9a-f]{64}$")] | None,
        _about(
            "Seals the audit trail; the same for web server and worker, and kept for good. Unset: a file in "
            "the data folder, refused at a public address",
            "64 hexadecimal digits, such as `openssl rand -hex 32` prints",
        ),
    ] = None
    audit_anchor: Annotated[
        Path | None,
        _about(
            "File to which the worker adds the head of each clinic's audit trail every five minutes. Unset: "
            "audit-anchors.jsonl in the data folder",
            "the path of a file",
        ),
    ] = None
    erasure_days: Annotated[
        Annotated[int, Meta(ge=1, le=30)],
        _about("How many days a planned erasure waits and can be taken back", "1 to 30"),
    ] = 7
    erasure_list: Annotated[
        Path | None,
        _about(
            "File to which the worker adds who was erased, as ids, and which is applied again after a restore. Unset: "
            "erasures.jsonl in the data folder",
            "the path of a file",
        ),
    ] = None
    field_keys: Annotated[
        Annotated[str, Meta(pattern="^[0-9a-f]{64}( [0-9a-f]{64})*$")] | None,
        _about(
            "Seal what people write, such as notes and messages; the first one seals, all open. Unset: a file "
            "in the data folder, refused at a public address",
            "64 hexadecimal digits, such as `openssl rand -hex 32` prints; older keys after a space",
        ),
    ] = None
    backup_recipient: Annotated[
        Annotated[str, Meta(pattern=r"^age1[0-9a-z]{58}( age1[0-9a-z]{58})*$")] | None,
        _about(
            "For whom `glidepath backup` seals: the public half of a key that `glidepath backup-key` makes",
            "what `glidepath backup-key` prints, age1 and 58 letters and digits; others after a space",
        ),
    ] = None
    backup_folder: Annotated[
        Path | None,
        _about(
            "Folder into which `glidepath backup` writes, and in which `glidepath doctor` looks for one of the last day",
            "the path of a folder",
        ),
    ] = None
    backup_heartbeat_url: Annotated[
        Url | None,
        _about(
            "Asked by `glidepath backup` once all of it is on the disk; whoever watches from outside notices that it stopped",
            "an address such as https://heartbeats.example.org/glidepath-backup",
        ),
    ] = None
    service_worker: Annotated[
        bool,
        _about(
            "Whether browsers keep the app's files, to open it without a network. false: each gives its worker "
            "up and loads the page anew",
            "true or false",
        ),
    ] = True
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"],
        _about("How much is logged", "one of debug, info, warning, error"),
    ] = "info"

    def __post_init__(self) -> None:
        reachable = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104
        name = f"[{reachable}]" if ":" in reachable else reachable
        if not self.base_url:
            msgspec.structs.force_setattr(self, "base_url", f"http://{name}:{self.port}")
        if not self.watchdog_url:
            msgspec.structs.force_setattr(self, "watchdog_url", f"http://{name}:{self.port}")
        msgspec.structs.force_setattr(self, "data_dir", self.data_dir.expanduser().absolute())
        anchor = self.audit_anchor or self.data_dir / "audit-anchors.jsonl"
        msgspec.structs.force_setattr(self, "audit_anchor", anchor.expanduser().absolute())
        erased = self.erasure_list or self.data_dir / "erasures.jsonl"
        msgspec.structs.force_setattr(self, "erasure_list", erased.expanduser().absolute())

    @property
    def listening_url(self) -> str:
        """Where a connection stays one's own from one transaction to the next."""
        found = self.direct_database_url or self.database_url
        assert found is not None
        return found

    @property
    def has_watchdog(self) -> bool:
        """Whether this installation says that it has one; whether it runs is another question."""
        told = (self.heartbeat_url, self.operator_email, self.operator_hook)
        return self.watchdog or any(told)

    @property
    def is_public(self) -> bool:
        """Whether others than this machine's users are meant to reach it."""
        return not _is_here(self.base_url)

    @property
    def sends_mail(self) -> bool:
        return self.smtp_url is not None and self.mail_from is not None

    def __repr__(self) -> str:
        # The addresses hold passwords, and a settings object ends up in tracebacks.
        shown = {name: _masked(name, getattr(self, name)) for name in self.__struct_fields__}
        return f"Settings({', '.join(f'{name}={value}' for name, value in shown.items())})"


SETTING_NAMES = tuple(PREFIX + field.upper() for field in Settings.__struct_fields__)


def load_settings(environ: Mapping[str, str]) -> Settings:
    """Read the GLIDEPATH_ variables of `environ`; an empty one counts as unset.

    Raises SettingsError with a sentence that names the variable, what it holds and what it needs.
    """
    given = {name: value for name, value in environ.items() if name.startswith(PREFIX) and value}
    for name in sorted(given.keys() - set(SETTING_NAMES)):
        nearest = difflib.get_close_matches(name, SETTING_NAMES, n=1, cutoff=0)[0]
        raise SettingsError(f"{name} is not a setting; the nearest one is {nearest}.")
    values = {name.removeprefix(PREFIX).lower(): value for name, value in given.items()}
    try:
        settings = msgspec.convert(values, Settings, strict=False, dec_hook=_decode)
    except msgspec.ValidationError as error:
        field = str(error).rpartition("$.")[2].rstrip("`")
        raise SettingsError(
            f"{PREFIX}{field.upper()} is {_masked(field, values[field])!r}; "
            f"it must be {_meta(field, 'expected')}."
        ) from None
    if settings.smtp_url and not settings.mail_from:
        raise SettingsError(
            "GLIDEPATH_SMTP_URL is set but GLIDEPATH_MAIL_FROM is not; "
            f"set it to {_meta('mail_from', 'expected')}."
        )
    if settings.direct_database_url and not settings.database_url:
        raise SettingsError(
            "GLIDEPATH_DIRECT_DATABASE_URL is set but GLIDEPATH_DATABASE_URL is not; "
            "set it to the pooler's address."
        )
    _require_few(settings.trusted_proxies.split())
    if settings.local_peers and not _is_here(settings.base_url):
        raise SettingsError(
            f"GLIDEPATH_LOCAL_PEERS is for tests on one machine; unset it at {settings.base_url}."
        )
    if settings.vapid_key is not None and not 0 < int(settings.vapid_key, 16) < P256_ORDER:
        raise SettingsError(
            f"GLIDEPATH_VAPID_KEY is no key; set it to {_meta('vapid_key', 'expected')}."
        )
    return settings


def _require_few(proxies: list[str]) -> None:
    """Half the world is no front: whoever it names could say to come from wherever they like."""
    older, newer = list[IPv4Network](), list[IPv6Network]()
    for proxy in proxies:
        try:
            network = ip_network(proxy)
        except ValueError:
            raise _no_front(proxy) from None
        if isinstance(network, IPv4Network):
            older.append(network)
        elif network.subnet_of(OLDER_WORLD):
            last = int(network.network_address) & 0xFFFFFFFF
            older.append(IPv4Network((last, network.prefixlen - OLDER_WORLD.prefixlen)))
        else:
            # What holds all that is given out holds no more than that.
            newer.append(NEWER_WORLD if network.supernet_of(NEWER_WORLD) else network)
            if network.supernet_of(OLDER_WORLD):
                older.append(IPv4Network("0.0.0.0/0"))
    given_out = [one for one in collapse_addresses(newer) if one.subnet_of(NEWER_WORLD)]
    share = max(
        sum(0.5**one.prefixlen for one in collapse_addresses(older)),
        sum(0.5 ** (one.prefixlen - NEWER_WORLD.prefixlen) for one in given_out),
    )
    if share >= TOO_MUCH_OF_THE_WORLD:
        raise _no_front(" ".join(proxies))


def _no_front(named: str) -> SettingsError:
    return SettingsError(
        f"GLIDEPATH_TRUSTED_PROXIES names {named!r}; it must be {_meta('trusted_proxies', 'expected')}."
    )


def _is_here(base_url: str) -> bool:
    return urlsplit(base_url).hostname in ("127.0.0.1", "localhost", "::1")


def settings_table() -> str:
    """Every setting as a Markdown table, the way README.md shows it."""
    rows = ["| Variable | Meaning | Default |", "| --- | --- | --- |"]
    for field in msgspec.structs.fields(Settings):
        shown = "true" if field.default is True else field.default
        default = f"`{shown}`" if shown else ""
        name = PREFIX + field.name.upper()
        rows.append(f"| `{name}` | {_meta(field.name, 'description')} | {default} |")
    return "\n".join(rows) + "\n"


def _meta(field: str, what: Literal["description", "expected"]) -> str:
    hint = get_type_hints(Settings, include_extras=True)[field]
    described = next(meta for meta in hint.__metadata__ if meta.description)
    return str(described.description if what == "description" else described.extra["expected"])


def _decode(kind: type, value: object) -> object:
    return Path(str(value)) if kind is Path else value


def _masked(field: str, value: object) -> str:
    if field in SECRET and value is not None:
        return "***"
    return re.sub("//.*@", "//***@", str(value))
