from math import isnan

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from eccentread.record.recordings import read_recording

finite = st.floats(allow_nan=False, allow_infinity=False)
readings = st.lists(st.tuples(finite, st.one_of(finite, st.just(float("nan")))), min_size=1).map(
    lambda rows: sorted(rows, key=lambda row: row[0])
)


@given(readings, st.sampled_from(["\n", "\r\n", "\r", "\n\n"]), st.sampled_from(["", "\ufeff"]))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])  # each example overwrites the file
def test_every_reading_comes_back_exactly_however_the_lines_end(tmp_path, rows, end, mark):
    kept = [(time_s, speed_kmh) for time_s, speed_kmh in rows if not isnan(speed_kmh)]
    assume(kept)
    lines = ["time_s,speed_kmh", *(f"{time_s!r},{speed_kmh!r}" for time_s, speed_kmh in rows)]
    path = tmp_path / "A.csv"
    path.write_bytes((mark + end.join(lines)).encode())
    recording = read_recording(path)
    assert list(zip(recording.times_s.tolist(), recording.speeds_kmh.tolist(), strict=True)) == kept
