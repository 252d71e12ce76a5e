"""What the bytes of the Fitness Machine Service mean: a sans-io codec.

One decoder a characteristic. None raises, whatever the octets: Treadmill Data always yields a record whose
`issues` name its oddities; the others yield a value or `Malformed`.
"""

from eccentread.ftms.control_point import (
    OpCode,
    OtherRequest,
    Request,
    RequestControl,
    ResetMachine,
    Response,
    SetTargetInclination,
    SetTargetSpeed,
    StartOrResume,
    StopAction,
    StopOrPause,
    decode_request,
    decode_response,
)
from eccentread.ftms.features import (
    Feature,
    MachineFeature,
    SpeedRange,
    TargetFeature,
    decode_feature,
    decode_speed_range,
)
from eccentread.ftms.machine_status import (
    ControlLost,
    MachineReset,
    MachineStatus,
    OtherStatus,
    PausedByUser,
    StartedByUser,
    StoppedBySafetyKey,
    StoppedByUser,
    TargetInclineChanged,
    TargetSpeedChanged,
    decode_machine_status,
)
from eccentread.ftms.malformed import Flaw, Malformed
from eccentread.ftms.training_status import TrainingCode, TrainingStatus, decode_training_status
from eccentread.ftms.treadmill_data import (
    FRAGMENT_TIMEOUT_S,
    Issue,
    RecordAssembler,
    TreadmillData,
    decode_treadmill_data,
    speed_kmh_in,
)

__all__ = [
    "FRAGMENT_TIMEOUT_S",
    "ControlLost",
    "Feature",
    "Flaw",
    "Issue",
    "MachineFeature",
    "MachineReset",
    "MachineStatus",
    "Malformed",
    "OpCode",
    "OtherRequest",
    "OtherStatus",
    "PausedByUser",
    "RecordAssembler",
    "Request",
    "RequestControl",
    "ResetMachine",
    "Response",
    "SetTargetInclination",
    "SetTargetSpeed",
    "SpeedRange",
    "StartOrResume",
    "StartedByUser",
    "StopAction",
    "StopOrPause",
    "StoppedBySafetyKey",
    "StoppedByUser",
    "TargetFeature",
    "TargetInclineChanged",
    "TargetSpeedChanged",
    "TrainingCode",
    "TrainingStatus",
    "TreadmillData",
    "decode_feature",
    "decode_machine_status",
    "decode_request",
    "decode_response",
    "decode_speed_range",
    "decode_training_status",
    "decode_treadmill_data",
    "speed_kmh_in",
]
