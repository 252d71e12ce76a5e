"""Keeps a promise beyond this program's end: a belt that it set in motion is brought to a standstill.

A second, small process that watches the first (`watching`, `__main__`), what starts and feeds it (`guard`),
and what both of them do to a belt that nobody has in hand any more (`at_rest`).
"""
