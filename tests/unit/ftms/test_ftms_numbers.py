"""The numbers of the specification, held against those of an independent library."""

from enum import IntEnum, IntFlag

import pytest
from pyftms.client.properties.features import MachineFeatures, MachineSettings
from pyftms.models import ControlCode, StopPauseCode, TrainingStatusCode
from pyftms.models import ResultCode as TheirResultCode

from eccentread.events import ResultCode
from eccentread.ftms import MachineFeature, OpCode, StopAction, TargetFeature, TrainingCode


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (OpCode, ControlCode),
        (ResultCode, TheirResultCode),
        (StopAction, StopPauseCode),
        (TrainingCode, TrainingStatusCode),
        (MachineFeature, MachineFeatures),
        (TargetFeature, MachineSettings),
    ],
)
def test_every_number_is_known_to_both(ours: type[IntEnum | IntFlag], theirs: type[IntEnum | IntFlag]):
    assert sorted(int(member) for member in ours) == sorted(int(member) for member in theirs)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (OpCode.SET_TARGET_SPEED, ControlCode.SPEED),
        (OpCode.SET_TARGET_INCLINATION, ControlCode.INCLINE),
        (OpCode.START_OR_RESUME, ControlCode.START_RESUME),
        (OpCode.STOP_OR_PAUSE, ControlCode.STOP_PAUSE),
        (TrainingCode.IDLE, TrainingStatusCode.IDLE),
        (TrainingCode.MANUAL_MODE, TrainingStatusCode.MANUAL_MODE),
        (TrainingCode.PRE_WORKOUT, TrainingStatusCode.PRE_WORKOUT),
        (TrainingCode.POST_WORKOUT, TrainingStatusCode.POST_WORKOUT),
        (MachineFeature.FORCE_ON_BELT_AND_POWER, MachineFeatures.FORCE_ON_BELT_AND_POWER_OUTPUT),
        (MachineFeature.STEP_COUNT, MachineFeatures.STEP_COUNT),
        (TargetFeature.SPEED, MachineSettings.SPEED),
    ],
)
def test_the_numbers_this_program_leans_on_mean_the_same_to_both(ours: int, theirs: int):
    assert ours == theirs
