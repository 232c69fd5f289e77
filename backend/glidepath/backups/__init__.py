"""Sealed copies of the whole database: made, brought back, and tried."""
