"""The range a parameter of a personality may have, stated where the parameter is."""

from dataclasses import Field, dataclass, field
from math import inf
from typing import Any

_KEY = "bounds"


@dataclass(frozen=True, slots=True)
class Bounds:
    """From `low` to `high`, both allowed; `low` itself is not where it is `open`."""

    low: float = 0.0
    high: float = inf
    open: bool = False

    def __str__(self) -> str:
        if self.high == inf:
            return f"more than {self.low:g}" if self.open else f"{self.low:g} or more"
        return (
            f"more than {self.low:g} and at most {self.high:g}"
            if self.open
            else f"{self.low:g}–{self.high:g}"
        )

    def __contains__(self, value: float) -> bool:
        return (self.low < value if self.open else self.low <= value) and value <= self.high


def bounded(default: float | tuple[float, ...], low: float, high: float, *, above: bool = False) -> Any:  # noqa: ANN401 — as dataclasses.field
    """A dataclass field with that default; it, or each of it, from `low` to `high`; `above`: not `low`."""
    return field(default=default, metadata={_KEY: Bounds(low, high, open=above)})


def within(low: float, high: float, *, above: bool = False) -> Any:  # noqa: ANN401 — as dataclasses.field
    """A dataclass field that has to be given, between `low` and `high`; `above`: more than `low`."""
    return field(metadata={_KEY: Bounds(low, high, open=above)})


def bounds_of(parameter: Field[Any]) -> Bounds:
    """The range of a dataclass field: 0 or more where none is stated."""
    return parameter.metadata.get(_KEY, Bounds())
