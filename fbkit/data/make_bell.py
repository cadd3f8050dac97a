"""Re-create bell.wav from Debian's package sound-theme-freedesktop.

    apt-get install sound-theme-freedesktop vorbis-tools
    python make_bell.py /usr/share/sounds/freedesktop/stereo/bell.oga bell.wav

The two channels are averaged and the pause at the end is cut where the sound stays
under 1/1000 of its peak. Oggdec comes from vorbis-tools.
"""

import io
import subprocess
import sys
import wave

import numpy as np


def main(source: str, destination: str) -> None:
    """Read the sound from `source` and write it, made smaller, to `destination`."""
    rate, channels = decoded(source)
    mono = channels.mean(axis=1)
    loud = np.abs(mono) > np.abs(mono).max() / 1000
    last = np.flatnonzero(loud)[-1]
    samples = np.round(mono[: last + 1]).astype("<i2")
    with wave.open(destination, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(rate)
        sound.writeframes(samples.tobytes())


def decoded(source: str) -> tuple[int, np.ndarray]:
    """Samples per second, and the samples (n, channels) of an Ogg Vorbis file."""
    command = ["oggdec", "--quiet", "--output", "-", source]
    output = subprocess.run(command, capture_output=True, check=True).stdout
    with wave.open(io.BytesIO(output)) as sound:
        rate = sound.getframerate()
        channels = sound.getnchannels()
        frames = sound.readframes(sound.getnframes())
    return rate, np.frombuffer(frames, dtype="<i2").reshape(-1, channels)


if __name__ == "__main__":
    main(*sys.argv[1:])
