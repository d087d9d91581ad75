"""Recordings in WAV files, in a folder or an archive: keywords, sounds, machines."""

from __future__ import annotations

import math
import re
from pathlib import PurePosixPath

import numpy as np

from edgekit.errors import InputError
from edgekit.recipe import DataSection
from edgekit.zoo.audio import FrontEnd, fitted, read_wav, resampled
from edgekit.zoo.data import Array, Data, limited, split
from edgekit.zoo.files import Files, path_of
from edgekit.zoo.options import at_least, options

# Samples of the recordings that are transformed at a time; their frames take some ten times the room.
BATCH = 1 << 22


def load(section: DataSection) -> Data:
    """x (N, frames, coefficients, 1): log-mel or MFCC features of every recording.

    The class of a file is the folder it lies in, as in Speech Commands (folders like `_background_noise_`, whose names
    begin with an underscore, are no classes), or with option `label` the first group of that
    regular expression, searched in the file's name; `group` finds in the same way who speaks, and then no speaker is
    in two parts. With `label = "^(\\d+)_"` and `group = "_([a-z]+)_"` this reads the Free Spoken Digit Dataset.

    Options: `rate` in Hz, 8000 or 16000 as a rule (recordings at another rate are resampled), `seconds` (longer
    recordings lose both ends, shorter ones get zeros), `window` and `hop` in milliseconds, `features` ("log_mel" or
    "mfcc"), `mels`, `coefficients`, `low` and `high` in Hz (`high` 0: half the rate). The defaults give 49 frames of 10
    MFCC for a second, as MLPerf Tiny's keyword spotting has them. The scaling is in `FrontEnd.features`.

    Raises:
        InputError: nothing there, a damaged recording, a name without label, a front end that makes no sense.
    """
    chosen = options(
        section, label=str, group=str, rate=16000, seconds=1.0, window=40.0, hop=20.0, features="mfcc", mels=40,
        coefficients=10, low=20.0, high=0.0,
    )  # fmt: skip
    front = _front_end(chosen)
    files = Files.open(path_of(section))
    names = [name for name in files.names if name.lower().endswith(".wav")]
    if chosen.label is None:
        names = [name for name in names if not PurePosixPath(name).parent.name.startswith("_")]
    if not names:
        raise InputError(str(files.where), "must hold .wav files, found none", "see [data] path")
    labels = [_found(chosen.label, name, files, "label") for name in names]
    classes = tuple(sorted(set(labels)))
    y = np.array([classes.index(label) for label in labels], np.int64)
    keep = limited(y, section)
    groups = None
    if chosen.group is not None:
        groups = np.array([_found(chosen.group, names[i], files, "group") for i in keep])
    samples = round(chosen.seconds * chosen.rate)
    x = _features(files, [names[i] for i in keep], front, samples)
    text = f"{chosen.seconds:g} s, {front.describe()}"
    return split(section, x[..., None], y[keep], groups=groups, classes=classes, preprocessing=text)


def _front_end(chosen: object) -> FrontEnd:
    values = vars(chosen)
    where, rate = "[data] options of wav_folder", values["rate"]
    high = values["high"] or rate / 2
    window, hop = (round(values[name] * rate / 1000) for name in ("window", "hop"))
    at_least(
        where, rate=(rate, 1000), window=(window, 2), hop=(hop, 1), mels=(values["mels"], 1), low=(values["low"], 0)
    )
    at_least(where, seconds=(values["seconds"], window / rate), coefficients=(values["coefficients"], 1))
    for name, top in (("rate", 384_000), ("seconds", 60), ("window", 1000), ("mels", 512)):
        if not (math.isfinite(values[name]) and values[name] <= top):
            raise InputError(where, f"{name} must be at most {top}, found {values[name]}")
    if values["features"] not in ("log_mel", "mfcc"):
        raise InputError(where, f"features must be log_mel or mfcc, found {values['features']!r}")
    if not values["low"] < high <= rate / 2:
        raise InputError(where, f"low < high <= rate / 2 must hold, found {values['low']}, {high} and {rate / 2}")
    if values["coefficients"] > values["mels"]:
        raise InputError(
            where, f"at most {values['mels']} coefficients of as many mels, found {values['coefficients']}"
        )
    return FrontEnd(
        values["features"], rate, window, hop, values["mels"], values["coefficients"], values["low"], float(high)
    )


def _found(pattern: str | None, name: str, files: Files, option: str) -> str:
    path = PurePosixPath(name)
    if pattern is None:
        if len(path.parts) < 2:
            text = "must lie in a folder named after its class"
            raise InputError(f"{files.where}: {name}", text, "or set [data] options label to a regular expression")
        return path.parts[-2]
    try:
        match = re.search(pattern, path.name)
        if match is None:
            raise InputError(f"{files.where}: {name}", f"its name must match {option} = {pattern!r}")
        return match.group(1)
    except (re.error, IndexError) as error:
        raise InputError(
            f"[data] options: {option}", f"{pattern!r} is no regular expression with a group: {error}"
        ) from error


def _features(files: Files, names: list[str], front: FrontEnd, samples: int) -> Array:
    parts = []
    count = max(1, BATCH // samples)
    for start in range(0, len(names), count):
        chosen = names[start : start + count]
        batch = np.zeros((len(chosen), samples), np.float32)
        for row, name in zip(batch, chosen, strict=True):
            signal, rate = read_wav(files.read(name), f"{files.where}: {name}")
            row[:] = fitted(resampled(signal, rate, front.rate), samples)
        parts.append(front.features(batch))
    return np.concatenate(parts)
