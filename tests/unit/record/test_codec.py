import re
from math import inf, isnan, nan

import pytest

from eccentread.errors import InputError
from eccentread.events import (
    Characteristic,
    Command,
    CommandAnswered,
    CommandKind,
    Connected,
    Notified,
    Problem,
    Rep,
    RepCounted,
    ResultCode,
    SessionEnded,
    TimePassed,
)
from eccentread.record.codec import decode, decode_if, encode

REP = Rep(1.0, 3.5, 4.0, 0.8, 0.5, 0.3, 0.2, 0.01, 0.1, 0.6, None, 0.9, 12)

# What journals already on disks look like: a change here needs a new schema version.
WRITTEN = [
    (Notified(0.1 + 0.2, "2acd", b"\x00\x50"), ('{"in":"notified","t_s":0.30000000000000004,'
     '"characteristic":"2acd","data":"0050"}')),
    (CommandAnswered(1.0, 7, None, Problem.TIMED_OUT), ('{"in":"command-answered","t_s":1.0,"command_id":7,'
     '"result":null,"problem":"timed-out"}')),
    (Command(1.0, 7, CommandKind.SET_SPEED, b"\x02\x50\x00"), ('{"out":"command","t_s":1.0,"id":7,'
     '"kind":"set-speed","data":"025000"}')),
    (RepCounted(4.0, 1, 2, REP), ('{"out":"rep-counted","t_s":4.0,"set_index":1,"rep_index":2,"rep":'
     '{"onset_s":1.0,"release_s":3.5,"counted_s":4.0,"baseline_kmh":0.8,"speed_min_kmh":0.5,"dip_peak_kmh":0.3,'
     '"dip_mean_kmh":0.2,"overshoot_kmh":0.01,"dip_area_m":0.1,"travel_m":0.6,"load_rel_pct":null,'
     '"confidence":0.9,"n_samples":12}}')),
    (Connected(0.0, "Läufer\ud800", "aa:bb", b"\x01", None, b"", ("2acd",), {"model": "T\n1"}),
     ('{"in":"connected","t_s":0.0,"name":"L\\u00e4ufer\\ud800","address":"aa:bb","feature":"01",'
     '"speed_range":null,"training_status":"","characteristics":["2acd"],"device":{"model":"T\\n1"}}')),
    (TimePassed(inf), '{"in":"time-passed","t_s":"inf"}'),
]  # fmt: skip


@pytest.mark.parametrize(("event", "text"), WRITTEN, ids=lambda value: type(value).__name__)
def test_events_are_written_and_read_as_they_always_were(event, text):
    assert encode(event) == text
    assert decode(text) == event


def test_equal_events_give_equal_text():
    assert encode(Notified(1, Characteristic.TREADMILL_DATA, b"")) == encode(Notified(1.0, "2acd", b""))
    assert encode(CommandAnswered(1.0, 1, ResultCode.SUCCESS)) == encode(CommandAnswered(1.0, 1, 1))


def test_nan_comes_back_as_nan():
    assert isnan(decode(encode(TimePassed(nan))).t_s)


def test_a_field_that_an_older_journal_lacks_takes_its_default():
    assert decode('{"in":"command-answered","t_s":1.0,"command_id":7}') == CommandAnswered(1.0, 7)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("{", "is not JSON"),
        ("[" * 100_000, "is not JSON"),
        ("[]", "is neither an input nor an output"),
        ('{"t_s":1.0}', "is neither an input nor an output"),
        ('{"in":"teleported","t_s":1.0}', "has an unknown input 'teleported'"),
        ('{"in":"rep-counted","t_s":1.0}', "has an unknown input 'rep-counted'"),
        ('{"out":7,"t_s":1.0}', "has an unknown output 7"),
        ('{"in":"time-passed"}', "lacks the field 't_s'"),
        ('{"in":"time-passed","t_s":1.0,"mood":"good"}', "has an unknown field 'mood'"),
        ('{"in":"time-passed","t_s":"soon"}', "cannot have 'soon' as 't_s'"),
        ('{"in":"time-passed","t_s":true}', "cannot have True as 't_s'"),
        ('{"in":"time-passed","t_s":1' + "0" * 400 + "}", "as 't_s'"),
        ('{"in":"notified","t_s":1.0,"characteristic":"2acd","data":"5"}', "cannot have '5' as 'data'"),
        ('{"in":"notified","t_s":1.0,"characteristic":5,"data":"50"}', "cannot have 5 as 'characteristic'"),
        ('{"in":"command-answered","t_s":1.0,"command_id":true}', "cannot have True as 'command_id'"),
        ('{"in":"command-answered","t_s":1.0,"command_id":1.5}', "cannot have 1.5 as 'command_id'"),
        ('{"out":"session-ended","t_s":1.0,"outcome":"won","reason":null}', "cannot have 'won' as 'outcome'"),
        ('{"out":"rep-counted","t_s":1.0,"set_index":1,"rep_index":1,"rep":null}', "cannot have None as 'rep'"),  # noqa: E501
    ],
)  # fmt: skip
def test_what_is_no_event_is_refused_with_the_field_at_fault(text, complaint):
    with pytest.raises(InputError, match=re.escape(complaint)):
        decode(text)


def test_an_optional_enum_may_be_absent():
    ended = '{"out":"session-ended","t_s":1.0,"outcome":"finished","reason":null}'
    assert decode(ended) == SessionEnded(1.0, "finished", None)


@pytest.mark.parametrize("wanted", [frozenset(), frozenset({Notified}), frozenset({TimePassed})])
@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"{}",
        b'{"in":"time-passed","t_s":1.5',
        b'{"in":"time-passed","t_s":1.5}}',
        b'{"in":"time-passed","t_s":01}',
        b'{"in":"time-passed","t_s":1.}',
        b'{"in":"time-passed","t_s":--1}',
        b'{"in":"time-pased","t_s":1.5}',
        b'{"in":"time-pas{"in":"time-passed","t_s":1.5}',
        b'{"in":"nonesuch","t_s":1.5}',
    ],
)
def test_a_line_that_is_no_event_is_refused_also_where_nobody_wants_it(line, wanted):
    with pytest.raises(InputError):
        decode_if(line, wanted)


def test_of_what_is_not_wanted_fields_are_not_read():
    line = b'{"in":"notified","t_s":"soon"}'
    assert decode_if(line, frozenset({TimePassed})) is None
    with pytest.raises(InputError, match="lacks the field"):
        decode_if(line, frozenset({Notified}))


def test_spaces_around_an_event_do_not_matter():
    assert decode(' {"in": "time-passed", "t_s": 1.5} \r') == TimePassed(1.5)
