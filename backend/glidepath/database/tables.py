"""Every table at once, for those that look at the schema as a whole: migrations and tests."""

from importlib import import_module

MODULES_WITH_TABLES = (
    "identity.models",
    "audit.models",
    "care.models",
    "care.team_models",
    "privacy.models",
    "privacy.erasure_models",
    "messages.models",
    "assessments.models",
    "outcomes.models",
    "diary.models",
    "alerts.models",
    "notify.models",
    "escalation.models",
    "insight.models",
    "monitoring.models",
    "records.export_models",
    "watch.models",
)


def import_all_tables() -> None:
    for name in MODULES_WITH_TABLES:
        import_module(f"glidepath.{name}")
