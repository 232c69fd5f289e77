"""Work in the list itself: by keyboard, several alerts at once, what a colleague did meanwhile, and undo."""

import re
from collections.abc import Callable

from playwright.sync_api import BrowserContext, Locator, Page, expect
from uuid_utils.compat import uuid7

from tests.browser.patients import admit, api
from tests.browser.test_alerts import press, tell
from tests.browser.test_screens import assert_accessible

NAMES = ("Ann One", "Ben Two", "Cleo Three")


def admit_in_need(laptop: Page, phones: Callable[..., BrowserContext], address: str) -> list[str]:
    """Patients whose phones have just told of an emergency, in the order in which they wait."""
    ids = []
    for name in NAMES:
        patient_id = str(uuid7())
        page = phones(worker=False).new_page()
        page.goto(f"{address}/join")
        code = admit(laptop, patient_id, name=name)
        api(page, "POST", "/api/join", {"code": code, "locale": "en"})
        tell(page, patient_id, red_flags=["both_legs"])
        ids.append(patient_id)
    return ids


def state(page: Page, patient_id: str) -> str:
    return str(api(page, "GET", f"/api/patients/{patient_id}")["alerts"][0]["state"])


def test_alerts_are_dealt_with_in_the_list_by_keyboard_together_and_taken_back(
    laptop: Page, device: Callable[..., BrowserContext], address: str
):
    ann, ben, cleo = admit_in_need(laptop, device, address)
    laptop.goto(f"{address}/therapist")
    keys = laptop.keyboard

    def row(name: str) -> Locator:
        return laptop.get_by_role("listitem").filter(has_text=name)

    expect(row("Cleo Three")).to_be_visible()
    laptop.get_by_role("heading", name="Who needs me").click()

    # j to the first, s for a form of its own, and the undo without the mouse.
    keys.press("j")
    expect(laptop.get_by_role("link", name="Ann One")).to_be_focused()
    keys.press("s")
    dialog = laptop.get_by_role("dialog", name="Ann One: Warning sign")
    assert_accessible(laptop)
    dialog.get_by_role("button", name=re.compile("In 3 days")).click()
    expect(row("Ann One")).to_contain_text("Snoozed until")
    expect(laptop.get_by_text("Ann One: Warning sign: snoozed until")).to_be_visible()
    keys.press("u")
    expect(row("Ann One").get_by_role("button", name=re.compile("Acknowledge"))).to_be_visible()
    assert state(laptop, ann) == "open"

    # Two of three together; what a colleague resolved meanwhile stays as it is.
    for name, chosen in (("Ann One", "1 alert chosen"), ("Ben Two", "2 alerts chosen")):
        laptop.get_by_role("link", name=name).focus()
        expect(laptop.get_by_role("link", name=name)).to_be_focused()
        keys.press("x")
        expect(laptop.get_by_text(chosen)).to_be_visible()
    assert_accessible(laptop)
    alert = api(laptop, "GET", f"/api/patients/{ben}")["alerts"][0]
    laptop.evaluate(
        """async ([id, version]) => {
          const answer = await fetch(`/api/alerts/${id}/resolve`, {
            method: 'POST',
            headers: {'content-type': 'application/json', 'if-match': `"${version}"`},
            body: JSON.stringify({outcome: 'called', useful: true, note: null}),
          });
          if (!answer.ok) throw new Error(await answer.text());
        }""",
        [alert["id"], alert["version"]],
    )
    keys.press("a")
    expect(laptop.get_by_text("Alert of Ann One acknowledged.")).to_be_visible()
    assert (state(laptop, ann), state(laptop, ben), state(laptop, cleo)) == (
        "acknowledged",
        "resolved",
        "open",
    )

    # r for an outcome, from the list.
    laptop.get_by_role("link", name="Cleo Three").focus()
    keys.press("r")
    dialog = laptop.get_by_role("dialog", name="Cleo Three: Warning sign")
    dialog.get_by_role("radio", name="Referred").check()
    press(laptop, "Save outcome")
    expect(laptop.get_by_text("Cleo Three: Warning sign: resolved.")).to_be_visible()
    assert state(laptop, cleo) == "resolved"
