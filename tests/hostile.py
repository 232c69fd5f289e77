"""Hostile texts, and a patient in whose every free text such a one stands, written as people write it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unicodedata import normalize
from urllib.parse import urlsplit

import httpx
from uuid_utils.compat import uuid7

from tests.authenticator import Authenticator
from tests.clinics import check_in, next_plan, own_day, patient_body, stretch
from tests.codes import session_of

_FILE = json.loads((Path(__file__).parent / "fixtures/hostile.json").read_text())
# One line of at most 80 characters, which every field takes; what only longer prose takes; and what
# nothing takes. In the form in which texts are kept; that others are brought into it, test_requests.py holds.
LINES, PROSE = ([normalize("NFC", one) for one in _FILE[kind]] for kind in ("lines", "prose"))
REFUSED: list[str] = _FILE["refused"]
HARMLESS = "Harmless words."

# Every free text that the interface takes, by the body that carries it. A new one is to be written in
# `Story` and shown in the browser before it is added here.
FIELDS = {
    "post /api/passkeys": {"name"},
    "post /api/plan-proposals/{proposal_id}/dismiss": {"reason"},
    "put /api/own-exercises/{exercise_id}": {
        f"exercise.{language}.{part}"
        for language in ("en", "es")
        for part in ("title", "summary", "position", "steps[]", "caution")
    },
    "put /api/patients/{patient_id}": {"name", "plan.note", "screening.note"},
    "put /api/patients/{patient_id}/episodes/{episode_id}": {"screening.note"},
    "put /api/episodes/{episode_id}/screenings/{screening_id}": {"note"},
    "post /api/episodes/{episode_id}/discharge": {"note"},
    "post /api/episodes/{episode_id}/reopen": {"note"},
    "post /api/caseload/search": {"name"},
    "put /api/episodes/{episode_id}/plan-versions/{plan_id}": {"note"},
    "put /api/plan-templates/{template_id}": {"name", "note"},
    "post /api/plan-templates/{template_id}/rename": {"name"},
    "put /api/message-templates/{template_id}": {"name", "en", "es"},
    "post /api/sync": {"check_ins[].note", "messages[].text", "measure_answers[].names[]"},
    "post /api/alerts/{alert_id}/resolve": {"note"},
    "put /api/patients/{patient_id}/messages/{message_id}": {"text"},
    "put /api/episodes/{episode_id}/assessments/{assessment_id}": {"note"},
}
# What no patient's story has in it, and the tests of its screens do not show: the name of one of the staff,
# which an admin gives and everybody at the clinic reads; a clinic's and its first admin's, which an operator
# gives; the reasons of emergencies, holds and erasures, which admins read; a clinic's own form, and a file that
# admins import; what is searched for; and remote monitoring, which there is
# in the United States alone. That these are texts alone, the test holds that no source puts HTML into a page.
ELSEWHERE = {
    "put /api/staff/{account_id}": {"name"},
    "put /api/patients/{patient_id}/emergency-openings/{opening_id}": {"reason"},
    "put /api/patients/{patient_id}/holds/{hold_id}": {"reason"},
    "post /api/patients/{patient_id}/holds/{hold_id}/lift": {"reason"},
    "put /api/patients/{patient_id}/erasures/{erasure_id}": {"reason"},
    "post /api/patients/{patient_id}/erasure-wishes/{wish_id}/decline": {"answer"},
    "post /api/emergency-search": {"name"},
    "post /api/measure-forms": {"file"},
    "post /api/imports": {"file"},
    "put /api/installation/clinics/{clinic_id}": {"name", "admin.name", "country"},
    "post /api/installation/clinics/{clinic_id}/admin": {"name"},
    "put /api/episodes/{episode_id}/monitoring-records/{record_id}": {"text"},
    "put /api/episodes/{episode_id}/monitoring-work/{work_id}": {"note"},
    "post /api/monitoring-timers/{timer_id}/stop": {"note"},
}
# Texts that are compared and never shown: keys, zones, times, secrets, and what was read before.
NO_PROSE = {
    "auth",
    "code",
    "digest_at",
    "email",
    "endpoint",
    "p256dh",
    "passphrase",
    "phrase",
    "secret",
    # A key of the library's, or of a form's.
    "measure",
    "exercise_key",
    "on_nerve_flag",
    "timezone",
    "zone",
    "at",
    "quiet_from",
    "quiet_until",
    "was",
    "opens",
    "closes",
    # The sha256 of a file.
    "seen",
    # An address, which is taken apart and refused unless it leads to a public https host.
    "url",
}


@dataclass
class Person:
    """Somebody's session, kept by hand: a jar would not send its cookie without TLS."""

    address: str
    cookie: str = ""

    @classmethod
    def enter(cls, address: str, path: str, body: dict[str, Any]) -> "Person":
        person = cls(address)
        answer = person.send("POST", path, body)
        person.cookie = answer.headers["set-cookie"].split(";")[0]
        return person

    @classmethod
    def of_staff(cls, address: str, email: str, passphrase: str) -> "Person":
        return cls(address, session_of(address, email, passphrase))

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        ours = {"sec-fetch-site": "same-origin", "cookie": self.cookie, **headers}
        url = f"{self.address}{path}"
        content = None if body is None else json.dumps(body)
        ours |= {} if body is None else {"content-type": "application/json"}
        return httpx.request(method, url, content=content, headers=ours, timeout=60)

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        answer = self.ask(method, path, body, **headers)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer

    def get(self, path: str) -> Any:
        return self.send("GET", path).json()


def now() -> str:
    return datetime.now(UTC).isoformat()


def own_exercise(line: str, prose: str) -> dict[str, Any]:
    words = {
        "title": line,
        "summary": prose,
        "position": prose,
        "steps": [prose, prose],
        "caution": prose,
    }
    dose = {"sets": 2, "repetitions": None, "hold_seconds": 30, "rest_seconds": 10}
    return {
        "kind": "static_stretch",
        "sides": "per_leg",
        "dose": {**dose, "days_per_week": 7},
        "en": words,
        "es": words,
    }


@dataclass
class Story:
    """A patient of a therapist. `line` stands where one line is asked for, `text` in all other fields."""

    staff: Person
    line: str
    text: str
    patient_id: str = field(default_factory=lambda: str(uuid7()))
    episode_id: str = ""
    # The first one, which has ended.
    earlier_id: str = ""
    exercise_id: str = field(default_factory=lambda: str(uuid7()))
    template_id: str = field(default_factory=lambda: str(uuid7()))
    phone: Person = field(default_factory=lambda: Person(""))

    def write(self, origin: str) -> None:
        self._admit()
        self._keep_a_passkey(origin)
        self.log(*(self._day(ago) for ago in range(1, 8)))
        self._dismiss()
        self._plan()
        self.log(self._day(1) | {"red_flags": ["both_legs"]})
        self._resolve()
        self._answer()
        self.log(messages=[{"id": str(uuid7()), "text": self.text, "written_at": now()}])
        words = {"version": None, "name": self.line, "en": self.text, "es": self.text}
        self.staff.send("PUT", f"/api/message-templates/{self.template_id}", words)
        sent = {"text": self.text}
        self.staff.send("PUT", f"/api/patients/{self.patient_id}/messages/{uuid7()}", sent)
        found = {"revises": None, "withdrawn": False, "assessed_on": str(own_day())}
        leg = {"slr": {"angle": 45, "symptom": True}, "slump": None}
        self.staff.send(
            "PUT",
            f"/api/episodes/{self.episode_id}/assessments/{uuid7()}",
            {**found, "left": leg, "right": leg, "note": self.text},
        )

    def _answer(self) -> None:
        """What the patient has trouble with, in their own words."""
        url = f"/api/episodes/{self.episode_id}/measures/{uuid7()}"
        self.staff.send("PUT", url, {"measure": "psfs"})
        entry = self._day(0)
        times = ("id", "local_date", "happened_at", "zone", "made_at")
        answer = {name: entry[name] for name in times} | {
            "episode_id": self.episode_id,
            "measure": "psfs",
            "version": 1,
            "occasion": "intake",
            "week": 0,
            "ratings": {"named_1": 3, "named_2": 4, "named_3": 5},
            "names": [self.line, f"{self.line}.", f"{self.line}:"],
        }
        self.log(measure_answers=[answer])

    def _day(self, ago: int) -> dict[str, Any]:
        return check_in(own_day() - timedelta(days=ago), pain_now=1, note=self.text)

    def _admit(self) -> None:
        body = patient_body(name=self.line)
        step = {"hold_seconds": None, "repetitions": 10, "weekdays": [1, 3, 5], "days_per_week": 3}
        item = stretch(exercise_key="hamstring_curl", sets=2, **step, on_nerve_flag=None)
        rule = {"pain_most": 3, "no_nerve": True, "days": 7, "logged_least": 5, "item": item}
        body["plan"] |= {"note": self.text, "criteria": [rule]}
        body["screening"] = self._asked()
        self.earlier_id = body["episode"]["id"]
        url = f"/api/patients/{self.patient_id}"
        self.staff.send("PUT", url, body)
        self._begin_anew(body["plan"])
        code = self.code()
        self.phone = Person.enter(self.staff.address, "/api/join", {"code": code, "locale": "en"})

    def _asked(self) -> dict[str, Any]:
        return {"id": str(uuid7()), "version": 1, "answers": {}, "note": self.text}

    def _begin_anew(self, plan: dict[str, Any]) -> None:
        """The first episode ends, goes on and ends for good; all else is told of the second."""
        end = {"ended_on": plan["starts_on"], "reason": "other", "note": self.text, "alerts": []}
        earlier = f"/api/episodes/{self.earlier_id}"
        self.staff.send("POST", f"{earlier}/discharge", end)
        self.staff.send("POST", f"{earlier}/reopen", {"note": self.text})
        self.staff.send("POST", f"{earlier}/discharge", end)
        self.episode_id = str(uuid7())
        began = {"condition": "both", "side": "left", "started_on": plan["starts_on"]}
        url = f"/api/patients/{self.patient_id}/episodes/{self.episode_id}"
        self.staff.send("PUT", url, {**began, "screening": self._asked()})
        again = self._asked()
        url = f"/api/episodes/{self.episode_id}"
        self.staff.send("PUT", f"{url}/screenings/{again.pop('id')}", again)
        content = {name: part for name, part in plan.items() if name != "id"}
        self.staff.send("PUT", f"{url}/plan-versions/{uuid7()}", {**content, "based_on": None})
        sought = {"state": "discharged", "name": self.line}
        self.staff.send("POST", "/api/caseload/search", sought)

    def code(self) -> str:
        """Another code for the patient's own browser."""
        url = f"/api/patients/{self.patient_id}/invitations"
        return str(self.staff.send("POST", url, {}).json()["code"])

    def _keep_a_passkey(self, origin: str) -> None:
        device = Authenticator(origin, urlsplit(origin).hostname or "")
        asked = self.phone.send("POST", "/api/passkeys/options", {}).json()["options"]
        body = {"credential": device.make(asked), "name": self.line[:60]}
        self.phone.send("POST", "/api/passkeys", body)

    def log(
        self,
        *check_ins: dict[str, Any],
        messages: Sequence[dict[str, Any]] = (),
        measure_answers: Sequence[dict[str, Any]] = (),
    ) -> None:
        body = {
            "account_id": self.patient_id,
            "check_ins": list(check_ins),
            "exercise_sessions": [],
            "messages": list(messages),
            "measure_answers": list(measure_answers),
        }
        results = self.phone.send("POST", "/api/sync", body).json()["results"]
        assert {result["status"] for result in results} == {"stored"}, results

    def _dismiss(self) -> None:
        (proposal,) = self.page()["proposals"]
        url = f"/api/plan-proposals/{proposal['id']}/dismiss"
        self.staff.send("POST", url, {"reason": self.text})

    def _plan(self) -> None:
        body = {"version": None, "exercise": own_exercise(self.line, self.line)}
        url = f"/api/own-exercises/{self.exercise_id}"
        key = self.staff.send("PUT", url, body).json()["key"]
        plan = next_plan(stretch(exercise_key=key), note=self.text)
        self.staff.send("PUT", f"/api/episodes/{self.episode_id}/plan-versions/{uuid7()}", plan)
        template = {"name": "First", "note": self.text, "items": [stretch()], "criteria": []}
        url = f"/api/plan-templates/{self.template_id}"
        self.staff.send("PUT", url, template)
        self.staff.send("POST", f"{url}/rename", {"name": self.line, "was": "First"})

    def _resolve(self) -> None:
        (alert,) = self.page()["alerts"]
        body = {"outcome": "called", "useful": True, "note": self.text}
        seen = {"if-match": f'"{alert["version"]}"'}
        self.staff.send("POST", f"/api/alerts/{alert['id']}/resolve", body, **seen)

    def page(self) -> Any:
        return self.staff.get(f"/api/patients/{self.patient_id}")

    def read(self) -> dict[str, list[str]]:
        """What came back, by where it stands: lines first, then texts."""
        page, entries = self.page(), self.staff.get(f"/api/patients/{self.patient_id}/entries")
        earlier = self.staff.get(f"/api/patients/{self.patient_id}?episode={self.earlier_id}")
        care, diary = self.phone.get("/api/care"), self.phone.get("/api/diary")
        rows = self.staff.get("/api/triage")["rows"]
        (row,) = [one for one in rows if one["patient_id"] == self.patient_id]
        own = self.staff.get("/api/own-exercises")
        (words,) = [one["exercise"]["en"] for one in own if one["id"] == self.exercise_id]
        (shown,) = care["exercises"]
        templates = self.staff.get("/api/plan-templates")
        (template,) = [one for one in templates if one["id"] == self.template_id]
        begun = self.staff.get("/api/message-templates")["own"]
        (begun,) = [one for one in begun if one["id"] == self.template_id]
        (point,) = page["measures"][0]["scores"][0]["points"]
        url = f"/api/episodes/{self.episode_id}/measure-answers/{point['answer_id']}"
        answered = self.staff.get(url)
        (passkey,) = self.phone.get("/api/ways-in")["passkeys"]
        return {
            "lines": [
                row["name"],
                page["patient"]["name"],
                care["patient"]["name"],
                template["name"],
                begun["name"],
                care["measures"][0]["names"][0],
                answered["items"][0]["ask"]["es"],
                *(words[part] for part in ("title", "summary", "position", "caution")),
                *words["steps"],
                *(shown["title"][language] for language in ("en", "es")),
                *(step[language] for step in shown["steps"] for language in ("en", "es")),
            ],
            "texts": [
                *(plan["note"] for plan in page["plans"]),
                care["plan"]["note"],
                page["proposals"][0]["reason"],
                *(one["note"] for one in entries["check_ins"]),
                *(one["note"] for one in diary["check_ins"]),
                *(note for day in page["days"] for note in day["notes"]),
                *(event["note"] for alert in page["alerts"] for event in alert["events"][-1:]),
                page["assessments"][0]["note"],
                *(one["note"] for one in page["screening"]["rounds"]),
                *(one["note"] for one in earlier["events"] if one["kind"] != "opened"),
                *(message["text"] for message in (*page["messages"], *care["messages"])),
                template["note"],
                begun["en"],
                begun["es"],
            ],
            "short": [passkey["name"]],
        }

    def assert_kept(self) -> None:
        found = self.read()
        # Most of them many times: each of the eight days three times.
        assert len(found["lines"]) >= 14
        assert len(found["texts"]) >= 30
        assert {*found["lines"]} == {self.line}
        assert {*found["texts"]} == {self.text}
        assert {*found["short"]} == {self.line[:60]}
