"""Carrying an alert to the people who should know, without saying what it is about on the way."""
