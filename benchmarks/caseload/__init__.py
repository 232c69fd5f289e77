"""A clinic of many patients, served as in production, for benchmarks/triage.py."""
