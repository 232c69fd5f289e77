"""What each operation of coming in is asked: with a passphrase, a link, six words, a passkey or a second factor."""

import asyncio
import time
from base64 import b32decode
from datetime import UTC, datetime

import httpx

from glidepath.identity import recovery, second_factor, totp
from glidepath.identity import store as identity_store
from tests.accounts import FRESH
from tests.authenticator import Authenticator
from tests.clinics import PASSPHRASE
from tests.security.asks import Ask, Asking
from tests.security.world import ORIGIN, World

RECOVERY_CODE = "ABCDE-FGHJK"
# Seconds before the next step of a code.
AT_THE_END = 2
ASKED = Asking()


@ASKED.of("join")
async def _join(world: World, _: str, __: httpx.AsyncClient) -> Ask:
    return Ask({"code": world.code, "locale": "en"})


@ASKED.of("signIn")
async def _sign_in(_: World, __: str, ___: httpx.AsyncClient) -> Ask:
    return Ask({"email": "therapist@north.example", "passphrase": PASSPHRASE})


@ASKED.of("lookAtLink")
async def _look_at_link(world: World, _: str, __: httpx.AsyncClient) -> Ask:
    return Ask({"secret": world.links["reset"]})


@ASKED.of("useLink")
async def _use_link(world: World, _: str, __: httpx.AsyncClient) -> Ask:
    return Ask({"secret": world.links["reset"], "passphrase": FRESH})


@ASKED.of("useAddressLink")
async def _use_address_link(world: World, _: str, __: httpx.AsyncClient) -> Ask:
    return Ask({"secret": world.links["address"]})


@ASKED.of("confirmByPassphrase")
async def _confirm(_: World, __: str, ___: httpx.AsyncClient) -> Ask:
    return Ask({"passphrase": PASSPHRASE})


@ASKED.of("confirmByPhrase")
@ASKED.of("phraseSignIn")
async def _phrase_sign_in(world: World, _: str, __: httpx.AsyncClient) -> Ask:
    return Ask({"phrase": world.phrase})


@ASKED.of("confirmByPasskey")
@ASKED.of("passkeySignIn")
async def _passkey_sign_in(world: World, _: str, client: httpx.AsyncClient) -> Ask:
    options = await client.post("/api/passkey-sign-in/options", json={})
    return Ask({"credential": world.passkey.sign(options.json()["options"])})


@ASKED.of("addPasskey")
async def _add_passkey(_: World, __: str, client: httpx.AsyncClient) -> Ask:
    answer = await client.post("/api/passkeys/options", json={})
    options = answer.json().get("options", {"challenge": "none"})
    made = Authenticator(ORIGIN, "glidepath.example").make(options)
    return Ask({"credential": made, "name": "Laptop"})


async def _authenticator(client: httpx.AsyncClient) -> tuple[bytes, int] | None:
    """The secret of an app that was begun with, and the present step; None for who may not."""
    begun = await client.post("/api/second-factor/authenticator", json={})
    if not begun.is_success:
        return None
    return b32decode(begun.json()["secret"]), totp.step_of(datetime.now(UTC))


@ASKED.of("confirmAuthenticator")
async def _confirm_authenticator(_: World, __: str, client: httpx.AsyncClient) -> Ask:
    begun = await _authenticator(client)
    return Ask({"code": totp.code_of(*begun) if begun else "000000"})


@ASKED.of("giveCode")
async def _give_code(_: World, __: str, client: httpx.AsyncClient) -> Ask:
    begun = await _set_up(client)
    return Ask({"code": totp.code_of(*begun) if begun else "000000"})


@ASKED.of("confirmByCode")
async def _confirm_by_code(world: World, who: str, client: httpx.AsyncClient) -> Ask:
    # As below.
    return (
        await _give_code(world, who, client) if who in world.accounts else Ask({"code": "000000"})
    )


@ASKED.of("dropAuthenticator")
async def _drop_authenticator(world: World, who: str, client: httpx.AsyncClient) -> Ask:
    # What is needed for it would let in who has given one factor.
    if who in world.accounts:
        asked = await _add_passkey(world, who, client)
        await client.post("/api/passkeys", json=asked.body)
        await _set_up(client)
    return Ask()


async def _set_up(client: httpx.AsyncClient) -> tuple[bytes, int] | None:
    """With the code of the step before, so that the present one is not used."""
    # At the end of a step it would be two steps old when it arrives.
    left = totp.STEP - time.time() % totp.STEP
    await asyncio.sleep(left if left < AT_THE_END else 0)
    begun = await _authenticator(client)
    if begun is not None:
        code = totp.code_of(begun[0], begun[1] - 1)
        path = "/api/second-factor/authenticator/confirm"
        assert (await client.post(path, json={"code": code})).is_success
    return begun


@ASKED.of("giveRecoveryCode")
async def _give_recovery_code(world: World, who: str, _: httpx.AsyncClient) -> Ask:
    """One that is kept without the time that it takes to hash ten."""
    account_id = world.accounts.get(who)
    if account_id is not None:
        async with world.app.state.database.writing(world.tenant_of(who)) as session:
            account = (await identity_store.accounts(session, [account_id]))[account_id]
            digest = await recovery.digest(RECOVERY_CODE, account_id)
            now = datetime.now(UTC)
            await second_factor.keep_recovery_codes(session, account, [digest], now)
    return Ask({"code": RECOVERY_CODE})
