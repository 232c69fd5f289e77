"""How much is logged. What is logged never holds what a patient wrote."""

import structlog


def configure(level: str) -> None:
    """Lets through what is at least as severe as `level` (debug, info, warning, error)."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(level))
