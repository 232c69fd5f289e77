"""A page of another origin in a browser that is signed in here: whatever it fires, nothing changes (SE-4)."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from uuid import uuid4

import psycopg
from playwright.sync_api import Page, Response

from glidepath.database.embedded import EmbeddedPostgres
from tests.browser import patients
from tests.security.matrix import ROUTES

WRITES = [route for route in ROUTES if not route.startswith(("GET", "HEAD"))]
# Each in every way that a page has to send something elsewhere with the visitor's cookies.
FIRE = """async (targets) => {
  const fired = [];
  for (const [at, {method, url, body}] of targets.entries()) {
    const text = new Blob([body], {type: 'text/plain'});
    const form = document.createElement('form');
    const frame = document.createElement('iframe');
    frame.name = form.target = `frame${at}`;
    Object.assign(form, {method: 'post', action: `${url}?_method=${method}`, enctype: 'text/plain'});
    const field = document.createElement('input');
    Object.assign(field, {type: 'hidden', name: body.slice(0, -1) + ', "_": "', value: '"}'});
    form.append(field);
    document.body.append(frame, form);
    fired.push(new Promise((done) => { frame.onload = done; setTimeout(done, 3000); }));
    form.submit();
    const send = {credentials: 'include', body};
    const json = {'content-type': 'application/json'};
    for (const how of [
      {...send, method, headers: json},
      {...send, method, mode: 'no-cors', headers: json},
      {...send, method: 'POST', body: text, mode: 'no-cors'},
    ]) fired.push(fetch(url, how).catch(() => undefined));
    navigator.sendBeacon(url, text);
    const image = new Image();
    fired.push(new Promise((done) => (image.onload = image.onerror = done)));
    image.src = url;
    if (at % 10 === 9) await Promise.all(fired.splice(0));
  }
  await Promise.all(fired);
}"""


class Blank(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!doctype html><title>Another site</title>")

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def another_server() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Blank)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def contents(postgres: EmbeddedPostgres, database_name: str) -> dict[str, str]:
    """A sum of what stands in each table."""
    with psycopg.connect(postgres.url("postgres", database_name)) as connection:
        tables = connection.execute(
            # What an image asks for is a read, and the trail says so.
            "select quote_ident(relname) from pg_class where relkind = 'r' and relname !~ '^audit_' "
            "and relnamespace = 'public'::regnamespace"
        ).fetchall()
        return {
            name: str(
                connection.execute(
                    f"select md5(string_agg(md5(one::text), '' order by one::text)) from {name} one"
                ).fetchone()
            )
            for (name,) in tables
        }


def test_whatever_another_sites_page_fires_nothing_changes(
    laptop: Page, address: str, postgres: EmbeddedPostgres, database_name: str
):
    """SE-4: of the same site on another port, whose requests carry the cookie, and of another site."""
    patient_id = str(uuid4())
    patients.admit(laptop, patient_id)
    ids = {"patient_id": patient_id}
    targets = []
    for route in WRITES:
        method, _, path = route.partition(" ")
        named = re.sub(r"\{(\w+):\w+\}", lambda found: ids.get(found[1], patient_id), path)
        targets.append({"method": method, "url": address + named, "body": "{}"})
    laptop.goto(f"{address}/robots.txt")  # nothing of ours asks by itself meanwhile
    before = contents(postgres, database_name)
    assert len(before) > 40

    for host in ("127.0.0.1", "localhost"):
        assert_refused(laptop, host, targets)
        assert contents(postgres, database_name) == before, host


def assert_refused(laptop: Page, host: str, targets: list[dict[str, str]]) -> None:
    answers: list[Response] = []
    page = laptop.context.new_page()
    page.on("response", lambda answer: answers.append(answer))  # noqa: PLW0108 - no builtin
    with another_server() as port:
        page.goto(f"http://{host}:{port}/")
        page.evaluate(FIRE, targets)
        page.wait_for_timeout(200)
    sent = [answer for answer in answers if answer.request.method not in ("GET", "OPTIONS")]
    posts = {target["url"] for target in targets if target["method"] == "POST"}
    refused = {(answer.url.partition("?")[0], answer.status) for answer in sent}
    assert {status for url, status in refused if url in posts} == {403}
    assert posts <= {url for url, _ in refused}
    # Where nothing is taken by POST; what is, by PUT or DELETE, never gets past its preflight.
    assert {status for url, status in refused if url not in posts} == {405}
