"""The alarm's sound as a WAV file. Pure.

Two tones that alternate are taken for an alarm and nothing else. Each has a fundamental below 1000 Hz and,
as strong, four harmonics up to 4000 Hz, as IEC 60601-1-8 asks of an urgent alarm: a part that a laptop's
speaker swallows, or that an ear no longer hears, is not missed. Three fifths of the power lie within
500–2500 Hz and some of it below 1500 Hz, as ISO 7731 asks of a danger signal.
"""

import io
import math
import struct
import wave

RATE_HZ = 48_000
TONES_HZ = (640, 800)
"""A whole number of samples each at `RATE_HZ`."""
HARMONICS = 5
PULSE_S = 0.25
RAMP_S = 0.01
"""Each pulse rises and falls in this time: without a click, and still startling."""
TONE_S = 2.5
"""How long the file sounds."""

_FULL = 32_000  # of 32767


def tone() -> bytes:
    """The file: mono, 16 bits."""
    pulses = [_pulse(hz) for hz in TONES_HZ]
    with io.BytesIO() as file:
        with wave.open(file, "wb") as out:
            out.setnchannels(1)
            out.setsampwidth(2)
            out.setframerate(RATE_HZ)
            for index in range(round(TONE_S / PULSE_S)):
                out.writeframes(pulses[index % len(pulses)])
        return file.getvalue()


def _pulse(hz: int) -> bytes:
    one = _period(hz)
    count, ramp = round(PULSE_S * RATE_HZ), round(RAMP_S * RATE_HZ)
    samples = (
        round(one[index % len(one)] * min(1.0, index / ramp, (count - 1 - index) / ramp))
        for index in range(count)
    )
    return struct.pack(f"<{count}h", *samples)


def _period(hz: int) -> list[float]:
    """One period, as strong as its peaks allow; Schroeder's phases (IEEE Trans. IT-16, 1970) lower those."""
    count = RATE_HZ // hz
    shape = [
        sum(
            math.sin(2 * math.pi * n * index / count - math.pi * n * (n - 1) / HARMONICS)
            for n in range(1, HARMONICS + 1)
        )
        for index in range(count)
    ]
    peak = max(map(abs, shape))
    return [_FULL * sample / peak for sample in shape]
