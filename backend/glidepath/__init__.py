"""Glidepath: a daily diary for pain in the back of the leg, and an early word when it worsens."""

__version__ = "0.1.0"
