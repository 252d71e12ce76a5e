"""What a machine is to whoever puts it on the air."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from eccentread_sim.personality import Personality
    from eccentread_sim.treadmill import Emission


class Treadmill(Protocol):
    """A machine without a radio. Times are seconds since its own beginning and never run backward."""

    @property
    def personality(self) -> Personality:
        """Its character."""
        ...

    @property
    def seed(self) -> int | str:
        """What its chances are drawn from."""
        ...

    @property
    def next_s(self) -> float:
        """When it wants to be advanced next."""
        ...

    @property
    def feature(self) -> bytes:
        """Fitness Machine Feature (FTMS 1.0 §4.3)."""
        ...

    @property
    def speed_range(self) -> bytes:
        """Supported Speed Range (FTMS 1.0 §4.11)."""
        ...

    @property
    def training_status(self) -> bytes:
        """Training Status now (FTMS 1.0 §4.10)."""
        ...

    @property
    def device_information(self) -> Mapping[str, str]:
        """Device Information strings by the names of `services.DEVICE_STRINGS`."""
        ...

    def advance(self, t_s: float) -> Sequence[Emission]:
        """What it says up to `t_s`, in order."""
        ...

    def write_control_point(self, t_s: float, data: bytes, central: str = "") -> None:
        """Take a write of that central.

        Its answer is an emission; one due at `t_s` goes out before the write's response.
        """
        ...

    def refused(self, t_s: float, data: bytes, central: str = "") -> None:
        """A write ended in an ATT error; the machine does nothing about it."""
        ...

    def connected(self, t_s: float, central: str = "") -> None:
        """A central connected; `central` tells it from others at the same time."""
        ...

    def disconnected(self, t_s: float, central: str = "") -> None:
        """The central is gone."""
        ...
