"""Array files: round trips, and nothing but arrays or one clear error from any bytes."""

from __future__ import annotations

import io
import tracemalloc
import zipfile
from pathlib import Path

import numpy as np
import pytest

from edgekit.arrays import UNNAMED, load_arrays, save_arrays
from edgekit.errors import InputError, MachineError
from tests.mutations import mutate

ARRAYS = {
    "x": np.arange(24, dtype=np.int8).reshape(2, 3, 4),
    "model/conv;Relu:0": np.linspace(-1, 1, 5, dtype=np.float32),
    "file": np.array(7, np.int64),
    "empty": np.zeros((0, 3), np.float64),
    "flags": np.array([True, False]),
}


def npy(header: str, body: bytes = b"", version: bytes = b"\x01\x00") -> bytes:
    return b"\x93NUMPY" + version + len(header).to_bytes(2, "little") + header.encode("latin1") + body


def zipped(name: str, data: bytes, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        archive.writestr(name, data)
    return buffer.getvalue()


def test_round_trip_and_same_bytes(tmp_path: Path) -> None:
    save_arrays(tmp_path / "a.npz", ARRAYS)
    found = load_arrays(tmp_path / "a.npz")
    assert list(found) == list(ARRAYS)
    for name, array in ARRAYS.items():
        assert found[name].dtype == array.dtype and np.array_equal(found[name], array) and found[name].flags.writeable
    save_arrays(tmp_path / "b.npz", ARRAYS)
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()
    save_arrays(tmp_path / "c.npy", {"x": ARRAYS["x"]})
    assert np.array_equal(load_arrays(tmp_path / "c.npy")[UNNAMED], ARRAYS["x"])


def test_what_numpy_writes(tmp_path: Path) -> None:
    swapped = np.arange(6, dtype=">f4").reshape(2, 3)
    np.savez_compressed(tmp_path / "n.npz", np.asfortranarray(swapped), y=np.float16([np.nan, np.inf]))
    found = load_arrays(tmp_path / "n.npz")
    assert found[UNNAMED].dtype == np.dtype("=f4") and found[UNNAMED].flags.c_contiguous
    assert np.array_equal(found[UNNAMED], swapped)
    assert np.isnan(found["y"][0])


ROW = "{'descr': '|i1', 'fortran_order': False, 'shape': %s}\n"
HOSTILE = {
    "empty": b"",
    "noise": bytes(range(256)),
    "giant": npy(ROW % "(1099511627776,)"),
    "negative": npy(ROW % "(-1, -4)", b"abcd"),
    "short": npy(ROW % "(9,)", b"abc"),
    "long": npy(ROW % "(2,)", b"abc"),
    "boolean size": npy(ROW % "(True,)", b"a"),
    "rank": npy(ROW % f"({'1, ' * 40})", b"a"),
    "nested": npy("(" * 4000),
    "long header": npy(" " * 60000),
    "pickle": npy("{'descr': '|O', 'fortran_order': False, 'shape': (1,)}\n", b"cos\nsystem\n"),
    "text": npy("{'descr': '<U4', 'fortran_order': False, 'shape': (1,)}\n", bytes(16)),
    "record": npy("{'descr': [('a', '|i1')], 'fortran_order': False, 'shape': (1,)}\n", b"a"),
    "huge item": npy("{'descr': '|V2000000000', 'fortran_order': False, 'shape': (1,)}\n"),
    "version": npy(ROW % "(1,)", b"a", b"\x09\x00"),
}


@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize("suffix", [".npy", ".npz"])
def test_hostile_arrays(kind: str, suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"a{suffix}"
    path.write_bytes(HOSTILE[kind] if suffix == ".npy" else zipped("x.npy", HOSTILE[kind]))
    with pytest.raises(InputError) as caught:
        load_arrays(path)
    assert str(path) in str(caught.value) and len(str(caught.value)) < 500


def test_hostile_zips(tmp_path: Path) -> None:
    good = npy(ROW % "(2,)", b"ab")
    twice = io.BytesIO()
    with zipfile.ZipFile(twice, "w") as archive, pytest.warns(UserWarning):
        archive.writestr("x.npy", good)
        archive.writestr("x.npy", good)
    bad = {
        "twice": twice.getvalue(),
        "no array": zipped("readme.txt", b"hello"),
        "lzma": zipped("x.npy", good, zipfile.ZIP_LZMA),
        "crc": zipped("x.npy", good, zipfile.ZIP_STORED).replace(b"\nab", b"\nba"),
    }
    for kind, data in bad.items():
        path = tmp_path / f"{kind}.npz"
        path.write_bytes(data)
        with pytest.raises(InputError):
            load_arrays(path)


def test_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "bomb.npz"
    path.write_bytes(zipped("x.npy", npy(ROW % f"({1 << 26},)", bytes(1 << 26))))
    tracemalloc.start()
    with pytest.raises(InputError, match="more than"):
        load_arrays(path, limit=1 << 20)
    assert tracemalloc.get_traced_memory()[1] < 4 << 20
    tracemalloc.stop()


def test_missing_and_unknown_files(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        load_arrays(tmp_path / "no.npz")
    with pytest.raises(InputError, match="no array file"):
        load_arrays(tmp_path / "no.pkl")
    (tmp_path / "folder.npy").mkdir()
    with pytest.raises(InputError):
        load_arrays(tmp_path / "folder.npy")


def test_what_cannot_be_saved_leaves_nothing(tmp_path: Path) -> None:
    for name, arrays in {
        "a.npy": ARRAYS,
        "a.txt": {"x": ARRAYS["x"]},
        "a.npz": {"x": np.array([object()])},
        "b.npz": {"": ARRAYS["x"]},
    }.items():
        with pytest.raises(InputError):
            save_arrays(tmp_path / name, arrays)
    (tmp_path / "plain").write_text("")
    with pytest.raises(MachineError):
        save_arrays(tmp_path / "plain" / "a.npz", {"x": ARRAYS["x"]})
    assert [p.name for p in tmp_path.iterdir()] == ["plain"]


def run_mutations(folder: Path, seeds: range) -> int:
    """Load damaged files; the number of those that were refused. Anything but arrays or an InputError propagates."""
    packed, single = io.BytesIO(), io.BytesIO()
    np.savez_compressed(packed, x=ARRAYS["x"], y=np.zeros(5000))
    np.save(single, ARRAYS["model/conv;Relu:0"])
    save_arrays(folder / "plain.npz", ARRAYS)
    sources = [(packed.getvalue(), ".npz"), ((folder / "plain.npz").read_bytes(), ".npz"), (single.getvalue(), ".npy")]
    refused = 0
    tracemalloc.start()
    for seed in seeds:
        data, suffix = sources[seed % len(sources)]
        path = folder / f"damaged{suffix}"
        path.write_bytes(mutate(data, seed))
        try:
            assert all(isinstance(a, np.ndarray) for a in load_arrays(path).values())
        except InputError:
            refused += 1
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 100 << 20, f"{peak} bytes were allocated for files of a few kilobytes"
    return refused


def test_damaged_files(tmp_path: Path) -> None:
    assert 300 < run_mutations(tmp_path, range(1000)) < 1000


@pytest.mark.slow
def test_many_damaged_files(tmp_path: Path) -> None:
    assert 3000 < run_mutations(tmp_path, range(1000, 11000)) < 10000
