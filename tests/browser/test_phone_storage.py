"""What a thief of the phone's disk would find: nothing that the patient said (PH-4)."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from playwright.sync_api import Browser, Page, expect

from tests.browser import patients
from tests.browser.conftest import PHONE
from tests.chromium import CHROMIUM, FLAGS
from tests.clinics import patient_body
from tests.hostile import Person

UNSEALED = """(words) => new Promise((resolve, reject) => {
  const opening = indexedDB.open('unsealed', 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore('words');
  opening.onerror = reject;
  opening.onsuccess = () => {
    const tx = opening.result.transaction('words', 'readwrite', {durability: 'strict'});
    tx.objectStore('words').put({words}, 1);
    tx.oncomplete = resolve;
  };
})"""


def canaries(count: int) -> list[str]:
    """Words that occur nowhere else."""
    return [f"canary{uuid4().hex}" for _ in range(count)]


def found(profile: Path, words: list[str]) -> dict[str, list[str]]:
    """Those of `words` that any file of the profile holds in UTF-8 or UTF-16, and which files."""
    seen: dict[str, list[str]] = {}
    for path in profile.rglob("*"):
        if not path.is_file() or path.is_symlink():
            continue
        content = path.read_bytes()
        for word in words:
            if any(word.encode(code) in content for code in ("utf-8", "utf-16-le", "utf-16-be")):
                seen.setdefault(word, []).append(str(path.relative_to(profile)))
    return seen


@contextmanager
def profile_at(chromium: Browser, folder: Path) -> Iterator[Page]:
    """A page of a browser that writes its profile to `folder`, all of it when it closes."""
    context = chromium.browser_type.launch_persistent_context(
        folder,
        executable_path=str(CHROMIUM),
        args=FLAGS,
        viewport={"width": PHONE["width"], "height": PHONE["height"]},
        locale="en-GB",
        timezone_id="Europe/Madrid",
    )
    context.set_default_timeout(20_000)
    yield context.pages[0]
    context.close()


def test_no_file_of_the_browser_holds_what_was_said(
    chromium: Browser, desk: Person, address: str, tmp_path: Path
):
    """PH-4."""
    words = canaries(10)
    surname, plan_note, *notes, typed, last = words
    plan = {**patient_body()["plan"], "note": f"Slowly, {plan_note}"}
    code = patients.admit(desk, str(uuid4()), name=f"Robin {surname}", plan=plan)

    with profile_at(chromium, tmp_path) as page:
        patients.join(page, address, code, "Robin")
        expect(page.get_by_text(plan_note)).to_be_visible()
        for pain, note in enumerate(notes[:4]):
            patients.check_in(page, address, pain, f"It was {note}")
        page.goto(address)
        expect(page.get_by_text("All entries sent")).to_be_visible()
        page.context.set_offline(True)
        for pain, note in enumerate(notes[4:]):
            patients.check_in(page, address, pain, f"It was {note} ✓")
        patients.answer(page, address, 3, typed)
        page.goto(address)
        expect(page.get_by_text("2 entries saved on this phone")).to_be_visible()
    assert found(tmp_path, words) == {}, "while signed in"

    with profile_at(chromium, tmp_path) as page:
        page.goto(address)
        expect(page.get_by_text("All entries sent")).to_be_visible()
        page.context.set_offline(True)
        patients.check_in(page, address, 8, last)
        page.goto(f"{address}/more")
        page.get_by_role("button", name="Sign out").click()
        expect(page.get_by_text("1 entry has not been sent yet")).to_be_visible()
        page.get_by_role("button", name="Delete and sign out").click()
        expect(page.get_by_role("heading", name="Welcome to Glidepath")).to_be_visible()
        assert page.evaluate("indexedDB.databases()") == []
        # Back online the server hears of it, and has the cache cleared.
        with page.expect_response("**/api/sign-out") as answer:
            page.context.set_offline(False)
        assert answer.value.all_headers()["clear-site-data"] == '"cache"'
    assert found(tmp_path, words) == {}, "after sign-out"

    # The same search does find what is kept unsealed, in either form of a JavaScript string.
    with profile_at(chromium, tmp_path) as page:
        page.goto(address)
        page.evaluate(UNSEALED, words[0])
        page.evaluate(UNSEALED, f"{words[1]} ✓")
    assert found(tmp_path, words).keys() == set(words[:2])
