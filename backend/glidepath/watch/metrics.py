"""The figures of this process and of the installation, in Prometheus' own format. Without ids: a label is
a route's pattern, a channel or a state.

One process serves the web (docs/design.md). Where somebody runs several, each counts its own requests and
streams, and whoever scrapes reaches each by its own address; what is read from the database is the same.
"""

import time
from datetime import datetime
from typing import Final, Protocol

from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from prometheus_client import (
    CollectorRegistry,
    Gauge,
    Histogram,
    ProcessCollector,
    generate_latest,
)

from glidepath.watch.readiness import Readiness
from glidepath.watch.standing import Standing, Watchdog, lag

SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
# A stream lasts as long as its page is open: that is no time to answer.
STREAMS: Final = frozenset({"/api/live"})


class _Gauge(Protocol):
    def __call__(self, name: str, about: str, value: float) -> None: ...


class Requests(ASGIMiddleware):
    """Counts and times what is asked of the interface, by the route's pattern."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._answered = Histogram(
            "glidepath_request_seconds",
            "Time to answer a request.",
            ("method", "route", "status"),
            buckets=SECONDS,
            registry=self.registry,
        )

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        began, status = time.perf_counter(), 500

        async def watch(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await next_app(scope, receive, watch)
        finally:
            route = scope.get("path_template", "")
            if (
                scope["type"] == ScopeType.HTTP
                and route.startswith("/api")
                and route not in STREAMS
            ):
                took = time.perf_counter() - began
                self._answered.labels(scope["method"], route, str(status)).observe(took)

    def text(self) -> bytes:
        return generate_latest(self.registry)


def text_of_parts(found: Readiness) -> bytes:
    """What `/readyz` goes by, told apart."""
    registry = CollectorRegistry()
    about = "1 if this part is well; entries are taken in while all are."
    parts = Gauge("glidepath_part_well", about, ("part",), registry=registry)
    for name, part in found.items():
        parts.labels(name).set(part.is_well)
    return generate_latest(registry)


def text_of(standing: Standing, streams: int, now: datetime) -> bytes:
    """What stands now: made anew each time, so that nothing lingers that is no more."""
    registry = CollectorRegistry()

    def gauge(name: str, about: str, value: float) -> None:
        Gauge(f"glidepath_{name}", about, registry=registry).set(value)

    gauge("open_streams", "Pages that listen for live changes.", streams)
    queue = standing.queue
    gauge("queue_answers", "1 if the job queue answers.", queue is not None)
    if queue is not None:
        gauge("queue_waiting", "Jobs that could be done now.", queue.waiting)
        gauge(
            "queue_lag_seconds",
            "How long the oldest of them waits.",
            lag(queue, now).total_seconds(),
        )
        gauge("queue_failed", "Jobs that were given up.", queue.failed)
        if queue.heartbeat is not None:
            silent = (now - queue.heartbeat).total_seconds()
            gauge("worker_silent_seconds", "Since a worker was heard of.", silent)
    oldest = (now - standing.oldest).total_seconds() if standing.oldest else 0
    gauge("deliveries_waiting", "Deliveries that are due and not done.", standing.waiting)
    gauge("oldest_undelivered_seconds", "Age of the oldest of them.", oldest)
    gauge(
        "dead_letters",
        "Deliveries given up that nobody was told of otherwise.",
        standing.dead_letters,
    )
    late = standing.late_alerts
    gauge("unowned_alerts", "Alerts with nobody to look after them.", late["unowned"])
    gauge("spent_alerts", "Alerts that all were told of, to no end.", late["spent"])
    gauge("overdue_alerts", "Other alerts that nobody looked at in time.", late["overdue"])
    gauge(
        "evaluation_behind_episodes",
        "Episodes with entries that the detector passed over. Entries are judged in the transaction "
        "that stores them, so that anything but 0 is a fault.",
        standing.behind,
    )
    ends = Gauge(
        "glidepath_deliveries_day",
        "Deliveries made in the last 24 hours, by channel and end.",
        ("channel", "state"),
        registry=registry,
    )
    for (channel, state), count in standing.ends.items():
        ends.labels(channel, state).set(count)
    _add_watchdog(gauge, standing.watchdog, now)
    return generate_latest(registry)


def _add_watchdog(gauge: _Gauge, watchdog: Watchdog, now: datetime) -> None:
    is_there = watchdog.state != "not_set_up"
    gauge("watchdog_set_up", "1 if a watchdog runs here or is to.", is_there)
    if watchdog.state in ("well", "lost"):
        is_well = watchdog.state == "well"
        gauge("watchdog_well", "1 if the watchdog's last alert arrived in time.", is_well)
    if watchdog.arrived_at is not None and watchdog.took is not None:
        since = (now - watchdog.arrived_at).total_seconds()
        gauge("watchdog_arrived_seconds", "Since an alert of the watchdog arrived.", since)
        gauge("watchdog_took_seconds", "How long it took.", watchdog.took.total_seconds())
