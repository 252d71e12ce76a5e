"""Bluetooth, clocks and processes: the thin asynchronous edge."""
