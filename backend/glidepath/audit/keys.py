"""The key of the chains: a setting, or the installation's own."""

from glidepath.own_keys import own_key
from glidepath.settings import Settings


def key_of(settings: Settings) -> bytes:
    return bytes.fromhex(settings.audit_key or own_key(settings.data_dir, "audit"))
