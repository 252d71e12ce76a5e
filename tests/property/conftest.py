"""How thoroughly properties are tried: `--hypothesis-profile long` takes 10⁶ steps with a state machine."""

from hypothesis import settings

settings.register_profile("long", deadline=None, max_examples=27_000, stateful_step_count=40, database=None)
