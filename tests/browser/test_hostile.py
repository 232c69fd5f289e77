"""Hostile texts in every field that people write into, on every screen that shows them (all of them:
`make assurance`). No address, referrer or therapists' title has a word of what is written (PH-3)."""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import unquote_plus

import pytest
from playwright.sync_api import BrowserContext, ConsoleMessage, Dialog, Page, Request, expect
from uuid_utils.compat import uuid7

from tests.browser.conftest import LAPTOP, Staff, enter
from tests.clinics import own_day, patient_body, stretch
from tests.hostile import HARMLESS, REFUSED, Person, Story, own_exercise

SAMPLE = "<img src=x onerror=alert(1)></textarea><script>alert(1)</script>"
# Passkeys are made for a name, not for a number.
by_name = pytest.mark.parametrize("address", ["localhost"], indirect=True)

SETTLED = "() => !document.querySelector('[aria-busy=true]')"
TAGS = """() => {
  const closed = [...document.querySelectorAll('details:not([open])')];
  for (const one of closed) one.open = true;
  const tags = [...document.body.querySelectorAll('*')].map((one) => one.localName);
  // Before it is noticed: what stays open fetches more, and the page has another look each time.
  for (const one of closed) one.open = false;
  return tags;
}"""
GO = "(url) => { history.pushState(null, '', url); dispatchEvent(new PopStateEvent('popstate')); }"
FORBIDDEN = """() => [...document.querySelectorAll(
  'iframe, object, embed, base, math, marquee, meta[http-equiv], script:not([src^="/assets/"]),' +
  '[onerror], [onload], [onclick], [onfocus], [onmouseover], [srcdoc], a[href^="javascript:" i],' +
  'a[href^="data:" i], [href*="hostile.example"], form[action], img[src*=x]'
)].map((one) => one.outerHTML)"""
AT_WORK = ("", "/plan", "/screening", "/episodes/{earlier}")
# Seconds within which a page has come to show all that it shows.
COMPLETE_WITHIN = 10.0
ON_THE_PHONE = ("", "messages", "progress", "more", "entries/{yesterday}")
# That the policy refuses even so is no news here, and would be told by every browser test.
KEEP_IT_QUIET = (
    "() => document.addEventListener("
    "'securitypolicyviolation', (event) => event.stopImmediatePropagation(), true)"
)


@dataclass
class Watch:
    """What a text that is taken for more than a text would do."""

    context: BrowserContext
    seen: list[str] = field(default_factory=list)
    # Where it went and from where, and what its pages are called: what others than the reader get to see.
    addresses: list[str] = field(default_factory=list)
    titles: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.context.on("dialog", self._dialog)
        self.context.on("console", self._console)
        self.context.on("request", self._request)

    def _dialog(self, dialog: Dialog) -> None:
        self.seen.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _console(self, message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            self.seen.append(message.text)

    def _request(self, request: Request) -> None:
        self.addresses += [unquote_plus(request.url), request.headers.get("referer", "")]
        if "hostile" in request.url:
            self.seen.append(f"request: {request.url}")

    def look(self, page: Page, usual: Counter[str] | None = None) -> Counter[str]:
        """The page's elements by name, once nothing of the above has happened on it: all that come, or the `usual` ones as
        soon as it has those."""
        if usual is None:
            page.wait_for_load_state("networkidle")
        page.wait_for_function(SETTLED)
        ends = time.monotonic() + COMPLETE_WITHIN
        while True:
            found: Counter[str] = Counter(page.evaluate(TAGS))
            assert page.evaluate(FORBIDDEN) == []
            assert page.evaluate("window.hostile") is None
            assert self.seen == []
            if usual in (None, found) or time.monotonic() > ends:
                break
            page.wait_for_timeout(20)
        self.titles.add(page.title())
        return found

    def forget(self, address: str) -> None:
        """As if nobody had been on this device; what it fetched it need not fetch again."""
        page = self.context.new_page()
        everything = {"origin": address, "storageTypes": "all"}
        self.context.new_cdp_session(page).send("Storage.clearDataForOrigin", everything)
        self.context.clear_cookies()
        page.close()

    def assert_addresses_say_nothing(self) -> None:
        assert len(self.addresses) > 50
        assert [one for one in self.addresses if HARMLESS in one] == []


@dataclass
class Clinic:
    staff: Person
    laptop: Page
    watch: Watch
    address: str
    control: Story

    def written(self, line: str, text: str) -> Story:
        story = Story(self.staff, line, text)
        story.write(self.address)
        story.assert_kept()
        return story

    def at_work(self, story: Story, where: str, usual: Counter[str] | None = None) -> Counter[str]:
        screen = where.format(earlier=story.earlier_id)
        show(self.laptop, f"{self.address}/therapist/patients/{story.patient_id}{screen}", usual)
        told = self.laptop.get_by_text(story.text.strip()[:40] or story.text).first
        told.wait_for(state="attached")
        return self.watch.look(self.laptop, usual)

    def in_lists(self, stories: Iterable[Story]) -> None:
        self.laptop.goto(f"{self.address}/therapist")
        names = self.laptop.locator("ol.rows h2")
        expect(names).to_have_count(len([*stories]))
        assert {*names.all_text_contents()} == {story.line for story in stories}
        self.watch.look(self.laptop)
        for place in ("exercises", "caseload", "new"):
            self.laptop.goto(f"{self.address}/therapist/{place}")
            self.laptop.get_by_role("heading", level=1).wait_for()
            self.watch.look(self.laptop)


@pytest.fixture
def clinic(device: Callable[..., BrowserContext], address: str, therapist: Staff) -> Clinic:
    context = device(viewport=LAPTOP)
    page = context.new_page()
    enter(page, address, therapist)
    staff = Person.of_staff(address, therapist.email, therapist.passphrase)
    control = Story(staff, HARMLESS, HARMLESS)
    clinic = Clinic(staff, page, Watch(context), address, control)
    control.write(address)
    control.assert_kept()
    return clinic


def show(page: Page, url: str, usual: Counter[str] | None) -> None:
    """Loads it, or goes there as a link does where it is known what will be there: to load it takes longer."""
    if usual is None:
        page.goto(url)
    else:
        page.evaluate(GO, url)


def on_the_phone(
    watch: Watch, address: str, story: Story, known: Sequence[Counter[str]] = ()
) -> list[Counter[str]]:
    """Of each of its screens the elements; `known` are those of a harmless story."""
    usual: Sequence[Counter[str] | None] = known or [None for _ in (*ON_THE_PHONE, "exercise")]
    page = watch.context.new_page()
    page.goto(f"{address}/join")
    page.get_by_label("Your code").fill(story.code())
    page.get_by_role("button", name="Start").click()
    page.get_by_role("button", name="I agree").click()
    page.get_by_role("button", name="Skip this").click()
    page.locator("a[href^='/exercise/']").first.wait_for()
    found = []
    for place, like in zip(ON_THE_PHONE, usual, strict=False):
        show(page, f"{address}/{place.format(yesterday=own_day() - timedelta(days=1))}", like)
        page.get_by_role("heading", level=1).wait_for()
        found.append(watch.look(page, like))
    show(page, f"{address}/", usual[0])
    page.locator("a[href^='/exercise/']").first.click()
    page.get_by_role("heading", name=story.line, exact=True).wait_for()
    found.append(watch.look(page, usual[-1]))
    watch.assert_addresses_say_nothing()
    page.close()
    return found


def refuse_what_cannot_be_kept(clinic: Clinic, story: Story) -> None:
    """And nothing of it is stored."""
    before, unused = story.read(), story.exercise_id
    message = f"/api/patients/{story.patient_id}/messages/{unused}"
    template = f"/api/plan-templates/{unused}"
    kept = {"items": [stretch()], "criteria": []}
    for text in REFUSED:
        for method, path, good in (
            ("PUT", message, {"text": HARMLESS}),
            ("PUT", template, {"name": "Kept", "note": HARMLESS, **kept}),
            ("PUT", f"/api/patients/{unused}", patient_body()),
        ):
            for name in good.keys() & {"text", "name", "note"}:
                assert clinic.staff.ask(method, path, {**good, name: text}).status_code == 400
        body = {"version": None, "exercise": own_exercise(text, text)}
        assert clinic.staff.ask("PUT", f"/api/own-exercises/{uuid7()}", body).status_code == 400
    assert story.read() == before
    assert unused not in str(clinic.staff.get("/api/plan-templates"))


@by_name
def test_what_is_written_stays_a_text_on_every_screen(
    clinic: Clinic, device: Callable[..., BrowserContext], address: str
):
    story = clinic.written(SAMPLE, SAMPLE)
    for where in AT_WORK:
        usual = clinic.at_work(clinic.control, where)
        assert clinic.at_work(story, where, usual) == usual
    clinic.in_lists([clinic.control, story])
    phone = Watch(device(is_mobile=True, has_touch=True, worker=False))
    usual_phone = on_the_phone(phone, address, clinic.control)
    phone.forget(address)
    assert on_the_phone(phone, address, story, usual_phone) == usual_phone
    clinic.watch.assert_addresses_say_nothing()
    # A clinic's computer is looked at by many; a phone is one patient's own.
    assert len(clinic.watch.titles) > 3
    assert [one for one in clinic.watch.titles if HARMLESS in one] == []

    refuse_what_cannot_be_kept(clinic, story)

    # That it would be seen: the same text, put in as HTML, past the policy that refuses to.
    clinic.laptop.evaluate(KEEP_IT_QUIET)
    protocol = clinic.laptop.context.new_cdp_session(clinic.laptop)
    root = protocol.send("DOM.getDocument")["root"]["nodeId"]
    heading = protocol.send("DOM.querySelector", {"nodeId": root, "selector": "h1"})["nodeId"]
    page = f"<h1>{SAMPLE}</h1>"
    protocol.send("DOM.setOuterHTML", {"nodeId": heading, "outerHTML": page})
    with pytest.raises(AssertionError, match="onerror"):
        clinic.watch.look(clinic.laptop)
