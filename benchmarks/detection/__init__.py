"""What `benchmarks/trends.py` is made of: cohorts, their scoring, other detectors, tables, figures."""
