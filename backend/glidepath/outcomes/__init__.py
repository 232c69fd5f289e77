"""Outcome measures: which an episode uses, what patients answered, and the clinic's own forms."""
