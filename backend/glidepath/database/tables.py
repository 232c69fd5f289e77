"""Every table at once, for those that look at the schema as a whole: migrations and tests."""

from importlib import import_module

SLICES_WITH_TABLES = (
    "identity",
    "audit",
    "care",
    "privacy",
    "messages",
    "assessments",
    "diary",
    "alerts",
    "notify",
    "escalation",
    "insight",
    "watch",
)


def import_all_tables() -> None:
    for name in SLICES_WITH_TABLES:
        import_module(f"glidepath.{name}.models")
