"""A new release while the app is open: no blank screen, and nobody is torn out of a check-in."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from glidepath.assets import web_dir
from glidepath.identity.cookies import COOKIE
from glidepath.settings import Settings
from tests.browser import patients
from tests.browser.conftest import Staff, serving, session_of
from tests.hostile import Person

ANOTHER_RELEASE = "(old) => !document.querySelector('script[type=module]').src.endsWith(old)"
LOOK_FOR_UPDATE = "navigator.serviceWorker.ready.then((ours) => ours.update())"


def next_release(folder: Path) -> tuple[Path, str, str]:
    """The release after the built one: every part renamed, as other contents would; two old names."""
    shutil.copytree(web_dir(), folder)
    parts = list((folder / "assets").iterdir())
    for path in [*parts, folder / "index.html", folder / "sw.js"]:
        text = path.read_text()
        for part in parts:
            text = text.replace(part.name, renamed(part.name))
        if path.name == "sw.js":
            # The worker's list knows the page by a sum of its content, which has changed, too.
            known = r'"revision":"\w{32}","url":"index\.html"'
            text, found = re.subn(known, '"revision":"another","url":"index.html"', text)
            assert found == 1
        path.write_text(text)
    for part in parts:
        part.rename(part.with_name(renamed(part.name)))
    more = next(part.name for part in parts if part.match("More-*.js"))
    start = next(part.name for part in parts if part.match("start-*.js"))
    return folder, more, start


def renamed(name: str) -> str:
    stem, _, ending = name.rpartition(".")
    return f"{stem[:-2]}zz.{ending}"


@pytest.fixture
def code_of(
    device: Callable[..., BrowserContext], settings: Settings, therapist: Staff
) -> Callable[[str], str]:
    def code(address: str) -> str:
        staff = Person(address, f"{COOKIE}={session_of(address, therapist).token}")
        return patients.admit(staff, str(uuid4()))

    return code


def loaded(page: Page) -> str:
    """The script that this page runs."""
    return str(page.evaluate("document.querySelector('script[type=module]').src"))


def test_a_release_waits_for_a_quiet_moment_and_old_tabs_keep_their_parts(
    device: Callable[..., BrowserContext],
    settings: Settings,
    code_of: Callable[[str], str],
    tmp_path: Path,
):
    web, more, start = next_release(tmp_path / "web")
    phone = device(has_touch=True, is_mobile=True)
    page, busy = phone.new_page(), phone.new_page()
    with serving(settings) as address:
        patients.join(page, address, code_of(address))
        patients.answer(busy, address, 6, "half written")
    port = int(address.rpartition(":")[2])
    with serving(settings, port=port, web=web):
        # Nothing happens by itself, only an offer where nobody is in the middle of something.
        page.evaluate(LOOK_FOR_UPDATE)
        expect(page.get_by_text("A new version is ready.")).to_be_visible()
        expect(busy.get_by_text("A new version is ready.")).to_have_count(0)
        assert loaded(page).endswith(start)

        page.get_by_role("button", name="Update now").click()
        page.wait_for_function(ANOTHER_RELEASE, arg=start)
        patients.at_home(page)

        # The other tab goes on as it was, parts of its own release included, which the server has no more.
        expect(busy.get_by_label("Note for your therapist")).to_have_value("half written")
        assert loaded(busy).endswith(start)
        assert (
            busy.evaluate("(name) => import(`/assets/${name}`).then(() => 'there')", more)
            == "there"
        )
        assert page.request.get(f"{address}/assets/{more}").status == 404
        busy.get_by_role("button", name="Save", exact=True).click()
        expect(busy.get_by_role("heading", name="Saved")).to_be_visible()
        assert loaded(busy).endswith(start)
        # Back on Today is a quiet moment.
        busy.get_by_role("button", name="Back to Today").click()
        busy.wait_for_function(ANOTHER_RELEASE, arg=start)
        patients.at_home(busy)
        expect(busy.get_by_text("All entries sent")).to_be_visible()
        assert [entry["note"] for entry in patients.kept(busy)] == ["half written"]


def test_a_page_without_a_worker_says_what_to_do_when_its_parts_are_gone(
    device: Callable[..., BrowserContext],
    settings: Settings,
    code_of: Callable[[str], str],
    tmp_path: Path,
):
    web, _, start = next_release(tmp_path / "web")
    phone = device(has_touch=True, is_mobile=True)
    phone.add_init_script("delete Navigator.prototype.serviceWorker")
    page = phone.new_page()
    with serving(settings) as address:
        code = code_of(address)
        page.goto(f"{address}/join")
        # Its texts are loaded once the page itself is.
        expect(page.get_by_label("Your code")).to_be_visible()
    port = int(address.rpartition(":")[2])
    with serving(settings, port=port, web=web):
        page.get_by_label("Your code").fill(code)
        page.get_by_role("button", name="Start").click()
        expect(page.get_by_role("alert")).to_have_text("A new version is ready.")
        page.get_by_role("button", name="Try again").click()
        page.get_by_role("button", name="I agree").click()
        expect(page.get_by_role("heading", name="Daily reminder")).to_be_visible()
        assert not loaded(page).endswith(start)
