"""What a push carries, and what becomes of what push services answer."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest

from glidepath.notify import push
from glidepath.notify.outcomes import Later, Outcome, Refused, Sent
from glidepath.notify.peers import Answer
from glidepath.settings import Settings, SettingsError, load_settings
from glidepath.startup import own_vapid_key
from tests.push_service import VAPID_KEY, Browser, PushService


@pytest.mark.parametrize("kind", ["alert", "list", "test", "reminder"])
def test_only_the_browser_opens_it_and_it_holds_a_kind_and_an_id(kind: push.Kind):
    browser, other = Browser(PushService(), "/"), Browser(PushService(), "/")
    notification = uuid4()
    sealed = push.seal(push.payload(kind, notification), browser.point, browser.auth)
    assert json.loads(browser.open(sealed)) == {"t": kind, "id": str(notification)}
    assert len(browser.open(sealed)) == push.LENGTH
    with pytest.raises(Exception, match="Decryption error"):
        other.open(sealed)


@pytest.mark.parametrize(
    ("answers", "told_before", "expected"),
    [
        ([Sent(), Refused("push_410")], False, Sent()),
        ([Refused("push_410")], True, Sent()),
        ([Refused("push_410"), Refused("push_404")], False, Refused("push_410")),
        ([Sent(), Later("push_503")], False, Later("push_503")),
        (
            [Later("push_503"), Later("push_429", timedelta(seconds=9)), Refused("push_410")],
            False,
            Later("push_429", timedelta(seconds=9)),
        ),
        ([], True, Sent()),
        ([], False, Refused("no_browser")),
    ],
)
def test_somebody_is_told_once_nothing_is_left_to_try(
    answers: list[Outcome], told_before: bool, expected: Outcome
):
    assert push._end(answers, told_before=told_before) == expected


def test_too_large_a_push_is_a_defect_of_ours_by_name():
    assert push.by_status(Answer(413, None)) == Refused("push_too_large")


@pytest.mark.parametrize(
    ("environ", "contact"),
    [
        ({"GLIDEPATH_BASE_URL": "https://g.example:8443"}, "https://g.example:8443"),
        ({"GLIDEPATH_MAIL_FROM": "Glidepath <it@g.example>"}, "mailto:it@g.example"),
        ({"GLIDEPATH_MAIL_FROM": "it@g.example"}, "mailto:it@g.example"),
    ],
)
def test_a_push_service_is_told_whom_to_ask(environ: dict[str, str], contact: str):
    sender = push.sender(load_settings({"GLIDEPATH_VAPID_KEY": VAPID_KEY, **environ}))
    assert sender is not None
    assert sender.contact == contact


def test_a_machine_makes_its_own_key_once_and_keeps_it_to_itself(tmp_path):
    key = own_vapid_key(tmp_path / "new")
    assert own_vapid_key(tmp_path / "new") == key
    assert (tmp_path / "new" / "vapid.key").stat().st_mode & 0o777 == 0o600
    assert push.sender(Settings(vapid_key=key)) is not None


@pytest.mark.parametrize("key", ["0" * 64, "f" * 64, "1f"])
def test_what_is_no_key_is_refused_without_being_said(key: str):
    with pytest.raises(SettingsError, match="GLIDEPATH_VAPID_KEY") as refused:
        load_settings({"GLIDEPATH_VAPID_KEY": key})
    assert key not in str(refused.value)
    assert VAPID_KEY not in repr(Settings(vapid_key=VAPID_KEY))


def test_a_public_address_refuses_peers_on_this_machine():
    local = {"GLIDEPATH_LOCAL_PEERS": "true"}
    assert load_settings(local).local_peers
    with pytest.raises(SettingsError, match="for tests"):
        load_settings({**local, "GLIDEPATH_BASE_URL": "https://glidepath.example"})
