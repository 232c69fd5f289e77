"""What each operation is asked in the matrix: a request that its rightful caller is answered well."""

from base64 import b32decode, b64encode
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

import httpx
from uuid_utils.compat import uuid7

from glidepath.identity import recovery, second_factor, totp
from glidepath.identity import store as identity_store
from tests.accounts import FRESH, NEW_CLINIC
from tests.api.test_assessments import findings
from tests.api.test_message_templates import words
from tests.api.test_notices import CHOSEN
from tests.api.test_own_exercises import own
from tests.api.test_own_forms import file
from tests.api.test_reminders import EVENING
from tests.api.test_templates import template
from tests.authenticator import Authenticator
from tests.bundles import bundle
from tests.clinics import PASSPHRASE, next_plan, own_day, patient_body, policy_body, stretch
from tests.files import PATIENTS, lines
from tests.security.world import ORIGIN, World

RECOVERY_CODE = "ABCDE-FGHJK"
CONSENTED = {
    "kind": "consent",
    "revises": None,
    "withdrawn": False,
    "first_on": str(own_day()),
    "last_on": None,
    "person": None,
    "given_by": "patient",
    "channel": None,
    "happened_at": None,
    "understood": None,
    "text": None,
}
TODAY, TOMORROW = str(own_day()), str(own_day() + timedelta(days=1))


@dataclass(frozen=True)
class Ask:
    """Ids in the path beside the world's own, and the rest of a request. `query`: by its parameters the names
    of ids."""

    body: Any = None
    path: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)


# Who asks is told, for what everybody asks about themselves; with their browser, for what comes before.
Asked = Callable[[World, str, httpx.AsyncClient], Awaitable[Ask]]
ASKED: dict[str, Asked] = {}


def asks(operation: str) -> Callable[[Asked], Asked]:
    def keep(asked: Asked) -> Asked:
        ASKED[operation] = asked
        return asked

    return keep


def always(body: Any = None, *made: str, **headers: str) -> Asked:
    """The same from everybody; the ids of what a PUT makes are made by the caller."""

    async def asked(_: World, __: str, ___: httpx.AsyncClient) -> Ask:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return Ask(body, {name: str(uuid7()) for name in made}, named)

    return asked


NOTHING = always({})
ASKED |= {
    "addOwnForm": always(file()),
    "acknowledgeAlert": always({}, if_match="*"),
    "actOnMessage": always({"what": "called", "after": 0}),
    "askForExport": NOTHING,
    "askForOwnExport": NOTHING,
    "askForReplay": always({"days": 90}),
    "changeSensitivity": always({"sensitivity": "early"}, if_match='"0"'),
    "closeStaff": NOTHING,
    "declineWish": always({"answer": "It has to be kept."}),
    "disownDevice": NOTHING,
    "liftHold": always({"reason": "The claim is settled"}),
    "planErasure": always({"reason": "Asked for in writing"}, "erasure_id"),
    "putErasureWish": always({}, "wish_id"),
    "setHold": always({"reason": "A claim is open"}, "hold_id"),
    "takeErasureBack": NOTHING,
    "takeWishBack": NOTHING,
    "endEmergency": NOTHING,
    "openInEmergency": always({"reason": "Called with red flags", "hours": 1}, "opening_id"),
    "searchNamesakes": always({"name": "Pat Doe"}),
    "dismissProposal": always({"reason": "Too soon"}),
    "forgotten": always({"email": "therapist@north.example"}),
    "inviteStaff": always(
        {"name": "New", "email": "new@north.example", "role": "therapist", "locale": "en"},
        "account_id",
    ),
    "makePhrase": NOTHING,
    "makeRecoveryCodes": NOTHING,
    "keepTimer": NOTHING,
    "makeDiaryFile": NOTHING,
    "makeEvidence": always({"notes": True}),
    "newAuthenticator": NOTHING,
    "newPasskeyOptions": NOTHING,
    "ownDevice": NOTHING,
    "passkeySignInOptions": NOTHING,
    "postAddress": always({"email": "elsewhere@north.example"}),
    "putAlertPolicy": always(policy_body(), if_match='"0"'),
    "putAssessment": always(findings(), "assessment_id"),
    "putClinic": always(NEW_CLINIC, "clinic_id"),
    "putConsent": always({"version": 1, "agrees": True}),
    "putLicence": always({"licence": "PTA"}),
    "putMonitoring": always({"on": False}, if_match='"1"'),
    "putMonitoringRecord": always(CONSENTED, "record_id"),
    "stopTimer": always({"note": "Called about the course."}),
    "putMeasure": always({"measure": "lefs"}, "assignment_id"),
    "putMessage": always({"text": "Hello"}, "message_id"),
    "putMessageTemplate": always(words("New"), "template_id"),
    "putNotices": always(CHOSEN, if_match='"0"'),
    "putOwnExercise": always(own(), "exercise_id"),
    "putOwnPause": always({"first_on": TODAY, "last_on": TOMORROW}, "pause_id"),
    "putPassphrase": always({"passphrase": FRESH}),
    "putPatient": always(patient_body(), "patient_id"),
    "putPause": always({"first_on": TODAY, "last_on": TOMORROW}, "pause_id"),
    "putPlanVersion": always(next_plan(stretch(), based_on=1), "plan_id"),
    "putReminders": always(EVENING),
    "putRetention": always({"years": 10}, if_match='"0"'),
    "putScreening": always({"version": 1, "answers": {}, "note": None}, "screening_id"),
    "putStaffRole": always({"role": "admin"}),
    "putTemplate": always(template("New"), "template_id"),
    "putWebhook": always({"url": "https://pager.example/y"}),
    "renameTemplate": always({"name": "Other", "was": "Kept"}),
    "resolveAlert": always({"outcome": "called", "useful": None, "note": None}, if_match="*"),
    "retireOwnExercise": always({"retired": True}),
    "retireOwnForm": always({"retired": True}),
    "searchCaseload": always({"state": "discharged", "name": ""}),
    "stopMeasure": always({}),
    "snoozeAlert": always({"until": TOMORROW}, if_match="*"),
}


@asks("join")
async def _join(world: World, _: str, __: httpx.AsyncClient) -> Ask:
    return Ask({"code": world.code, "locale": "en"})


@asks("signIn")
async def _sign_in(_: World, __: str, ___: httpx.AsyncClient) -> Ask:
    return Ask({"email": "therapist@north.example", "passphrase": PASSPHRASE})


@asks("lookAtLink")
async def _look_at_link(world: World, _: str, __: httpx.AsyncClient) -> Ask:
    return Ask({"secret": world.links["reset"]})


@asks("useLink")
async def _use_link(world: World, _: str, __: httpx.AsyncClient) -> Ask:
    return Ask({"secret": world.links["reset"], "passphrase": FRESH})


@asks("useAddressLink")
async def _use_address_link(world: World, _: str, __: httpx.AsyncClient) -> Ask:
    return Ask({"secret": world.links["address"]})


@asks("confirmByPassphrase")
async def _confirm(_: World, __: str, ___: httpx.AsyncClient) -> Ask:
    return Ask({"passphrase": PASSPHRASE})


@asks("confirmByPhrase")
@asks("phraseSignIn")
async def _phrase_sign_in(world: World, _: str, __: httpx.AsyncClient) -> Ask:
    return Ask({"phrase": world.phrase})


@asks("confirmByPasskey")
@asks("passkeySignIn")
async def _passkey_sign_in(world: World, _: str, client: httpx.AsyncClient) -> Ask:
    options = await client.post("/api/passkey-sign-in/options", json={})
    return Ask({"credential": world.passkey.sign(options.json()["options"])})


@asks("addPasskey")
async def _add_passkey(_: World, __: str, client: httpx.AsyncClient) -> Ask:
    answer = await client.post("/api/passkeys/options", json={})
    options = answer.json().get("options", {"challenge": "none"})
    made = Authenticator(ORIGIN, "glidepath.example").make(options)
    return Ask({"credential": made, "name": "Laptop"})


async def _authenticator(client: httpx.AsyncClient) -> tuple[bytes, int] | None:
    """The secret of an app that was begun with, and the present step; None for who may not."""
    begun = await client.post("/api/second-factor/authenticator", json={})
    if not begun.is_success:
        return None
    return b32decode(begun.json()["secret"]), totp.step_of(datetime.now(UTC))


@asks("confirmAuthenticator")
async def _confirm_authenticator(_: World, __: str, client: httpx.AsyncClient) -> Ask:
    begun = await _authenticator(client)
    return Ask({"code": totp.code_of(*begun) if begun else "000000"})


@asks("giveCode")
async def _give_code(_: World, __: str, client: httpx.AsyncClient) -> Ask:
    begun = await _set_up(client)
    return Ask({"code": totp.code_of(*begun) if begun else "000000"})


@asks("confirmByCode")
async def _confirm_by_code(world: World, who: str, client: httpx.AsyncClient) -> Ask:
    # As below.
    return (
        await _give_code(world, who, client) if who in world.accounts else Ask({"code": "000000"})
    )


@asks("dropAuthenticator")
async def _drop_authenticator(world: World, who: str, client: httpx.AsyncClient) -> Ask:
    # What is needed for it would let in who has given one factor.
    if who in world.accounts:
        asked = await _add_passkey(world, who, client)
        await client.post("/api/passkeys", json=asked.body)
        await _set_up(client)
    return Ask()


async def _set_up(client: httpx.AsyncClient) -> tuple[bytes, int] | None:
    """With the code of the step before, so that the present one is not used."""
    begun = await _authenticator(client)
    if begun is not None:
        code = totp.code_of(begun[0], begun[1] - 1)
        path = "/api/second-factor/authenticator/confirm"
        assert (await client.post(path, json={"code": code})).is_success
    return begun


@asks("giveRecoveryCode")
async def _give_recovery_code(world: World, who: str, _: httpx.AsyncClient) -> Ask:
    """One that is kept without the time that it takes to hash ten."""
    account_id = world.accounts.get(who)
    if account_id is not None:
        async with world.app.state.database.writing(world.tenant_of(who)) as session:
            account = (await identity_store.accounts(session, [account_id]))[account_id]
            digest = await recovery.digest(RECOVERY_CODE, account_id)
            now = datetime.now(UTC)
            await second_factor.keep_recovery_codes(session, account, [digest], now)
    return Ask({"code": RECOVERY_CODE})


@asks("sync")
async def _sync(world: World, who: str, __: httpx.AsyncClient) -> Ask:
    return Ask({"account_id": _own(world, who), "check_ins": [], "exercise_sessions": []})


@asks("readMessages")
async def _read(world: World, who: str, __: httpx.AsyncClient) -> Ask:
    return Ask({"account_id": _own(world, who), "read": []})


def _own(world: World, who: str) -> str:
    return str(world.accounts.get(who, world.clinic.patient_id))


@asks("putEpisode")
async def _put_episode(world: World, _: str, __: httpx.AsyncClient) -> Ask:
    await _discharge(world)
    body = {"condition": "both", "side": "left", "started_on": TODAY, "screening": None}
    return Ask(body, {"episode_id": str(uuid7())})


@asks("dischargeEpisode")
async def _discharge_episode(world: World, _: str, __: httpx.AsyncClient) -> Ask:
    return Ask(await _end(world))


@asks("reopenEpisode")
async def _reopen(world: World, _: str, __: httpx.AsyncClient) -> Ask:
    await _discharge(world)
    return Ask({"note": None})


async def _end(world: World) -> dict[str, Any]:
    """What ends the episode, once its urgent alert was seen to."""
    seen = {"if-match": _version(world)}
    done = {"outcome": "called", "useful": None, "note": None}
    path = f"/api/alerts/{world.ids['alert_id']}/resolve"
    await world.clinic.therapist.post(path, json=done, headers=seen)
    waiting = await world.clinic.therapist.get(f"/api/episodes/{world.ids['episode_id']}/waiting")
    alerts = [{"id": one["id"], "version": one["version"]} for one in waiting.json()["alerts"]]
    return {"ended_on": TODAY, "reason": "goals_met", "note": None, "alerts": alerts}


async def _discharge(world: World) -> None:
    path = f"/api/episodes/{world.ids['episode_id']}/discharge"
    answer = await world.clinic.therapist.post(path, json=await _end(world))
    assert answer.is_success, answer.text


@asks("endPause")
async def _end_pause(world: World, _: str, __: httpx.AsyncClient) -> Ask:
    pause_id = str(uuid7())
    path = f"/api/episodes/{world.ids['episode_id']}/pauses/{pause_id}"
    pause = {"first_on": TODAY, "last_on": TOMORROW}
    answer = await world.clinic.therapist.put(path, json=pause)
    assert answer.is_success, answer.text
    return Ask({}, {"pause_id": pause_id})


@asks("startTimer")
async def _start_timer(world: World, _: str, __: httpx.AsyncClient) -> Ask:
    """Once the one that runs was thrown away."""
    path = f"/api/monitoring-timers/{world.ids['timer_id']}/stop"
    answer = await world.clinic.therapist.post(path, json={"note": None})
    assert answer.is_success, answer.text
    return Ask({}, {"timer_id": str(uuid7())})


@asks("correctWork")
async def _correct_work(world: World, _: str, __: httpx.AsyncClient) -> Ask:
    body = {"revises": world.ids["work_id"], "withdrawn": False, "seconds": 60, "note": "Less."}
    return Ask(body, {"work_id": str(uuid7())})


@asks("putClosing")
async def _close(_: World, __: str, ___: httpx.AsyncClient) -> Ask:
    first = (datetime.now(UTC) - timedelta(days=40)).date().replace(day=1)
    body = {"kind": "month", "first_on": str(first), "amends": None}
    return Ask(body, {"closing_id": str(uuid7())})


@asks("undoAlert")
async def _undo(world: World, _: str, client: httpx.AsyncClient) -> Ask:
    """Of what the asker did or, where they may do nothing, of what the patient's therapist did."""
    path, seen = f"/api/alerts/{world.ids['alert_id']}/acknowledge", {"if-match": _version(world)}
    answer = await client.post(path, json={}, headers=seen)
    if not answer.is_success:
        answer = await world.clinic.therapist.post(path, json={}, headers=seen)
    return Ask({}, headers={"if-match": answer.headers["etag"]})


@asks("inviteFirstAdmin")
async def _invite_first_admin(world: World, _: str, __: httpx.AsyncClient) -> Ask:
    """Into a clinic that was just added."""
    clinic_id = str(uuid7())
    path = f"/api/installation/clinics/{clinic_id}"
    await world.actors["operator"].put(path, json=NEW_CLINIC)
    return Ask(NEW_CLINIC["admin"], {"clinic_id": clinic_id})


@asks("acknowledgeAlerts")
async def _acknowledge(world: World, _: str, __: httpx.AsyncClient) -> Ask:
    alert = world.page["alerts"][0]
    return Ask({"alerts": [{"id": alert["id"], "version": alert["version"]}]})


@asks("viewAlerts")
async def _view(world: World, _: str, __: httpx.AsyncClient) -> Ask:
    return Ask({"alerts": [world.ids["alert_id"]]})


@asks("readPatientMessages")
async def _read_of_patient(world: World, _: str, __: httpx.AsyncClient) -> Ask:
    return Ask({"ids": [world.ids["message_id"]]})


@asks("putPushSubscription")
async def _subscribe(world: World, _: str, __: httpx.AsyncClient) -> Ask:
    return Ask(world.browser.subscription)


@asks("handOverPatient")
async def _hand_over(world: World, _: str, __: httpx.AsyncClient) -> Ask:
    to_id = str(world.accounts["unassigned"])
    return Ask({"from_id": str(world.clinic.therapist_id), "to_id": to_id, "stays": True})


@asks("handOverCaseload")
async def _hand_over_all(world: World, _: str, __: httpx.AsyncClient) -> Ask:
    """The caseload of the one therapist, whoever asks."""
    to_id = str(world.accounts["unassigned"])
    return Ask({"from_id": str(world.clinic.therapist_id), "to_id": to_id})


@asks("addToTeam")
async def _add_to_team(world: World, _: str, __: httpx.AsyncClient) -> Ask:
    return Ask({}, {"account_id": str(world.accounts["unassigned"])})


@asks("removeFromTeam")
async def _remove_from_team(world: World, _: str, __: httpx.AsyncClient) -> Ask:
    account_id = str(world.accounts["admin"])
    path = f"/api/patients/{world.ids['patient_id']}/team/{account_id}"
    await world.clinic.therapist.put(path, json={})
    return Ask(None, {"account_id": account_id})


@asks("putCover")
async def _put_cover(world: World, _: str, __: httpx.AsyncClient) -> Ask:
    """The absence of the one therapist, whoever enters it."""
    body = {
        "absent_id": str(world.clinic.therapist_id),
        "cover_id": str(world.accounts["unassigned"]),
        "starts_on": TODAY,
        "ends_on": TODAY,
    }
    return Ask(body, {"cover_id": str(uuid7())})


@asks("exportPatients")
@asks("exportSystem")
async def _(_: World, __: str, ___: httpx.AsyncClient) -> Ask:
    return Ask(path={"kind": "Patient"}, headers={"prefer": "respond-async"})


@asks("getBulkFile")
async def _(_: World, __: str, ___: httpx.AsyncClient) -> Ask:
    return Ask(path={"number": "0"})


@asks("searchResources")
async def _(_: World, __: str, ___: httpx.AsyncClient) -> Ask:
    return Ask(path={"kind": "Observation"}, query={"patient": "patient_id"})


@asks("importBundle")
async def _(_: World, __: str, ___: httpx.AsyncClient) -> Ask:
    return Ask({"bundle": bundle(), "admit": True})


@asks("importCsv")
async def _(_: World, __: str, ___: httpx.AsyncClient) -> Ask:
    file = lines(PATIENTS, "7,Ana Doe,es,sciatic,left,2025-02-01,,")
    body = {"kind": "patients", "file": b64encode(file).decode(), "seen": sha256(file).hexdigest()}
    return Ask(body)


@asks("readResource")
@asks("getEverything")
async def _(world: World, _: str, __: httpx.AsyncClient) -> Ask:
    return Ask(path={"kind": "Patient", "identity": world.ids["patient_id"]})


def _version(world: World) -> str:
    return f'"{world.page["alerts"][0]["version"]}"'


def path_of(route: str, ids: Mapping[str, str]) -> str:
    """A path of the route table with its ids filled in."""
    parts = [part.strip("{}").partition(":") for part in route.split("/")]
    return "/".join(ids[name] if kind else name for name, _, kind in parts)


async def asked(
    world: World,
    operation: str,
    route: str,
    who: str,
    client: httpx.AsyncClient,
    *,
    unknown: bool = False,
) -> tuple[str, Ask]:
    """The address and the rest of what `who` asks for; or of the same for something that nobody made."""
    wanted = ASKED.get(operation)
    ask = Ask({}) if wanted is None else await wanted(world, who, client)
    headers = {
        name: _version(world) if value == "*" else value for name, value in ask.headers.items()
    }
    ids = {**world.ids, "path": "therapist", **ask.path}
    if "message-templates" in route and "template_id" not in ask.path:
        ids["template_id"] = world.ids["words_id"]
    if unknown:
        ids = {name: one if name == "kind" else str(uuid7()) for name, one in ids.items()}
    query = urlencode({name: ids[one] for name, one in ask.query.items()})
    return path_of(route, ids) + (query and f"?{query}"), Ask(ask.body, ask.path, headers)
