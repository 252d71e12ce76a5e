"""Sessions in which anything goes wrong at any moment, drawn from a seed: saved, replayed, judged, shrunk.

`python -m chaos --help`; `make chaos`.
"""
