"""What kind of browser says that it asks, in words for its owner; the whole of what it says is never kept."""

from typing import Final

# The first that is found counts: each of them also calls itself by the names further down.
_BROWSERS: Final = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("FxiOS", "Firefox"),
    ("Firefox", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrom", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS: Final = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def label_of(user_agent: str) -> str:
    """Such as "Firefox, Android", in no language; empty where neither is known."""
    parts = (
        next((name for sign, name in signs if sign in user_agent), None)
        for signs in (_BROWSERS, _SYSTEMS)
    )
    return ", ".join(part for part in parts if part)
