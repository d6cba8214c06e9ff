"""Benchmarks: what dossier costs beside the plain way, as ratios taken in one run on the same work. Never part of the tests."""
