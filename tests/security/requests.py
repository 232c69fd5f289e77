"""What each operation is asked in the matrix: a request that its rightful caller is answered well."""

from base64 import b64encode
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

import httpx
from uuid_utils.compat import uuid7

from tests.accounts import FRESH, NEW_CLINIC
from tests.api.test_assessments import findings
from tests.api.test_message_templates import words
from tests.api.test_notices import CHOSEN
from tests.api.test_own_exercises import own
from tests.api.test_own_forms import file
from tests.api.test_reminders import EVENING
from tests.api.test_templates import template
from tests.bundles import bundle
from tests.clinics import next_plan, own_day, patient_body, policy_body, stretch
from tests.files import PATIENTS, lines
from tests.security import ways_in
from tests.security.asks import Ask, Asking, always
from tests.security.world import World

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
# Still to come where midnight passes before it is asked.
DAY_AFTER = str(own_day() + timedelta(days=2))


NOTHING = always({})
ASKED = Asking(ways_in.ASKED)
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
    "snoozeAlert": always({"until": DAY_AFTER}, if_match="*"),
}


@ASKED.of("sync")
async def _sync(world: World, who: str, __: httpx.AsyncClient) -> Ask:
    return Ask({"account_id": _own(world, who), "check_ins": [], "exercise_sessions": []})


@ASKED.of("readMessages")
async def _read(world: World, who: str, __: httpx.AsyncClient) -> Ask:
    return Ask({"account_id": _own(world, who), "read": []})


def _own(world: World, who: str) -> str:
    return str(world.accounts.get(who, world.clinic.patient_id))


@ASKED.of("putEpisode")
async def _put_episode(world: World, _: str, __: httpx.AsyncClient) -> Ask:
    await _discharge(world)
    body = {"condition": "both", "side": "left", "started_on": TODAY, "screening": None}
    return Ask(body, {"episode_id": str(uuid7())})


@ASKED.of("dischargeEpisode")
async def _discharge_episode(world: World, _: str, __: httpx.AsyncClient) -> Ask:
    return Ask(await _end(world))


@ASKED.of("reopenEpisode")
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


@ASKED.of("endPause")
async def _end_pause(world: World, _: str, __: httpx.AsyncClient) -> Ask:
    pause_id = str(uuid7())
    path = f"/api/episodes/{world.ids['episode_id']}/pauses/{pause_id}"
    pause = {"first_on": TODAY, "last_on": TOMORROW}
    answer = await world.clinic.therapist.put(path, json=pause)
    assert answer.is_success, answer.text
    return Ask({}, {"pause_id": pause_id})


@ASKED.of("startTimer")
async def _start_timer(world: World, _: str, __: httpx.AsyncClient) -> Ask:
    """Once the one that runs was thrown away."""
    path = f"/api/monitoring-timers/{world.ids['timer_id']}/stop"
    answer = await world.clinic.therapist.post(path, json={"note": None})
    assert answer.is_success, answer.text
    return Ask({}, {"timer_id": str(uuid7())})


@ASKED.of("correctWork")
async def _correct_work(world: World, _: str, __: httpx.AsyncClient) -> Ask:
    body = {"revises": world.ids["work_id"], "withdrawn": False, "seconds": 60, "note": "Less."}
    return Ask(body, {"work_id": str(uuid7())})


@ASKED.of("putClosing")
async def _close(_: World, __: str, ___: httpx.AsyncClient) -> Ask:
    first = (datetime.now(UTC) - timedelta(days=40)).date().replace(day=1)
    body = {"kind": "month", "first_on": str(first), "amends": None}
    return Ask(body, {"closing_id": str(uuid7())})


@ASKED.of("undoAlert")
async def _undo(world: World, _: str, client: httpx.AsyncClient) -> Ask:
    """Of what the asker did or, where they may do nothing, of what the patient's therapist did."""
    path, seen = f"/api/alerts/{world.ids['alert_id']}/acknowledge", {"if-match": _version(world)}
    answer = await client.post(path, json={}, headers=seen)
    if not answer.is_success:
        answer = await world.clinic.therapist.post(path, json={}, headers=seen)
    return Ask({}, headers={"if-match": answer.headers["etag"]})


@ASKED.of("inviteFirstAdmin")
async def _invite_first_admin(world: World, _: str, __: httpx.AsyncClient) -> Ask:
    """Into a clinic that was just added."""
    clinic_id = str(uuid7())
    path = f"/api/installation/clinics/{clinic_id}"
    await world.actors["operator"].put(path, json=NEW_CLINIC)
    return Ask(NEW_CLINIC["admin"], {"clinic_id": clinic_id})


@ASKED.of("acknowledgeAlerts")
async def _acknowledge(world: World, _: str, __: httpx.AsyncClient) -> Ask:
    alert = world.page["alerts"][0]
    return Ask({"alerts": [{"id": alert["id"], "version": alert["version"]}]})


@ASKED.of("viewAlerts")
async def _view(world: World, _: str, __: httpx.AsyncClient) -> Ask:
    return Ask({"alerts": [world.ids["alert_id"]]})


@ASKED.of("readPatientMessages")
async def _read_of_patient(world: World, _: str, __: httpx.AsyncClient) -> Ask:
    return Ask({"ids": [world.ids["message_id"]]})


@ASKED.of("putPushSubscription")
async def _subscribe(world: World, _: str, __: httpx.AsyncClient) -> Ask:
    return Ask(world.browser.subscription)


@ASKED.of("handOverPatient")
async def _hand_over(world: World, _: str, __: httpx.AsyncClient) -> Ask:
    to_id = str(world.accounts["unassigned"])
    return Ask({"from_id": str(world.clinic.therapist_id), "to_id": to_id, "stays": True})


@ASKED.of("handOverCaseload")
async def _hand_over_all(world: World, _: str, __: httpx.AsyncClient) -> Ask:
    """The caseload of the one therapist, whoever asks."""
    to_id = str(world.accounts["unassigned"])
    return Ask({"from_id": str(world.clinic.therapist_id), "to_id": to_id})


@ASKED.of("addToTeam")
async def _add_to_team(world: World, _: str, __: httpx.AsyncClient) -> Ask:
    return Ask({}, {"account_id": str(world.accounts["unassigned"])})


@ASKED.of("removeFromTeam")
async def _remove_from_team(world: World, _: str, __: httpx.AsyncClient) -> Ask:
    account_id = str(world.accounts["admin"])
    path = f"/api/patients/{world.ids['patient_id']}/team/{account_id}"
    await world.clinic.therapist.put(path, json={})
    return Ask(None, {"account_id": account_id})


@ASKED.of("putCover")
async def _put_cover(world: World, _: str, __: httpx.AsyncClient) -> Ask:
    """The absence of the one therapist, whoever enters it."""
    body = {
        "absent_id": str(world.clinic.therapist_id),
        "cover_id": str(world.accounts["unassigned"]),
        "starts_on": TODAY,
        "ends_on": TODAY,
    }
    return Ask(body, {"cover_id": str(uuid7())})


@ASKED.of("exportPatients")
@ASKED.of("exportSystem")
async def _(_: World, __: str, ___: httpx.AsyncClient) -> Ask:
    return Ask(path={"kind": "Patient"}, headers={"prefer": "respond-async"})


@ASKED.of("getBulkFile")
async def _(_: World, __: str, ___: httpx.AsyncClient) -> Ask:
    return Ask(path={"number": "0"})


@ASKED.of("searchResources")
async def _(_: World, __: str, ___: httpx.AsyncClient) -> Ask:
    return Ask(path={"kind": "Observation"}, query={"patient": "patient_id"})


@ASKED.of("importBundle")
async def _(_: World, __: str, ___: httpx.AsyncClient) -> Ask:
    return Ask({"bundle": bundle(), "admit": True})


@ASKED.of("importCsv")
async def _(_: World, __: str, ___: httpx.AsyncClient) -> Ask:
    file = lines(PATIENTS, "7,Ana Doe,es,sciatic,left,2025-02-01,,")
    body = {"kind": "patients", "file": b64encode(file).decode(), "seen": sha256(file).hexdigest()}
    return Ask(body)


@ASKED.of("readResource")
@ASKED.of("getEverything")
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
