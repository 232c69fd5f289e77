"""Invented patients: a clinic to look at before there is a real one."""
