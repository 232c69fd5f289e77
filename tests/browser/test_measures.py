"""What a therapist has asked is answered on a phone without a network, and arrives once it has one."""

import json
import re
from collections.abc import Callable
from uuid import uuid4

from playwright.sync_api import BrowserContext, Page, expect

from glidepath.clinical.measures import shipped
from tests.browser import patients
from tests.clinics import patient_body


def rate(page: Page, ask: str, number: int) -> None:
    cells = page.get_by_role("group", name=ask)
    cells.get_by_role("radio", name=re.compile(rf"^{number}\b")).check(force=True)


def test_what_is_asked_is_answered_without_a_network_once_and_arrives_later(
    laptop: Page, device: Callable[..., BrowserContext], address: str
):
    patient_id, body = str(uuid4()), patient_body()
    patients.api(laptop, "PUT", f"/api/patients/{patient_id}", body)
    path = f"/api/episodes/{body['episode']['id']}/measures/{uuid4()}"
    patients.api(laptop, "PUT", path, {"measure": "nprs"})
    code = patients.api(laptop, "POST", f"/api/patients/{patient_id}/invitations", {})["code"]
    phone = device(has_touch=True, is_mobile=True)
    page = phone.new_page()
    patients.join(page, address, code)
    back, thigh, calf = (item.ask.en for item in shipped()["nprs"].items)

    phone.set_offline(True)
    page.goto(f"{address}/")
    page.get_by_role("link", name="Answer the questions").click()
    rate(page, back, 3)
    rate(page, thigh, 6)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("has no answer yet")
    # What was begun is there again.
    page.get_by_role("button", name="Back").click()
    page.get_by_role("link", name="Answer the questions").click()
    expect(page.get_by_text("is still here")).to_be_visible()
    rate(page, calf, 0)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    page.goto(f"{address}/measures")
    expect(page.get_by_text("Nothing is asked right now.")).to_be_visible()
    page.goto(f"{address}/more")
    with page.expect_download() as saving:
        page.get_by_role("button", name="Save everything (JSON)").click()
    (kept,) = json.loads(saving.value.path().read_text())["measure_answers"]
    assert (kept["measure"], list(kept["ratings"].values())) == ("nprs", [3, 6, 0])
    assert patients.api(laptop, "GET", f"/api/patients/{patient_id}")["measures"][0]["waiting"]

    phone.set_offline(False)
    expect(page.get_by_text("Everything you entered has arrived at your clinic.")).to_be_visible(
        timeout=15_000
    )
    (measure,) = patients.api(laptop, "GET", f"/api/patients/{patient_id}")["measures"]
    told = {score["key"]: [one["value"] for one in score["points"]] for score in measure["scores"]}
    assert (list(told.values()), measure["waiting"]) == ([[3], [6], [0]], None)
