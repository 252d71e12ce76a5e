"""What a machine offers over Bluetooth: who it says it is, and what its fitness machine service holds.

Every key is a departure from FTMS 1.0 by itself; any of them may be combined. Their defaults depart nowhere.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from eccentread_sim.bounds import bounded

SMALLEST_MTU = 23


class Field(StrEnum):
    """What Treadmill Data may hold beside the speed."""

    AVERAGE_SPEED = "average-speed"
    DISTANCE = "distance"
    INCLINATION = "inclination"
    ELEVATION = "elevation"
    PACE = "pace"
    AVERAGE_PACE = "average-pace"
    ENERGY = "energy"
    HEART_RATE = "heart-rate"
    MET = "met"
    ELAPSED = "elapsed"
    REMAINING = "remaining"
    FORCE = "force"
    """Force on belt and power."""
    STEPS = "steps"
    """A step count behind reserved bit 13, which FTMS 1.0 does not know."""


class Number(StrEnum):
    """A number of Treadmill Data that a machine may have without knowing it."""

    INCLINATION = "inclination"
    RAMP_ANGLE = "ramp-angle"
    ELEVATION_GAIN = "elevation-gain"
    ELEVATION_LOSS = "elevation-loss"
    ENERGY = "energy"
    ENERGY_PER_HOUR = "energy-per-hour"
    ENERGY_PER_MINUTE = "energy-per-minute"
    FORCE = "force"
    POWER = "power"


class Offered(StrEnum):
    """The characteristics of the fitness machine service."""

    FEATURE = "feature"
    TREADMILL_DATA = "treadmill-data"
    TRAINING_STATUS = "training-status"
    SPEED_RANGE = "speed-range"
    CONTROL_POINT = "control-point"
    MACHINE_STATUS = "machine-status"


UUIDS = {
    Offered.FEATURE: "2acc",
    Offered.TREADMILL_DATA: "2acd",
    Offered.TRAINING_STATUS: "2ad3",
    Offered.SPEED_RANGE: "2ad4",
    Offered.CONTROL_POINT: "2ad9",
    Offered.MACHINE_STATUS: "2ada",
}
"""What emissions call the characteristics (FTMS 1.0 §4)."""


class Answers(StrEnum):
    """How the control point can be subscribed to; FTMS 1.0 §4.16 wants indications."""

    INDICATE = "indicate"
    NOTIFY = "notify"
    BOTH = "both"


class Advertised(StrEnum):
    """A service that an advertisement lists."""

    FITNESS_MACHINE = "fitness-machine"
    RUNNING_SPEED = "running-speed"
    CYCLING_SPEED = "cycling-speed"
    HEART_RATE = "heart-rate"
    FFF0 = "fff0"
    """Not assigned; many vendors use it."""


class ServiceData(StrEnum):
    """What an advertisement says of the machine's kind (FTMS 1.0 §3.1)."""

    TRUE = "true"
    SWAPPED = "swapped"
    """The octets of the machine type are in the wrong order, as on a TR1200."""
    NONE = "none"


class MachineType(StrEnum):
    """What a machine passes itself off as (FTMS 1.0 §3.1.2)."""

    TREADMILL = "treadmill"
    CROSS_TRAINER = "cross-trainer"
    STEP_CLIMBER = "step-climber"
    STAIR_CLIMBER = "stair-climber"
    ROWER = "rower"
    INDOOR_BIKE = "indoor-bike"


@dataclass(frozen=True, slots=True)
class Machine:
    """Who the machine says it is."""

    name: str
    address: str = "F0:0D:00:00:00:01"
    manufacturer: str = ""
    model: str = ""
    serial: str = ""
    firmware: str = ""
    hardware: str = ""
    software: str = ""
    device_information: bool = True
    """Whether there is a Device Information Service; one without strings holds nothing."""
    advertises_name: bool = True
    advertises: tuple[Advertised, ...] = (Advertised.FITNESS_MACHINE,)
    """The services its advertisements list, in order."""
    services_on_request: bool = False
    """Whether they are listed in the scan response only."""
    service_data: ServiceData = ServiceData.TRUE
    machine_type: MachineType = MachineType.TREADMILL


@dataclass(frozen=True, slots=True)
class Wire:
    """How a record of Treadmill Data becomes octets."""

    not_available: tuple[Number, ...] = ()
    """Numbers that always read as the wire's "not available"."""
    zero: tuple[Number, ...] = ()
    """Numbers that always read 0."""
    distance_step_m: int = bounded(1, 1, 1000)
    """The distance moves on in steps of this: 10 m on UREVO and FitShow."""
    steps_octets: int = bounded(3, 1, 4)
    """Octets of the step count: 3 on most machines, 2 on a KingSmith Z1."""
    extra_flags: int = bounded(0, 0, 0xFFFF)
    """Flag bits that are set without anything behind them, reserved ones (13–15) or others."""
    trailing: bytes = b""
    """Octets after the last field."""
    cut_to_octets: int = bounded(0, 0, 244)
    """Notifications end after this many octets, whatever their flags promise; 0: they are whole."""
    fragments: tuple[int, ...] = bounded((), 0, 0xFFFF)
    """The flags of the notifications that one record takes, whatever the link's ATT_MTU: 0x001F and 0x0680 on
    a Technogym MyRun. Bit 0 stands for a notification without the speed. Fields that are not in `fields` are
    left out."""
    flag_sets: tuple[int, ...] = bounded((), 0, 0xFFFF)
    """The flags of one record after another, in turn, without a split: what the set lacks is not sent."""
    lost_fragment_rate: float = bounded(0.0, 0.0, 1.0)
    """Part of the notifications lost of records that take several."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """How what is said gets out."""

    duplicate_rate: float = bounded(0.0, 0.0, 1.0)
    """Part of the notifications that go out twice."""
    overtaken_rate: float = bounded(0.0, 0.0, 1.0)
    """Part of the notifications that go out after the next one."""
    late_rate: float = bounded(0.0, 0.0, 1.0)
    """Part of the notifications that go out `late_s` late, whatever has gone out in between."""
    late_s: float = bounded(0.5, 0.0, 60.0)
    jitter_s: float = bounded(0.0, 0.0, 60.0)
    """Each notification goes out up to this late, in order."""
    halved_rate: float = bounded(0.0, 0.0, 1.0)
    """Part of the notifications that end in their middle."""
    lost_rate: float = bounded(0.0, 0.0, 1.0)
    """Part of the notifications that never go out."""
    answer_first: bool = False
    """Whether a write to the control point is confirmed only once its answer is out."""
    stray_answers: tuple[bytes, ...] = ()
    """What the control point says ahead of each answer: to other commands, to none."""
    rejects: tuple[int, ...] = bounded((), 0, 255)
    """Op codes whose writes end in an ATT error; the machine does not hear of them."""
    rejects_with: int = bounded(0x80, 1, 255)
    """That error: 0x80–0x9F are the application's, 0x03 permits no write, 0x05 and 0x0F want security."""
    subscription_gap_s: float = bounded(0.0, 0.0, 10.0)
    """A subscription that comes sooner than this after another is taken and forgotten."""


@dataclass(frozen=True, slots=True)
class Gatt:
    """What the machine's Bluetooth service offers."""

    fields: tuple[Field, ...] = (Field.DISTANCE, Field.ENERGY, Field.ELAPSED)
    max_mtu: int = bounded(517, SMALLEST_MTU, 517)
    """The largest ATT_MTU the machine agrees to, 23–517."""
    leaves_out: tuple[Offered, ...] = ()
    """Characteristics that the service lacks."""
    reads_empty: tuple[Offered, ...] = ()
    """Characteristics that read as no octets at all."""
    control_point: Answers = Answers.INDICATE
    feature: bytes = b""
    """Fitness Machine Feature as it reads; empty: what the machine has."""
    speed_range: bytes = b""
    """Supported Speed Range as it reads, be it zero or in another unit; empty: what the console keeps to."""
    links: int = bounded(1, 1, 4)
    """How many centrals it takes at a time; it advertises while it would take another."""
    twice: bool = False
    """Whether there is a second fitness machine service, which never says or does anything."""
    wire: Wire = field(default_factory=Wire)
    delivery: Delivery = field(default_factory=Delivery)
