"""Alerts: raised once for one cause, each with the basis that it can be computed again from."""
