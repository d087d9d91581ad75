"""Data sets from files written here: contents, splits, and damage of every kind."""

from __future__ import annotations

import gzip
import io
import struct
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edgekit import plugins
from edgekit.errors import InputError
from edgekit.recipe import DataSection
from edgekit.train import load_data
from edgekit.zoo.data import Array, Data


def section(dataset: str, path: Path | None = None, **keys: Any) -> DataSection:
    options = keys.pop("options", {})
    return DataSection(dataset=dataset, path=path, options=options, **keys)


def idx(array: Array, code: int = 0x08) -> bytes:
    kind = {0x08: ">u1", 0x0B: ">i2", 0x0D: ">f4"}[code]
    head = bytes([0, 0, code, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape)
    return head + array.astype(kind).tobytes()


def write_idx(folder: Path, n: int = 60, test: bool = True) -> None:
    folder.mkdir(exist_ok=True)
    for part, count in (("train", n), ("t10k", n // 3))[: 2 if test else 1]:
        y = np.arange(count) % 3
        x = np.arange(count)[:, None, None] + np.zeros((count, 5, 4), np.uint8)
        (folder / f"{part}-images-idx3-ubyte.gz").write_bytes(gzip.compress(idx(x)))
        (folder / f"{part}-labels-idx1-ubyte").write_bytes(idx(y))


def samples(data: Data) -> int:
    return len(data.train_y) + len(data.validation_y) + len(data.test_y)


def test_data_set_without_file_is_named() -> None:
    with pytest.raises(InputError, match=r"no data set 'imagenet'.*cifar10, digits"):
        load_data(section("imagenet"))
    for name in plugins.names("edgekit.zoo.datasets"):
        if name != "digits":
            with pytest.raises(InputError, match=r"\[data\] path.*needs a file or folder"):
                load_data(section(name))
            with pytest.raises(InputError, match="no such file"):
                load_data(section(name, Path("absent.zip")))


@pytest.mark.parametrize("name", plugins.names("edgekit.zoo.datasets"))
def test_unknown_option_is_named(name: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"unknown option 'colour'"):
        load_data(section(name, tmp_path, options={"colour": 1}))


def test_idx(tmp_path: Path) -> None:
    write_idx(tmp_path)
    data = load_data(section("idx", tmp_path, options={"classes": ["a", "b", "c"]}))
    assert data.train_x.shape == (54, 5, 4, 1) and len(data.validation_y) == 6 and len(data.test_y) == 20
    assert data.classes == ("a", "b", "c") and data.train_x.dtype == np.float32
    # Every image knows its number, so labels can be followed through shuffling and scaling.
    for x, y in ((data.train_x, data.train_y), (data.validation_x, data.validation_y), (data.test_x, data.test_y)):
        assert (np.rint(x[:, 0, 0, 0] * 255).astype(int) % 3 == y).all()
    seen = np.rint(np.concatenate([data.train_x, data.validation_x])[:, 0, 0, 0] * 255).astype(int)
    assert sorted(seen) == list(range(60))


@pytest.mark.parametrize(
    ("content", "match"),
    [
        (b"", "begins with 00 00 and a type"),
        (b"\0\0\x08", "begins with 00 00"),
        (b"\0\0\x07\x01" + struct.pack(">I", 3) + b"abc", "begins with 00 00"),
        (b"P5 some image", "begins with 00 00"),
        (b"\0\0\x08\x03" + struct.pack(">I", 3), "3 dimensions"),
        (b"\0\0\x08\x00", "0 dimensions"),
        (b"\0\0\x08\x01" + struct.pack(">I", 9) + b"short", "declares .* 9 bytes, found 5 bytes"),
        (b"\0\0\x08\x01" + struct.pack(">I", 2) + b"long", "found more"),
        (b"\0\0\x08\x03" + struct.pack(">III", *[0xFFFFFFFF] * 3), "at most"),
        (b"\0\0\x08\x01" + struct.pack(">I", 1 << 31) + b"x", "found 1 bytes"),
        (gzip.compress(b"\0" * 99)[:-20], "cannot be read|begins with"),
        (b"\x1f\x8bnonsense", "cannot be read"),
    ],
)
def test_damaged_idx(tmp_path: Path, content: bytes, match: str) -> None:
    write_idx(tmp_path)
    (tmp_path / "train-labels-idx1-ubyte").write_bytes(content)
    with pytest.raises(InputError, match=match) as caught:
        load_data(section("idx", tmp_path))
    assert "train-labels" in str(caught.value)


def test_idx_with_nan_and_mismatch(tmp_path: Path) -> None:
    write_idx(tmp_path, test=False)
    x = np.zeros((60, 2, 2), np.float32)
    x[7, 1, 0] = np.nan
    (tmp_path / "train-images-idx3-ubyte.gz").write_bytes(idx(x, 0x0D))
    with pytest.raises(InputError, match="finite, found nan"):
        load_data(section("idx", tmp_path))
    (tmp_path / "train-images-idx3-ubyte.gz").write_bytes(idx(x[:50], 0x0D))
    with pytest.raises(InputError, match=r"must match, found \(50, 2, 2\) and \(60,\)"):
        load_data(section("idx", tmp_path))


def test_npz_kinds(tmp_path: Path) -> None:
    path = tmp_path / "d.npz"
    images = np.random.default_rng(0).integers(0, 256, (40, 6, 5), np.uint8)
    np.savez(path, x=images, y=np.arange(40) % 4, classes=np.array(["n", "e", "s", "w"]))
    data = load_data(section("npz", path))
    assert data.classes == ("n", "e", "s", "w") and data.sample_shape == (6, 5, 1)
    assert data.train_x.max() <= 1 and data.preprocessing == "value / 255"
    vectors = np.random.default_rng(0).normal(3, 5, (40, 7))
    np.savez(path, train_x=vectors, test_x=vectors[:9])
    plain = load_data(section("npz", path, standardize=True))
    assert plain.classes == () and len(plain.test_x) == 9
    assert np.allclose(plain.train_x.mean(0), 0, atol=1e-6) and np.allclose(plain.train_x.std(0), 1, atol=1e-5)
    np.savez(path, x=vectors, y=vectors[:, :2])
    assert load_data(section("npz", path)).train_y.shape[1] == 2


class Evil:
    """Leaves a mark when it is unpickled."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> Any:
        return Path.touch, (self.mark,)


def test_pickles_are_never_loaded(tmp_path: Path) -> None:
    import pickle

    path, mark = tmp_path / "d.npz", tmp_path / "executed"
    np.savez(path, x=np.array([Evil(mark)], object), y=np.zeros(1), allow_pickle=True)
    with pytest.raises(InputError):
        load_data(section("npz", path))
    (tmp_path / "cifar-10-batches-py").mkdir()
    for name in ("data_batch_1", "test_batch"):
        (tmp_path / "cifar-10-batches-py" / name).write_bytes(pickle.dumps(Evil(mark)))
    with pytest.raises(InputError, match=r"pickles are never loaded.*cifar-10-binary"):
        load_data(section("cifar10", tmp_path / "cifar-10-batches-py"))
    assert not mark.exists()


@pytest.mark.parametrize(
    ("arrays", "match"),
    [
        ({"z": np.zeros(3)}, "must hold an array x or train_x, found z"),
        ({"x": np.zeros(3)}, r"must be numbers \(N, F\)"),
        ({"x": np.zeros((9, 2)), "y": np.zeros(8, int)}, "one row for each of the 9"),
        ({"x": np.full((9, 2), np.inf), "y": np.zeros(9, int)}, r"finite, found inf at \(0, 0\), 18 in all"),
        ({"x": np.full((9, 2), 1e300), "y": np.zeros(9, int)}, "finite"),
        ({"x": np.zeros((9, 2)), "y": np.zeros((9, 2), int)}, "one per sample"),
        ({"x": np.zeros((9, 2)), "y": np.arange(9) - 1}, r"labels in .* found -1"),
        ({"x": np.zeros((9, 2)), "y": np.arange(9) + (1 << 40)}, "class numbers must be"),
        ({"x": np.zeros((9, 2)), "y": np.arange(9), "classes": np.array(["a"])}, r"labels in .*0\.\.0"),
        ({"x": np.zeros((0, 2)), "y": np.zeros(0, int)}, "no samples"),
        ({"x": np.zeros((1, 2)), "y": np.zeros(1, int)}, "no samples"),
    ],
)
def test_unfit_npz(tmp_path: Path, arrays: dict[str, Array], match: str) -> None:
    np.savez(tmp_path / "d.npz", **arrays)
    with pytest.raises(InputError, match=match):
        load_data(section("npz", tmp_path / "d.npz"))


def png(value: int, size: tuple[int, int] = (8, 8)) -> bytes:
    image = pytest.importorskip("PIL.Image", reason="needs the extra train")
    buffer = io.BytesIO()
    image.new("RGB", size, (value, 0, 255)).save(buffer, "PNG")
    return buffer.getvalue()


def write_zip(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def test_images_in_folder_zip_and_tar_are_the_same(tmp_path: Path) -> None:
    files = {f"train/{label}/{i}.png": png(i) for label in "ab" for i in range(10)}
    files |= {f"test/{label}/{i}.png": png(i + 100) for label in "ab" for i in range(3)}
    files |= {"README.md": b"words", "__MACOSX/train/a/._0.png": b"junk", ".hidden/x.png": b"junk"}
    archive = write_zip(tmp_path / "i.zip", files)
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(tmp_path / "folder")
    with tarfile.open(tmp_path / "i.tar.gz", "w:gz") as tar:
        tar.add(tmp_path / "folder", ".")
    found = [load_data(section("image_folder", tmp_path / name)) for name in ("i.zip", "folder", "i.tar.gz")]
    assert len({data.fingerprint() for data in found}) == 1
    data = found[0]
    assert data.classes == ("a", "b") and len(data.test_y) == 6 and samples(data) == 26
    assert data.sample_shape == (8, 8, 3) and (data.train_x[..., 2] == 1).all()
    grey = load_data(section("image_folder", archive, options={"grey": True, "size": [4, 6]}))
    assert grey.sample_shape == (4, 6, 1)


@pytest.mark.parametrize(
    ("name", "content", "match"),
    [
        ("a/bad.png", b"no image", "a/bad.png: is not an image"),
        ("a/cut.png", png(3)[:40], "a/cut.png: is not an image"),
        ("a/other.png", png(3, (9, 8)), "one size, found .8, 9."),
        ("loose.png", png(1), "must lie in a folder named after its class"),
        ("a/bomb.png", b"\0" * (65 << 20), "at most .* bytes"),
    ],
)
def test_unfit_image(tmp_path: Path, name: str, content: bytes, match: str) -> None:
    files = {f"{label}/0{i}.png": png(i) for label in "ab" for i in range(5)}
    with pytest.raises(InputError, match=match):
        load_data(section("image_folder", write_zip(tmp_path / "i.zip", {**files, name: content})))


def test_image_that_declares_billions_of_pixels(tmp_path: Path) -> None:
    import zlib

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
    files = {f"{label}/0{i}.png": png(i) for label in "ab" for i in range(5)}
    with pytest.raises(InputError, match=r"pixels|DecompressionBomb"):
        load_data(section("image_folder", write_zip(tmp_path / "i.zip", {"a/bomb.png": bomb, **files})))


def test_damaged_archives(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "i.zip", {f"a/{i}.png": png(i) for i in range(9)})
    content = bytearray(path.read_bytes())
    content[60] ^= 0xFF
    path.write_bytes(content)
    with pytest.raises(InputError, match="cannot be read"):
        load_data(section("image_folder", path))
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(InputError, match="must be a folder, a zip or a tar"):
        load_data(section("image_folder", path))
    with pytest.raises(InputError, match="found none"):
        load_data(section("image_folder", write_zip(tmp_path / "empty.zip", {"a/notes.txt": b""})))


def test_cifar10_binary(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    records = rng.integers(0, 256, (40, 3073), np.uint8)
    records[:, 0] = np.arange(40) % 10
    for name, part in (("data_batch_1.bin", records[:20]), ("data_batch_2.bin", records[20:])):
        (tmp_path / name).write_bytes(part.tobytes())
    (tmp_path / "test_batch.bin").write_bytes(records[:10].tobytes())
    data = load_data(section("cifar10", tmp_path))
    assert samples(data) == 50 and data.classes[3] == "cat"
    assert data.test_x[4, 31, 2, 1] == np.float32(records[4, 1 + 1024 + 31 * 32 + 2]) / np.float32(255)
    (tmp_path / "data_batch_1.bin").write_bytes(records.tobytes()[:-1])
    with pytest.raises(InputError, match=r"records of 3073 bytes, found 122919 bytes"):
        load_data(section("cifar10", tmp_path))
    records[5, 0] = 10
    (tmp_path / "data_batch_1.bin").write_bytes(records.tobytes())
    with pytest.raises(InputError, match=r"0\.\.9, found 10"):
        load_data(section("cifar10", tmp_path))


def test_cifar10_images_keep_the_order_of_the_classes(tmp_path: Path) -> None:
    files = {f"train/{label}/{i}.png": png(i, (32, 32)) for label in ("truck", "cat") for i in range(10)}
    data = load_data(section("cifar10", write_zip(tmp_path / "c.zip", files)))
    assert set(data.train_y) == {3, 9} and len(data.classes) == 10
    with pytest.raises(InputError, match="found 'tree'"):
        load_data(section("cifar10", write_zip(tmp_path / "c.zip", {**files, "train/tree/1.png": png(1)})))


def test_split_is_stratified_and_seeded(tmp_path: Path) -> None:
    y = np.repeat(np.arange(4), [100, 50, 30, 20])
    np.savez(tmp_path / "d.npz", x=np.arange(200)[:, None] * np.ones(2), y=y)
    data = load_data(section("npz", tmp_path / "d.npz", test=0.2, validation=0.25))
    assert np.bincount(data.test_y).tolist() == [20, 10, 6, 4]
    assert np.bincount(data.validation_y).tolist() == [20, 10, 6, 4]
    every = np.concatenate([data.train_x, data.validation_x, data.test_x])[:, 0]
    assert sorted(every) == list(range(200))
    assert (np.diff(data.train_y) < 0).any(), "must not stay sorted by class"
    small = load_data(section("npz", tmp_path / "d.npz", limit=40))
    assert samples(small) == 40
    np.savez(tmp_path / "many.npz", x=np.zeros((60, 2)), y=np.arange(60) % 20)
    assert len(load_data(section("npz", tmp_path / "many.npz", test=0.1)).test_y) == 6


def test_anomaly_detection_trains_on_normal_samples_only(tmp_path: Path) -> None:
    y = np.repeat(np.arange(3), 30)
    np.savez(tmp_path / "d.npz", x=y[:, None] * np.ones(2), y=y, classes=np.array(["a", "b", "c"]))
    data = load_data(section("npz", tmp_path / "d.npz", normal=("b",)))
    assert data.classes == () and (data.train_x == 1).all() and (data.validation_x == 1).all()
    assert ((data.test_x[:, 0] != 1) == data.test_y).all() and 0 < data.test_y.mean() < 1
    with pytest.raises(InputError, match="no class 'd'"):
        load_data(section("npz", tmp_path / "d.npz", normal=("d",)))


@pytest.mark.parametrize(
    ("name", "path", "keys", "shape", "classes"),
    [
        ("idx", "fashion_mnist", {"limit": 500}, (28, 28, 1), 10),
        ("cifar10", "cifar10/cifar10_train_jpeg.zip", {"limit": 200}, (32, 32, 3), 10),
        ("imu_windows", "watch_imu/watch_dataset.npz", {}, (128, 1, 6), 7),
        (
            "wav_folder",
            "free_spoken_digit/fsdd_recordings.zip",
            {"limit": 200, "options": {"label": r"^(\d+)_", "group": "_([a-z]+)_", "rate": 8000}},
            (49, 10, 1),
            10,
        ),
    ],
)
def test_real_data(shared: Path, name: str, path: str, keys: dict[str, Any], shape: Any, classes: int) -> None:
    data = load_data(section(name, shared / "data" / path, **keys))
    assert data.sample_shape == shape and len(data.classes) == classes
    assert len(np.unique(data.train_y)) == classes and len(data.test_y) > 0
    assert 0.05 < data.train_x.std() < 5
