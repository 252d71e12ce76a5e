"""Benchmarks: each module has `main(arguments)` and prints a table."""
