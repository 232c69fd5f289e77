"""How the benchmarks sign somebody in."""

import httpx

OURS = {"sec-fetch-site": "same-origin"}


def session(address: str, path: str, body: dict[str, str]) -> str:
    """The cookie, as a request sends it. (It is for browsers, so no jar keeps it.)"""
    answer = httpx.post(address + path, json=body, headers=OURS).raise_for_status()
    return answer.headers["set-cookie"].split(";")[0]


def staff_session(address: str, email: str, passphrase: str) -> str:
    return session(address, "/api/sign-in", {"email": email, "passphrase": passphrase})
