"""Recordings: a WAV reader and the log-mel and MFCC front ends, in NumPy so that a device can repeat them.

Signal in -1..1, frames with a periodic Hann window, power spectrum, triangular mel filters (HTK's scale,
mel = 2595 log10(1 + f / 700)), decibels. S. Davis and P. Mermelstein, "Comparison of parametric representations for
monosyllabic word recognition", IEEE Trans. ASSP 1980.
"""

from __future__ import annotations

import io
import wave
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from edgekit.errors import InputError
from edgekit.zoo.data import Array

# Decibels relative to a full-scale square; what lies below the floor is silence.
FLOOR_DB = -100.0


@dataclass(frozen=True)
class FrontEnd:
    """Signal (N, samples) to features (N, frames, coefficients).

    Attributes:
        kind: `log_mel` or `mfcc`.
        rate: samples per second.
        window, hop: samples per frame and between the beginnings of two frames.
        mels: number of mel filters between `low` and `high` Hz.
        coefficients: of the MFCC; for log-mel it is `mels`.
    """

    kind: str
    rate: int
    window: int
    hop: int
    mels: int
    coefficients: int
    low: float
    high: float

    @property
    def fft(self) -> int:
        """Length of the Fourier transform: the power of two from `window` up."""
        return 1 << (self.window - 1).bit_length()

    @cached_property
    def filters(self) -> Array:
        """Triangular mel filters (mels, fft / 2 + 1), each with a peak of 1; a filter narrower than a bin takes one."""
        edges = hertz(np.linspace(mel(self.low), mel(self.high), self.mels + 2))
        bins = np.arange(self.fft // 2 + 1) * self.rate / self.fft
        left, centre, right = edges[:-2, None], edges[1:-1, None], edges[2:, None]
        found = np.maximum(0.0, np.minimum((bins - left) / (centre - left), (right - bins) / (right - centre)))
        empty = np.flatnonzero(found.sum(1) == 0)
        found[empty, np.abs(bins - edges[1:-1][empty, None]).argmin(1)] = 1.0
        return np.asarray(found)

    @cached_property
    def cosines(self) -> Array:
        """DCT-II, orthonormal (coefficients, mels)."""
        k, n = np.arange(self.coefficients)[:, None], np.arange(self.mels)
        found = np.sqrt(2 / self.mels) * np.cos(np.pi * k * (2 * n + 1) / (2 * self.mels))
        found[0] /= np.sqrt(2)
        return np.asarray(found)

    def frames(self, signal: Array) -> Array:
        """Overlapping windows (N, frames, window) of a signal (N, samples); what does not fill a window is left out."""
        return np.lib.stride_tricks.sliding_window_view(signal, self.window, axis=1)[:, :: self.hop]

    def features(self, signal: Array) -> Array:
        """Scaled features, float32 (N, frames, coefficients).

        log_mel: decibels from -100 to 0 become -1..1. mfcc: DCT-II of these, divided by sqrt(mels), so that the first
        coefficient is their mean and all lie in -2..2.
        """
        hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(self.window) / self.window)
        spectrum = np.abs(np.fft.rfft(self.frames(signal) * hann, self.fft)) ** 2 / hann.sum() ** 2
        decibels = 10 * np.log10(np.maximum(spectrum @ self.filters.T, 10 ** (FLOOR_DB / 10)))
        scaled = np.minimum(decibels, 0) / (-FLOOR_DB / 2) + 1
        if self.kind == "mfcc":
            scaled = scaled @ self.cosines.T / np.sqrt(self.mels)
        return np.asarray(scaled, np.float32)

    def describe(self) -> str:
        """The front end in words and numbers."""
        text = f"{self.kind}: {self.rate} Hz, Hann window {self.window}, hop {self.hop}, FFT {self.fft}, "
        text += f"{self.mels} mel filters {self.low:g}..{self.high:g} Hz, decibels / {-FLOOR_DB / 2:g} + 1"
        return text + (f", DCT-II / sqrt({self.mels}), {self.coefficients} coefficients" if self.kind == "mfcc" else "")


def mel(frequency: Array | float) -> Array:
    """Hertz to mel."""
    return np.asarray(2595 * np.log10(1 + np.asarray(frequency) / 700))


def hertz(value: Array) -> Array:
    """Mel to hertz."""
    return np.asarray(700 * (10 ** (value / 2595) - 1))


def read_wav(content: bytes, where: str) -> tuple[Array, int]:
    """A PCM WAV file of 8, 16, 24 or 32 bits: float32 (samples,) in -1..1, channels averaged, and its rate in Hz.

    Raises:
        InputError: not WAV, compressed, truncated, without samples, or of a strange rate.
    """
    try:
        with wave.open(io.BytesIO(content)) as file:
            channels, width, rate, count = file.getparams()[:4]
            raw = file.readframes(count)
    except (wave.Error, EOFError, RuntimeError, ValueError, OverflowError, ZeroDivisionError) as error:
        raise InputError(where, f"is not a PCM WAV file: {error or type(error).__name__}") from error
    if width not in (1, 2, 3, 4) or not 1 <= channels <= 64 or not 1000 <= rate <= 384_000:
        raise InputError(where, f"must be PCM of 8 to 32 bits, found {8 * width} bits, {channels} channels, {rate} Hz")
    if count == 0 or len(raw) != count * channels * width:
        text = f"declares {count} frames, {count * channels * width} bytes, found {len(raw)}"
        raise InputError(where, text, "truncated or empty?")
    if width == 1:
        signal = (np.frombuffer(raw, np.uint8).astype(np.float32) - 128) / 128
    elif width == 3:
        # Widened to 32 bits with a low byte of zeros.
        wide = np.zeros((count * channels, 4), np.uint8)
        wide[:, 1:] = np.frombuffer(raw, np.uint8).reshape(-1, 3)
        signal = wide.view("<i4")[:, 0].astype(np.float32) / 2**31
    else:
        signal = np.frombuffer(raw, f"<i{width}").astype(np.float32) / 2 ** (8 * width - 1)
    return signal.reshape(-1, channels).mean(1), rate


def resampled(signal: Array, rate: int, wanted: int) -> Array:
    """The signal at another rate, by Fourier resampling (exact for what is band-limited below both halves)."""
    if rate == wanted:
        return signal
    length = max(1, round(len(signal) * wanted / rate))
    return (np.fft.irfft(np.fft.rfft(signal), length) * (length / len(signal))).astype(np.float32)


def fitted(signal: Array, length: int) -> Array:
    """Exactly `length` samples: the middle of a longer signal, zeros on both sides of a shorter one."""
    if len(signal) >= length:
        start = (len(signal) - length) // 2
        return signal[start : start + length]
    before = (length - len(signal)) // 2
    return np.pad(signal, (before, length - len(signal) - before))
