"""Re-create bell.wav from Debian's package sound-theme-freedesktop (needs vorbis-tools
for oggdec).

    apt-get install sound-theme-freedesktop vorbis-tools
    python make_bell.py /usr/share/sounds/freedesktop/stereo/bell.oga bell.wav

The two channels are averaged and the pause at the end is cut where the sound stays
under 1/1000 of its peak.
"""

import io
import subprocess
import sys
import wave

import numpy as np


def main(source, destination):
    decoded = subprocess.run(
        ["oggdec", "--quiet", "--output", "-", source], capture_output=True, check=True
    ).stdout
    with wave.open(io.BytesIO(decoded)) as sound:
        rate, channels = sound.getframerate(), sound.getnchannels()
        frames = np.frombuffer(
            sound.readframes(sound.getnframes()), dtype="<i2"
        ).reshape(-1, channels)
    mono = frames.mean(axis=1)
    heard = np.flatnonzero(np.abs(mono) > np.abs(mono).max() / 1000)
    mono = np.round(mono[: heard[-1] + 1]).astype("<i2")
    with wave.open(destination, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(rate)
        sound.writeframes(mono.tobytes())


if __name__ == "__main__":
    main(*sys.argv[1:])
