import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from eccentread.errors import InputError
from eccentread.events import Connected, LinkLost, Notified
from eccentread.record.codec import encode
from eccentread.record.journal import TESTS, JournalWriter
from eccentread.record.recordings import journal_recording, read_recording
from eccentread.reps import SET, Window, WindowKind

READINGS = ([0.0, 0.9, 2.25], [0.8, 0.55, 0.79])


def read(tmp_path, content, events=None):
    path = tmp_path / "A.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    if events is not None:
        (tmp_path / "A.events.csv").write_text(events)
    return read_recording(path)


def readings(recording):
    return recording.times_s.tolist(), recording.speeds_kmh.tolist()


PLAIN = "time_s,speed_kmh\n0.0,0.8\n0.9,0.55\n2.25,0.79\n"


@pytest.mark.parametrize(
    "content",
    [
        PLAIN,
        PLAIN.rstrip(),
        PLAIN.replace("\n", "\r\n"),
        PLAIN.replace("\n", "\r"),
        "\ufeff" + PLAIN,
        "\n \n" + PLAIN.replace("\n", "\n\n") + "\n \n",
        PLAIN.replace(",", " , ").upper(),
        "speed_kmh,note,time_s\n0.8,,0.0\n0.55,\"a, b\"\"\nc\",0.9\n0.79,x,2.25,, \n",
        PLAIN.replace("0.9,", "0.5,nan\n0.6,NaN\n0.7,\nnan,0.8\n,,\n0.9,"),
        PLAIN.replace("0.8", "8e-1").replace("0.79", "+.79"),
    ],
    ids=["plain", "no-last-newline", "crlf", "cr", "bom", "empty-lines", "spaces", "columns", "nan", "forms"],
)  # fmt: skip
def test_a_csv_of_belt_speed_is_read_however_it_was_saved(tmp_path, content):
    assert readings(read(tmp_path, content)) == READINGS


def test_readings_at_the_same_instant_are_kept(tmp_path):
    assert readings(read(tmp_path, "time_s,speed_kmh\n1,0.8\n1,0.7\n")) == ([1.0, 1.0], [0.8, 0.7])


def test_readings_are_arrays_of_floats(tmp_path):
    recording = read(tmp_path, PLAIN)
    assert (recording.times_s.dtype, recording.speeds_kmh.dtype) == (np.float64, np.float64)


def test_a_recording_without_an_event_list_has_no_windows(tmp_path):
    assert read(tmp_path, PLAIN).windows == ()


def test_windows_come_from_the_event_list_beside_it_in_order_of_onset(tmp_path):
    events = (
        "\ufeffonset_s,duration_s,event,x\r\n\r\n60,90.5,set,\r\n0,20,idle,x\r\n20,5, Push ,\r\n30,5,ride"
    )
    assert read(tmp_path, PLAIN, events).windows == (
        Window(0.0, 20.0, WindowKind.IDLE),
        Window(20.0, 5.0, WindowKind.PUSH),
        Window(30.0, 5.0, WindowKind.RIDE),
        Window(60.0, 90.5, SET),
    )


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("", "is empty; begin it with a line time_s,speed_kmh"),
        ("\n \n", "is empty; begin it with a line time_s,speed_kmh"),
        ("0.0,0.8\n", "line 1 lacks column names; begin the file with time_s,speed_kmh"),
        ("\ntime_s,speed\n", "line 2 lacks column names; begin the file with time_s,speed_kmh"),
        ("time_s,speed_kmh\n", "has no readings of belt speed; record again"),
        ("time_s,speed_kmh\n0,nan\n", "has no readings of belt speed; record again"),
        (PLAIN + "\n3.0,fast\n", "line 6 has 'fast' where a number is due; correct it"),
        (PLAIN + "3.0,0.8\n2.9,0.8\n", "line 6 goes back in time, from 3.0 s to 2.9 s; sort"),
        (PLAIN + "inf,0.8\n", "line 5 has 'inf' where a finite number is due; correct it"),
        (PLAIN + "3.0,-1e999\n", "line 5 has '-1e999' where a finite number is due; correct it"),
        (PLAIN + "3.0\n", "line 5 has too few cells for time_s,speed_kmh; complete it"),
        (PLAIN + "3,0,8\n", "line 5 has more cells than there are column names; write decimals with a point"),
        (PLAIN + '3,"0,8"\n', "line 5 has '0,8' where a number is due; write decimals with a point"),
        (PLAIN.encode("utf-16"), "is not text in UTF-8; save it as CSV in UTF-8"),
        (PLAIN + "3.0," + "9" * 200_000 + "\n", "is not CSV (field larger than field limit (131072)); save"),
    ],
)  # fmt: skip
def test_a_csv_that_cannot_be_understood_is_refused_with_the_line_and_a_way_out(tmp_path, content, complaint):
    with pytest.raises(InputError, match=re.escape(complaint)) as refused:
        read(tmp_path, content)
    assert str(tmp_path / "A.csv") in refused.value.sentence


def test_sets_that_touch_or_overlap_by_a_rounding_are_two_sets(tmp_path):
    events = "onset_s,duration_s,event\n0,60.04,set\n60,60,set\n120,60,set\n"
    assert len(read(tmp_path, PLAIN, events).windows) == 3


@pytest.mark.parametrize(
    ("events", "complaint"),
    [
        (
            "onset_s,event\n0,idle\n",
            "line 1 lacks column names; begin the file with onset_s,duration_s,event",
        ),
        (
            "onset_s,duration_s,event\n0,60,set\n70,60,set\n125,9,set\n",
            "has a set at 125 s before the one at 70 s",
        ),
        ("onset_s,duration_s,event\n0,5,rest\n", "line 2 has an unknown event 'rest'; use one of idle, push"),
        ("onset_s,duration_s,event\n0,0,set\n", "line 2 needs an onset_s, and a duration_s above 0"),
        ("onset_s,duration_s,event\n0,-5,set\n", "line 2 needs an onset_s, and a duration_s above 0"),
        ("onset_s,duration_s,event\n0,,set\n", "line 2 needs an onset_s, and a duration_s above 0"),
        ("onset_s,duration_s,event\n,5,set\n", "line 2 needs an onset_s, and a duration_s above 0"),
        ("onset_s,duration_s,event\nsoon,5,set\n", "line 2 has 'soon' where a number is due; correct it"),
    ],
)
def test_an_event_list_that_cannot_be_understood_is_refused_with_the_line(tmp_path, events, complaint):
    with pytest.raises(InputError, match=re.escape(complaint)) as refused:
        read(tmp_path, PLAIN, events)
    assert str(tmp_path / "A.events.csv") in refused.value.sentence


def test_an_event_list_given_as_a_recording_is_told_apart(tmp_path):
    with pytest.raises(InputError, match=r"lists the events of A\.csv; name that file"):
        read_recording(tmp_path / "A.events.csv")


def test_a_device_is_no_recording():
    with pytest.raises(InputError, match=r"/dev/zero is a device; name a file"):
        read_recording(Path("/dev/zero"))


def test_a_folder_without_a_recording_is_said(tmp_path):
    with pytest.raises(InputError, match=r"has no recording in it, neither a journal nor a CSV file\.$"):
        read_recording(tmp_path)


def test_a_missing_recording_is_said(tmp_path):
    with pytest.raises(InputError, match=r"No such file or directory\); check its name"):
        read_recording(tmp_path / "none.csv")


def test_a_journal_is_decoded_anew_from_what_the_machine_sent(session):
    recording = journal_recording("journal.jsonl", session)
    assert recording.times_s.tolist() == [3.0, 4.0, 5.0, 6.0, 7.0, 9.5, 13.0]
    assert recording.speeds_kmh.tolist() == [0.8] * 5 + [0.55, 0.79]


def test_the_windows_of_a_journal_are_its_cues_and_sets(session):
    assert journal_recording("journal.jsonl", session).windows == (
        Window(3.0, 5.0, WindowKind.IDLE),
        Window(8.0, 4.0, WindowKind.PUSH),
        Window(12.0, 3.0, WindowKind.RIDE),
        Window(18.0, 9.0, SET),
        Window(87.0, 8.0, SET),
    )


def test_a_set_in_which_the_program_died_reaches_to_the_last_that_is_known(broken_off):
    assert journal_recording("journal.jsonl", broken_off).windows[-1] == Window(87.0, 6.0, SET)


def test_a_journal_without_a_reading_is_said(session):
    with pytest.raises(InputError, match="has no readings of belt speed"):
        journal_recording("journal.jsonl", type(session)(session.header, ()))


def test_only_whole_records_of_treadmill_data_are_readings(session):
    first_half, second_half = b"\x05\x00\x01\x00\x00", b"\x00\x00\x50\x00"
    events = (
        Notified(1.0, "2acd", first_half),
        LinkLost(1.1, "gone"),
        Connected(1.2, "T", "aa"),
        Notified(1.3, "2acd", second_half),
        Notified(1.4, "2ada", second_half),
        Notified(2.0, "2acd", first_half),
        Notified(2.1, "2acd", second_half),
        Notified(3.0, "2acd", b"\x00"),
    )
    recording = journal_recording("journal.jsonl", type(session)(session.header, events))
    assert readings(recording) == ([1.3, 2.1], [0.8, 0.8])


def test_a_journal_is_read_by_its_file_or_its_folder(session, tmp_path):
    with JournalWriter.create(tmp_path, session.header, pytest.fail) as journal:
        for event in session.events:
            journal.write(event)
    by_file, by_folder = read_recording(tmp_path / "journal.jsonl"), read_recording(tmp_path)
    assert by_file.path == by_folder.path == tmp_path / "journal.jsonl"
    assert readings(by_file) == readings(by_folder) == readings(journal_recording("", session))


@pytest.mark.parametrize("test", sorted(TESTS))
def test_the_record_of_a_test_has_no_reps(tmp_path, session, test):
    header = replace(session.header, protocol=test, protocol_text="")
    with JournalWriter.create(tmp_path, header, pytest.fail) as journal:
        journal.write(session.events[0])
    with pytest.raises(InputError, match=f"has no reps; `eccentread {test} --from"):
        read_recording(tmp_path)


def test_a_damaged_journal_is_refused(tmp_path):
    (tmp_path / "old.jsonl").write_text(encode(LinkLost(1.0, "gone")) + "\n")
    with pytest.raises(InputError, match=r"old\.jsonl is not a journal"):
        read_recording(tmp_path / "old.jsonl")


@pytest.mark.parametrize("separator", [";", "\t"])
def test_a_spreadsheet_that_separates_otherwise_is_told_how_to_save(tmp_path, separator):
    path = tmp_path / "A.csv"
    path.write_text(f"time_s{separator}speed_kmh\n0,5{separator}0,8\n")
    with pytest.raises(InputError, match="save it with commas and decimal points"):
        read_recording(path)
