"""WAV files and the front ends, against plain sums and known signals."""

from __future__ import annotations

import io
import struct
import wave
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edgekit.errors import InputError
from edgekit.recipe import DataSection
from edgekit.train import load_data
from edgekit.zoo.audio import FrontEnd, fitted, hertz, mel, read_wav, resampled
from edgekit.zoo.data import Array


def wav(signal: Array, rate: int = 8000, width: int = 2, channels: int = 1) -> bytes:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setparams((channels, width, rate, 0, "NONE", ""))
        scaled = np.rint(signal * (2 ** (8 * width - 1) - 1)).astype(np.int64)
        scaled = scaled + 128 if width == 1 else scaled
        raw = scaled.astype("<i8").view(np.uint8).reshape(-1, 8)[:, :width]
        file.writeframes(np.repeat(raw.reshape(-1, 1, width), channels, axis=1).tobytes())
    return buffer.getvalue()


def tone(frequency: float, rate: int = 8000, seconds: float = 1.0) -> Array:
    return 0.5 * np.sin(2 * np.pi * frequency * np.arange(round(rate * seconds)) / rate)


@pytest.mark.parametrize("width", [1, 2, 3, 4])
@pytest.mark.parametrize("channels", [1, 2])
def test_wav_of_every_width(width: int, channels: int) -> None:
    signal = tone(440)
    found, rate = read_wav(wav(signal, width=width, channels=channels), "x")
    assert rate == 8000 and found.shape == signal.shape and found.dtype == np.float32
    assert np.abs(found - signal).max() <= 2.0 ** -(8 * width - 1) + 1e-6


@pytest.mark.parametrize(
    ("content", "match"),
    [
        (b"", "not a PCM WAV"),
        (b"RIFF\0\0\0\0WAVE", "not a PCM WAV"),
        (wav(tone(440))[:-100], "declares 8000 frames, 16000 bytes, found 15900"),
        (wav(tone(440)[:0]), "declares 0 frames"),
        (wav(tone(440)).replace(struct.pack("<HH", 1, 1), struct.pack("<HH", 85, 1), 1), "not a PCM WAV"),
        (wav(tone(440)).replace(struct.pack("<I", 8000), struct.pack("<I", 3), 1), "found 16 bits, 1 channels, 3 Hz"),
    ],
)
def test_damaged_wav(content: bytes, match: str) -> None:
    with pytest.raises(InputError, match=match):
        read_wav(content, "x")


def front(**keys: Any) -> FrontEnd:
    values = {"kind": "log_mel", "rate": 8000, "window": 200, "hop": 80, "mels": 20, "coefficients": 10}
    return FrontEnd(**{**values, "low": 20.0, "high": 4000.0, **keys})


def test_features_equal_plain_sums() -> None:
    """The definition written out: Fourier sums, triangles, decibels, cosine sums."""
    end = front(kind="mfcc")
    signal = np.random.default_rng(0).normal(0, 0.1, 280)
    expected = np.zeros((2, 10))
    edges = [700 * (10 ** (m / 2595) - 1) for m in np.linspace(*(2595 * np.log10(1 + f / 700) for f in (20, 4000)), 22)]
    for frame in range(2):
        n = np.arange(200)
        window = 0.5 * (1 - np.cos(2 * np.pi * n / 200))
        part = signal[frame * 80 : frame * 80 + 200] * window
        bands = np.zeros(20)
        for k in range(129):
            power = abs(np.sum(part * np.exp(-2j * np.pi * k * n / 256))) ** 2 / window.sum() ** 2
            frequency = k * 8000 / 256
            for m in range(20):
                up, down = edges[m + 1] - edges[m], edges[m + 2] - edges[m + 1]
                weight = min((frequency - edges[m]) / up, (edges[m + 2] - frequency) / down)
                bands[m] += max(0.0, weight) * power
        scaled = [min(max(10 * np.log10(max(b, 1e-10)), -100), 0) / 50 + 1 for b in bands]
        for c in range(10):
            factor = np.sqrt((1 if c == 0 else 2) / 20)
            total = sum(scaled[m] * np.cos(np.pi * c * (2 * m + 1) / 40) for m in range(20))
            expected[frame, c] = factor * total / np.sqrt(20)
    # Filters narrower than a bin are the front end's only departure; with these numbers there is none.
    assert (front().filters.sum(1) > 0).all()
    assert np.allclose(end.features(signal[None])[0], expected, atol=1e-5)


def test_tone_lands_in_its_band_at_its_level() -> None:
    end = front(mels=40)
    centres = hertz(np.linspace(mel(20.0), mel(4000.0), 42))[1:-1]
    for frequency in (500.0, 1000.0, 2500.0):
        found = end.features(tone(frequency)[None])[0]
        assert abs(centres[found.mean(0).argmax()] - frequency) < 120
        # A sine of amplitude 1/2 has lines of (1/4)^2: -12 dB, spread a little by the window.
        level = (found.mean(0).max() - 1) * 50
        assert -16 < level < -8
    assert (end.features(np.zeros((1, 8000))) == -1).all()


def test_cosines_are_orthonormal() -> None:
    found = front(mels=20, coefficients=20).cosines
    assert np.allclose(found @ found.T, np.eye(20))


def test_resampling_and_fitting() -> None:
    assert np.allclose(resampled(tone(440, 8000), 8000, 16000), tone(440, 16000), atol=1e-3)
    assert fitted(np.arange(5.0), 3).tolist() == [1, 2, 3]
    assert fitted(np.arange(1.0, 3.0), 5).tolist() == [0, 1, 2, 0, 0]


def recordings(path: Path, rate: int = 8000) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for speaker in ("ann", "bob", "cid", "dan"):
            for take in range(6):
                for label, pitch in (("low", 300), ("high", 1500)):
                    archive.writestr(f"rec/{label}_{speaker}_{take}.wav", wav(tone(pitch + 9 * take, rate, 0.5), rate))
    return path


OPTIONS = {"label": "^([a-z]+)_", "rate": 8000, "seconds": 0.5}


@pytest.mark.parametrize(("features", "width"), [("mfcc", 10), ("log_mel", 40)])
@pytest.mark.parametrize("rate", [8000, 16000])
def test_recordings(tmp_path: Path, features: str, width: int, rate: int) -> None:
    options = {**OPTIONS, "features": features}
    data = load_data(DataSection(dataset="wav_folder", path=recordings(tmp_path / "r.zip", rate), options=options))
    assert data.classes == ("high", "low") and data.sample_shape == (24, width, 1)
    assert np.abs(data.train_x).max() <= 2 and features in data.preprocessing


def test_speakers_stay_apart_and_folders_are_labels(tmp_path: Path) -> None:
    path = recordings(tmp_path / "r.zip")
    options = {**OPTIONS, "group": "_([a-z]+)_"}
    data = load_data(DataSection(dataset="wav_folder", path=path, options=options, test=0.25, validation=0.3))
    # One of four speakers for testing, one of the other three for validation: twelve recordings each.
    assert (len(data.test_y), len(data.validation_y), len(data.train_y)) == (12, 12, 24)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("_background_noise_/hum.wav", wav(tone(50)))
    whole = load_data(DataSection(dataset="wav_folder", path=path, options={"rate": 8000}))
    assert whole.classes == ("rec",)


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({"label": "^([0-9]+)_"}, "its name must match label"),
        ({"label": "^[a-z]+_"}, "no regular expression with a group"),
        ({"label": "("}, "no regular expression"),
        ({"features": "plp"}, "log_mel or mfcc, found 'plp'"),
        ({"high": 9000.0}, "low < high <= rate / 2"),
        ({"low": 4000.0}, "low < high"),
        ({"coefficients": 41}, "at most 40 coefficients"),
        ({"rate": "fast"}, "rate must be int, found 'fast'"),
        ({"rate": 10**9}, "rate must be at most"),
        ({"seconds": 1e9}, "seconds must be at most"),
        ({"seconds": float("nan")}, "seconds must be"),
        ({"window": 0.0}, "window must be at least"),
        ({"hop": -1.0}, "hop must be at least"),
    ],
)
def test_unfit_front_end(tmp_path: Path, options: dict[str, Any], match: str) -> None:
    path = recordings(tmp_path / "r.zip")
    with pytest.raises(InputError, match=match):
        load_data(DataSection(dataset="wav_folder", path=path, options={**OPTIONS, **options}))
