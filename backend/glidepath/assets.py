"""What comes with the package but is no Python: in a wheel inside it, in a checkout beside it."""

from pathlib import Path

PACKAGE = Path(__file__).parent
CHECKOUT = PACKAGE.parent.parent


def web_dir() -> Path:
    """The built front end; the folder is absent from a checkout until `make setup` builds it."""
    return _first_of(PACKAGE / "frontend", CHECKOUT / "frontend" / "dist")


def migrations_dir() -> Path:
    return _first_of(PACKAGE / "migrations", CHECKOUT / "migrations")


def _first_of(packaged: Path, built: Path) -> Path:
    return packaged if packaged.is_dir() else built
