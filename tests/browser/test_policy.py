"""The page's policy lets no text become a script (SE-6); that it is never broken, every browser test holds."""

from playwright.sync_api import Browser

from tests.browser.conftest import FORBIDDEN, TELL_WHAT_IS_FORBIDDEN

# As somebody's note would, if it were put into the page as HTML.
ATTEMPTS = (
    "document.body.innerHTML = '<img src=x onerror=globalThis.ran=1>'",
    "document.head.appendChild(document.createElement('script')).text = 'globalThis.ran = 1'",
    "setTimeout('globalThis.ran = 1', 0)",
    "trustedTypes.createPolicy('other', {createHTML: (text) => text})",
)


def test_no_text_becomes_a_script(chromium: Browser, address: str):
    page, said = chromium.new_page(), list[str]()
    page.add_init_script(TELL_WHAT_IS_FORBIDDEN)
    page.on("console", lambda line: said.append(line.text))
    page.goto(f"{address}/therapist")
    page.get_by_label("E-mail").wait_for()
    assert [line for line in said if line.startswith(FORBIDDEN)] == []
    for attempt in ATTEMPTS:
        page.evaluate(f"() => {{ try {{ {attempt} }} catch {{}} }}")
    page.wait_for_timeout(200)
    assert page.evaluate("globalThis.ran") is None
    told = [line for line in said if line.startswith(FORBIDDEN)]
    page.close()
    assert len(told) >= len(ATTEMPTS)
