"""How often a secret may be tried. The counts lie in the database: every worker's, and after a restart too.

A guess is written down before it is looked at, so that of many at once no more are looked at than one
after the other would be; what turns out right is taken back. Nothing is ever shut for good, or for longer
than an hour, and whoever signs in at a browser that was let in before has a count of their own there.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address, ip_network

from sqlalchemy.ext.asyncio import AsyncSession

from glidepath.database.engine import Database
from glidepath.identity import secrets, throttle_store
from glidepath.identity.throttle_rules import (
    OF_ACCOUNT,
    OF_NETWORK,
    Count,
    Rule,
    forget_at,
    opens_at,
    with_guess,
    without_guess,
)
from glidepath.problems import TriedTooOften, Unavailable


@dataclass(frozen=True, slots=True)
class Budget:
    """Whose guesses are counted together, as a hash; what it names stands nowhere."""

    subject: bytes
    rule: Rule


def of_account(name: str, device: bytes | None = None) -> Budget:
    """The passphrase, the codes and the recovery codes of whoever has this address, if anybody, or the words of the
    patient of this id; counted apart for a device that was let in before."""
    named = f"account:{name.strip().lower()}"
    if device is not None:
        named += f":{device.hex()}"
    return Budget(secrets.digest(named), OF_ACCOUNT)


def of_network(address: str, device: bytes | None = None) -> Budget:
    """What names no account, by where it comes from; by the device if that was let in before."""
    if device is not None:
        return Budget(secrets.digest(f"device:{device.hex()}"), OF_ACCOUNT)
    return Budget(secrets.digest(f"network:{address}"), OF_NETWORK)


def network_of(host: str) -> str:
    """Whom an address of the network stands for: in IPv6 a household has as many of them as it likes."""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    mapped = getattr(address, "ipv4_mapped", None)
    if mapped is not None:
        return str(mapped)
    return str(ip_network((address, 64), strict=False)) if address.version == 6 else str(address)


@asynccontextmanager
async def guess(database: Database, budget: Budget, now: datetime) -> AsyncIterator[None]:
    """Around the looking at a secret: what raises nothing was right and costs nothing.

    Raises TriedTooOften, the same for whom there is and for whom there is not, if it may not be looked at now.
    What could not be looked at, because too much was to do, costs nothing either.
    """
    # Who has to wait is told so without a lock: a flood at one account must not hold up the others.
    async with database.reading() as session:
        _require_open(await throttle_store.look(session, budget.subject), budget, now)
    async with database.writing() as session:
        before, counted = await _reserve(session, budget, now)
    try:
        yield
    except Unavailable:
        await _give_back(database, budget, before, counted)
        raise
    await _give_back(database, budget, before, counted)


async def _reserve(session: AsyncSession, budget: Budget, now: datetime) -> tuple[Count, Count]:
    """What was counted before, and with this guess."""
    await throttle_store.forget_old(session, now)
    before = await throttle_store.lock(session, budget.subject)
    _require_open(before, budget, now)
    counted = with_guess(before, budget.rule, now)
    await _keep(session, budget, counted)
    return before, counted


def _require_open(count: Count, budget: Budget, now: datetime) -> None:
    opens = opens_at(count, budget.rule, now)
    if opens > now:
        raise TriedTooOften(opens - now)


async def _give_back(database: Database, budget: Budget, before: Count, counted: Count) -> None:
    async with database.writing() as session:
        found = await throttle_store.lock(session, budget.subject)
        # Nobody else guessed in the meantime: then it is as if nothing had been.
        await _keep(session, budget, before if found == counted else without_guess(found))


async def _keep(session: AsyncSession, budget: Budget, count: Count) -> None:
    if count.last_at is None:
        await throttle_store.forget(session, budget.subject)
    else:
        until = forget_at(count, budget.rule)
        await throttle_store.keep(session, budget.subject, count, count.last_at, until)
