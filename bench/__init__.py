"""Benchmarks: what the project costs, as ratios against named peers or against itself."""
