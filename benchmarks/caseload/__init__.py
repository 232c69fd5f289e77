"""A clinic of many patients, served as in production, for the benchmarks."""
