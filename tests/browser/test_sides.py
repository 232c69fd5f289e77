"""Two sides of one app: what only therapists load never reaches a patient's phone."""

import json
import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

from playwright.sync_api import BrowserContext, Page, Response

from tests.browser import patients
from tests.browser.test_screens import ROOT

STAFF_TEXTS = ("therapist", "caseload", "own")
# Keys of texts as the front end writes them, whatever its files are called.
STAFF_CODE = re.compile(rf"[\"'`](?:{'|'.join(STAFF_TEXTS)}):\w")
# Everything that the phone keeps for work without a network.
KEPT = """async () => {
  const found = {};
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys())
      found[new URL(request.url).pathname] = await (await cache.match(request)).text();
  }
  return found;
}"""
PLACES = ("", "check-in", "entries", "progress", "learn", "messages", "more")


def sentences(texts: Any) -> Iterator[str]:
    if isinstance(texts, dict):
        for one in texts.values():
            yield from sentences(one)
    elif len(texts) > 45:
        yield texts


def staff_sentences() -> list[str]:
    folder = ROOT / "frontend/messages/es"
    return [
        sentence
        for name in STAFF_TEXTS
        for sentence in sentences(json.loads((folder / f"{name}.json").read_text()))
    ]


def for_staff(files: dict[str, str]) -> list[str]:
    told = staff_sentences()
    assert len(told) > 50
    return [
        name
        for name, content in files.items()
        if STAFF_CODE.search(content) or any(sentence in content for sentence in told)
    ]


def test_a_patients_phone_never_gets_what_is_for_therapists(
    laptop: Page, phone: BrowserContext, address: str
):
    loaded: dict[str, str] = {}

    def keep(answer: Response) -> None:
        if answer.url.startswith(f"{address}/assets/") and answer.ok:
            loaded[answer.url.removeprefix(address)] = answer.text()

    page = phone.new_page()
    page.on("response", keep)
    patients.join(page, address, patients.admit(laptop, str(uuid4())))
    for place in PLACES:
        page.goto(f"{address}/{place}")
        page.get_by_role("heading", level=1).wait_for()
    kept: dict[str, str] = page.evaluate(KEPT)
    assert len(kept) > 50
    assert for_staff(loaded | kept) == []

    # That this would be seen: a therapist's browser does load them.
    at_work: dict[str, str] = {}
    for name in laptop.evaluate(
        "performance.getEntriesByType('resource').map(({name}) => new URL(name).pathname)"
    ):
        if name.startswith("/assets/") and name.endswith(".js"):
            at_work[name] = laptop.request.get(address + name).text()
    assert for_staff(at_work)
