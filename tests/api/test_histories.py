"""Any history of three phones and a bad network ends with every entry stored, once.

Hypothesis invents the histories: entries made, changed and taken back, batches of any size of which
the request or the answer is lost, that arrive twice or late, apps that start anew. After each, the
phones send until nothing waits; then phones and server must hold the same diary. Phones that do it
wrong are caught by the same machine.
"""

from collections.abc import Callable
from itertools import count
from typing import Any, ClassVar

import pytest
from anyio import from_thread, to_thread
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    rule,
    run_state_machine_as_test,
)

from tests.clinics import Clinic, admit_patient
from tests.phones import (
    CarelessPhone,
    Entry,
    ForgetfulPhone,
    Phone,
    RashPhone,
    current,
)

pytestmark = pytest.mark.anyio
# In the long tests a thousand.
HISTORIES, STEPS = 250, 20
PHONES = st.integers(0, 2)
FATES = ("arrives", "request lost", "answer lost", "arrives twice", "arrives late")


class Histories(RuleBasedStateMachine):
    """One patient with three phones; `open_patient` gives each history a diary of its own."""

    open_patient: ClassVar[Callable[[], Any]]
    phone_type: ClassVar[type[Phone]] = Phone

    @initialize()
    def begin(self) -> None:
        clock = count(1)
        self.phones = [self.phone_type(clock) for _ in range(3)]
        self.send_now, self.read = from_thread.run(type(self).open_patient)
        self.late: list[list[Entry]] = []

    @rule(phone=PHONES, days_ago=st.integers(1, 7), pain=st.integers(0, 10))
    def log(self, phone: int, days_ago: int, pain: int) -> None:
        self.phones[phone].log(days_ago, pain)

    @rule(phone=PHONES, which=st.integers(0, 9), pain=st.integers(0, 10), withdrawn=st.booleans())
    def edit(self, phone: int, which: int, pain: int, withdrawn: bool) -> None:
        # What waits to be sent is the tender spot, so that it comes first.
        waiting = [queued.entry for queued in self.phones[phone].queue]
        known = waiting or list(self.phones[phone].entries.values())
        if known:
            self.phones[phone].edit(known[which % len(known)], pain, withdrawn=withdrawn)

    @rule(phone=PHONES, limit=st.integers(1, 5), fate=st.sampled_from(FATES))
    def push(self, phone: int, limit: int, fate: str) -> None:
        async def send(batch: list[Entry]) -> list[dict[str, Any]] | None:
            if fate == "arrives late":
                self.late.append(batch)
            if fate in ("request lost", "arrives late"):
                return None
            results: list[dict[str, Any]] = await self.send_now(batch)
            if fate == "arrives twice":
                results = await self.send_now(batch)
            return None if fate == "answer lost" else results

        from_thread.run(self.phones[phone].push, limit, send)

    @rule(phone=PHONES)
    def pull(self, phone: int) -> None:
        self.phones[phone].pull(from_thread.run(self.read))

    @rule()
    def late_arrivals(self) -> None:
        for batch in self.late:
            from_thread.run(self.send_now, batch)
        self.late.clear()

    def teardown(self) -> None:
        if hasattr(self, "phones"):
            from_thread.run(self._settle)

    async def _settle(self) -> None:
        for batch in self.late:
            await self.send_now(batch)
        for phone in self.phones:
            for _ in range(50):
                await phone.push(5, self.send_now)
            assert phone.queue == [], "the queue never empties"
            assert phone.refused == [], "the server refused what a phone kept"
        stored = await self.read()
        saved = {key for phone in self.phones for key in phone.entries}
        assert sorted(entry["id"] for entry in stored) == sorted(saved), "lost or doubled"
        for phone in self.phones:
            told = {key: phone.entries[key]["pain_now"] for key in phone.entries}
            kept = {entry["id"]: entry["pain_now"] for entry in stored}
            assert told.items() <= kept.items(), "the server says something else"
            phone.pull(stored)
            assert current(phone.entries) == current({one["id"]: one for one in stored})


async def run(clinic: Clinic, phone: type[Phone], histories: int = HISTORIES) -> None:
    class Machine(Histories):
        phone_type = phone
        open_patient = staticmethod(lambda: admit_patient(clinic))

    chosen = settings(
        max_examples=histories,
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        derandomize=True,
        # A failure is told as it is found: making it shorter takes hundreds of histories more.
        phases=[Phase.generate],
        # Nor is another kind of failure looked for, once there is one.
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    await to_thread.run_sync(lambda: run_state_machine_as_test(Machine, settings=chosen))


async def test_nothing_is_lost_and_nothing_doubled(clinic: Clinic):
    await run(clinic, Phone)


@pytest.mark.assurance
@pytest.mark.parametrize("mutant", [ForgetfulPhone, RashPhone, CarelessPhone])
async def test_a_phone_that_does_it_wrong_is_caught(clinic: Clinic, mutant: type[Phone]):
    with pytest.raises(AssertionError):
        await run(clinic, mutant, histories=300)
