"""One phase-change memory device, statistically: what is programmed, how it drifts, what is read. NumPy, vectorised.

The model and its coefficients are those measured on a million devices of IBM's 90 nm prototype: Joshi et al. 2020,
"Accurate deep neural network inference using computational phase-change memory", Nature Communications 11, 2473
(doi:10.1038/s41467-020-16108-9), and Nandakumar et al. 2019, "Phase-change memory models for deep learning training
and inference", ICECS (doi:10.1109/ICECS46596.2019.8964852). The numbers were read in IBM's own statement of it:
github.com/IBM/aihwkit, docs/source/pcm_inference.rst and src/aihwkit/inference/noise/pcm.py.

Conductances are float32 arrays in µS, `x` is a target conductance divided by the largest one, ages are in seconds after
the first read at `T_C`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgekit.backends.analog_pcm.options import Options

Array = NDArray[Any]
Floats = NDArray[np.float32]

T_C = 20.0  # s: the read that drift is relative to
T_READ = 250e-9  # s: width of a read pulse
G_FITTED = 25.0  # µS: the largest conductance of the devices that were measured
PROGRAMMING = (0.26348, 1.9650, -1.1731)  # µS: sigma as a polynomial in x
SMALLEST = 1e-7  # of x, for logarithms


def programming_sigma(x: Array, g_max: float) -> Floats:
    """Standard deviation (µS) of what iterative programming reaches: 0.26348 + 1.9650 x - 1.1731 x^2 at 25 µS."""
    a, b, c = PROGRAMMING
    return np.asarray(np.maximum(a + b * x + c * x * x, 0) * (g_max / G_FITTED), np.float32)


def program(target: Floats, options: Options, rng: np.random.Generator) -> Floats:
    """Conductances right after programming, never negative."""
    sigma = programming_sigma(target / options.g_max, options.g_max)
    noise = options.programming_noise * sigma * rng.standard_normal(target.shape, np.float32)
    return np.maximum(target + noise, np.float32(0))


def exponent_mean(x: Array) -> Floats:
    """Mean drift exponent: -0.0155 ln x + 0.0244, within 0.049 to 0.1."""
    return np.asarray(np.clip(-0.0155 * np.log(np.maximum(x, SMALLEST)) + 0.0244, 0.049, 0.1), np.float32)


def exponent_sigma(x: Array) -> Floats:
    """Its standard deviation from device to device: -0.0125 ln x - 0.0059, within 0.008 to 0.045."""
    return np.asarray(np.clip(-0.0125 * np.log(np.maximum(x, SMALLEST)) - 0.0059, 0.008, 0.045), np.float32)


def exponents(target: Floats, options: Options, rng: np.random.Generator) -> Floats:
    """The drift exponent of every device, drawn once in its life; negative draws are folded."""
    x = target / options.g_max
    drawn = exponent_mean(x) + exponent_sigma(x) * rng.standard_normal(x.shape, np.float32)
    return np.asarray(options.drift * np.abs(drawn), np.float32)


def drifted(programmed: Floats, exponent: Floats, age: float) -> Floats:
    """g_prog * (t / T_C)^-nu at t = T_C + age."""
    return programmed * np.float32(1 + age / T_C) ** -exponent


def read_sigma(x: Array, conductance: Floats, age: float) -> Floats:
    """Standard deviation (µS) of 1/f noise, integrated from the read's bandwidth to the age.

    g * Q_s * sqrt(ln((t + T_READ) / (2 T_READ))), Q_s = min(0.0088 / x^0.65, 0.2), t = T_C + age.
    """
    q = np.minimum(0.0088 / np.maximum(x, SMALLEST) ** 0.65, 0.2)
    t = T_C + age
    return np.asarray(conductance * q * np.sqrt(np.log((t + T_READ) / (2 * T_READ))), np.float32)


def read(
    target: Floats, programmed: Floats, exponent: Floats, age: float, options: Options, rng: np.random.Generator
) -> Floats:
    """Conductances as a read at `age` finds them, never negative; the noise is drawn once per call."""
    now = drifted(programmed, exponent, age)
    if options.read_noise:
        sigma = read_sigma(target / options.g_max, now, age)
        now = now + np.float32(options.read_noise) * sigma * rng.standard_normal(now.shape, np.float32)
    return np.maximum(now, np.float32(0))
