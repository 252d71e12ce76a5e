"""Between the speeds on the wire and those of the belt: units, range, grid."""

import math

from eccentread_sim.console_parameters import (
    ConsoleParameters,
    DistanceUnit,
    Outside,
    Rounding,
    SpeedUnit,
)

KMH_PER_MPH = 1.609344
_SPEED_OCTETS = 2
_HAIR = 1e-9
"""8.0 must not be taken for a hair less and go down a step."""


class Dial:
    """One machine's speeds."""

    def __init__(self, parameters: ConsoleParameters) -> None:
        self._parameters = parameters

    def commanded_kmh(self, parameter: bytes, current_kmh: float) -> float | None:
        """What the belt shall run at after a speed command; `None`: the command is not valid."""
        p = self._parameters
        asked_kmh = int.from_bytes(parameter, "little") / 100.0
        if p.command_unit is SpeedUnit.MPH:
            asked_kmh *= KMH_PER_MPH
        inside_kmh = min(max(asked_kmh, p.speed_min_kmh), p.speed_max_kmh)
        if len(parameter) != _SPEED_OCTETS or (p.outside is Outside.REFUSED and inside_kmh != asked_kmh):
            return None
        if p.speed_gain_kmh:
            return min(current_kmh + p.speed_gain_kmh, p.speed_max_kmh)
        return self.on_grid(inside_kmh)

    def on_grid(self, speed_kmh: float) -> float:
        """The speed of the grid that it becomes."""
        p = self._parameters
        steps = speed_kmh / p.speed_step_kmh
        whole = round(steps) if p.rounding is Rounding.NEAREST else math.floor(steps + _HAIR)
        return whole * p.speed_step_kmh

    @property
    def speed_range(self) -> bytes:
        """Supported Speed Range (§4.11): lowest, highest, step."""
        p = self._parameters
        speeds_kmh = (p.speed_min_kmh, p.speed_max_kmh, p.speed_step_kmh)
        return b"".join(_octets(_centi(kmh, p.range_unit)) for kmh in speeds_kmh)

    def told(self, speed_kmh: float) -> bytes:
        """A speed of the belt as the machine tells it, u16."""
        return _octets(_centi(speed_kmh, self._parameters.report_unit))

    def reported(self, speed_centi_kmh: int) -> int:
        """The number that stands for a speed in Treadmill Data."""
        if self._parameters.report_unit is SpeedUnit.MPH:
            return round(speed_centi_kmh / KMH_PER_MPH)
        return speed_centi_kmh

    def counted(self, distance_m: float) -> int:
        """The number that stands for a distance in Treadmill Data."""
        if self._parameters.distance_unit is DistanceUnit.MILLIMILE:
            return int(distance_m / KMH_PER_MPH)
        return int(distance_m)


def _centi(speed_kmh: float, unit: SpeedUnit) -> int:
    return round(100.0 * (speed_kmh / KMH_PER_MPH if unit is SpeedUnit.MPH else speed_kmh))


def _octets(number: int) -> bytes:
    return number.to_bytes(2, "little")
