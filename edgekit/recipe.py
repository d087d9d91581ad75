"""The recipe: `edgekit.toml` as a pydantic model. Unknown keys are errors: no typing mistake passes silently."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, Literal, get_args

from pydantic import BaseModel, Field, StrictBool, ValidationError

from edgekit.errors import InputError
from edgekit.search.section import SearchSection
from edgekit.section import Section as Section  # for sections elsewhere

NO_DATA = "none"  # `[quantize] calibration` for ranges without any data


class DataSection(Section):
    """`[data]`: which data set, where it lies, how it is split."""

    dataset: str = Field("digits", description="name of a module in edgekit/zoo/datasets")
    path: Path | None = Field(
        None, description="file or folder for data sets that live on disk, relative to the recipe"
    )
    validation: float = Field(0.1, gt=0, lt=1, description="share of the training part held out for validation")
    test: float = Field(0.2, ge=0, lt=1, description="share held out for testing where the data set has no test part")
    seed: int = Field(0, ge=0, description="seed of the split")
    limit: int | None = Field(None, ge=1, description="use only so many samples, classes in proportion")
    standardize: bool = Field(False, description="scale to mean 0, deviation 1 per channel of the training part")
    normal: tuple[str, ...] = Field((), description="anomaly detection: train on these classes, find the others")
    options: dict[str, Any] = Field(default_factory=dict, description="arguments of the data set's own loader")


class ModelSection(Section):
    """`[model]`: a zoo network, a user's `package.module:factory`, or a model file that is already trained."""

    network: str = Field("lenet5", description="name of a module in edgekit/zoo/models, or package.module:factory")
    options: dict[str, Any] = Field(default_factory=dict, description="arguments of the network's factory")
    source: Path | None = Field(None, description="a float or Q/DQ .onnx or a .tflite; then nothing is trained")
    softmax: bool = Field(True, description="end an exported classifier in softmax, as the MLPerf Tiny models do")


class TrainSection(Section):
    """`[train]`: how the network is trained."""

    task: Literal["auto", "classification", "regression", "reconstruction"] = Field(
        "auto", description="auto: what the network is for, else classification with classes, regression without"
    )
    epochs: int = Field(10, ge=1)
    batch_size: int = Field(64, ge=1, description="samples per step over all devices together")
    optimizer: Literal["sgd", "adam", "adamw"] = "adamw"
    learning_rate: float = Field(1e-3, gt=0)
    weight_decay: float = Field(1e-4, ge=0)
    momentum: float = Field(0.9, ge=0, lt=1)
    schedule: Literal["constant", "step", "cosine", "onecycle"] = "cosine"
    warmup_epochs: float = Field(0.0, ge=0, description="the rate rises linearly from zero over these epochs")
    step_epochs: int = Field(10, ge=1, description="schedule step: epochs between two drops of the rate")
    step_factor: float = Field(0.1, gt=0, lt=1, description="schedule step: factor of each drop")
    label_smoothing: float = Field(0.0, ge=0, lt=1)
    augment: tuple[str, ...] = Field((), description="names of augmentations, applied in order to training batches")
    augment_options: dict[str, dict[str, Any]] = Field(
        default_factory=dict, description="`[train.augment_options.NAME]`: arguments of one augmentation"
    )
    early_stop: int | None = Field(
        None, ge=1, description="stop after this many epochs without a better validation score"
    )
    seed: int = Field(0, ge=0)
    accelerator: Literal["auto", "cpu", "cuda"] = "auto"
    threads: int | None = Field(
        None, ge=1, le=1024, description="CPU threads, else PyTorch's choice; equal bits need an equal number"
    )
    devices: int = Field(1, ge=1)
    nodes: int = Field(1, ge=1)
    strategy: Literal["auto", "ddp"] = "auto"
    precision: Literal["32-true", "bf16-mixed", "16-mixed"] = "32-true"
    min_accuracy: float | None = Field(None, description="fail the build when the float test score is below this")
    # excluded from what is written and hashed: where a log goes does not change what is computed
    tensorboard: StrictBool | Path = Field(
        False, exclude=True, description="true, or a folder: log loss, score and rate of every epoch for TensorBoard"
    )


class TuneSection(Section):
    """Fine-tuning: what it does otherwise than `[train]`."""

    epochs: int = Field(2, ge=0, description="epochs of fine-tuning; 0: none")
    learning_rate: float | None = Field(None, gt=0, description="of fine-tuning; half of that of `[train]` without")
    warmup_epochs: float = Field(0.0, ge=0, description="of fine-tuning")


class PruneSection(TuneSection):
    """`[prune]`: channels are removed until a budget is kept. Several budgets: all are kept."""

    importance: Literal["magnitude", "bn-scale", "taylor"] = Field(
        "magnitude", description="by which channels go first: L2 norm, batch-norm scale, loss times gradient"
    )
    macs: float | None = Field(None, gt=0, description="budget: at most 1 a share of what there was, above it a number")
    parameters: float | None = Field(None, gt=0, description="budget: likewise")
    fit: str | None = Field(None, description="budget: a target whose flash and RAM shall hold the int8 network")
    instructions: float | None = Field(None, gt=0, description="with fit: by the target's own estimate; like macs")
    latency_ms: float | None = Field(None, gt=0, description="with fit: by estimated cycles; see docs/crosstraining.md")
    scope: Literal["layer", "network"] = Field(
        "layer", description="every layer loses the same share, or layers compete for the channels that stay"
    )
    steps: int = Field(1, ge=1, le=100, description="prune bit by bit, with fine-tuning after each step")
    multiple: int | None = Field(None, ge=1, description="channels stay a multiple of this; the targets' own without")
    keep: tuple[str, ...] = Field((), description="layers whose channels are never removed, by PyTorch's names")
    sparsity: Literal["none", "2:4", "unstructured"] = Field("none", description="zeros inside the weights that stay")
    zeros: float = Field(0.5, gt=0, lt=1, description="sparsity unstructured: share of zeros in every layer")
    samples: int = Field(512, ge=1, description="importance taylor: training samples it looks at")
    distill: bool = Field(True, description="fine-tune by the teacher of [distill], where there is one")


class DistillSection(TuneSection):
    """`[distill]`: the network learns from a teacher's outputs."""

    teacher: str = Field(
        "self", description="the network as first trained, a network of the zoo, a checkpoint, or an .onnx file"
    )
    options: dict[str, Any] = Field(default_factory=dict, description="arguments of the zoo teacher's factory")
    teacher_epochs: int | None = Field(None, ge=1, description="of a zoo teacher's training; those of [train] without")
    when: Literal["after", "training"] = Field(
        "after", description="in a fine-tuning of its own after pruning, or while the network is trained at first"
    )
    temperature: float = Field(4.0, gt=0, description="of both softmaxes (Hinton et al. 2015)")
    alpha: float = Field(0.7, ge=0, le=1, description="the teacher's share of the loss; the labels have the rest")
    hints: tuple[tuple[str, str], ...] = Field(
        (), description="pairs of layers, ours and the teacher's, whose outputs shall be alike (Romero et al. 2015)"
    )
    hint_weight: float = Field(1.0, gt=0, description="of the hints' mean squared error in the loss")


class QatSection(TuneSection):
    """`[qat]`: quantization-aware training, the last of the fine-tunings."""

    learning_rate: float | None = Field(None, gt=0, description="a twentieth of that of `[train]` without")
    ranges: Literal["lsq", "moving-average"] = Field(
        "lsq", description="step sizes are learned (Esser et al. 2020), or follow smoothed extremes"
    )
    freeze: float = Field(
        0.5, ge=0, le=1, description="share of the tuning after which batch-norm statistics hold still"
    )
    int16: tuple[str, ...] = Field((), description="layers whose outputs are int16, by PyTorch's names")
    distill: bool = Field(True, description="learn from the teacher of [distill], where there is one")


class AnalogSection(TuneSection):
    """`[analog]`: training under the noise of analog crossbars (Joshi et al. 2020), for the target analog-pcm."""

    epochs: int = Field(20, ge=0, description="epochs of fine-tuning under noise")
    weight_noise: float = Field(
        0.06, ge=0, le=1, description="deviation of the noise on weights, of an output channel's largest weight"
    )
    output_noise: float = Field(
        0.0, ge=0, le=1, description="likewise on a layer's outputs, of the batch's largest one"
    )
    bits: int = Field(8, ge=0, le=16, description="of the converters around every layer; 0: none")
    clip: float = Field(
        2.0, ge=0, description="weights are clipped at so many deviations of a channel's; 0: not at all"
    )
    depthwise: bool = Field(False, description='depthwise layers too, for `depthwise = "crossbar"`')
    distill: bool = Field(True, description="learn from the teacher of [distill], where there is one")


class QuantizeSection(Section):
    """`[quantize]`: from float to int8."""

    method: str = Field("minmax", description="range method: minmax, moving-average, percentile, mse, entropy")
    samples: int = Field(256, ge=1, description="calibration samples, chosen reproducibly")
    seed: int = 0
    percentile: float = Field(99.99, gt=50, le=100)
    activations: Literal["int8", "int16"] = Field("int8", description="int16: 16x8 throughout, where targets have it")
    int16: tuple[str, ...] = Field((), description="layers with int16 activations between int8 ones, by name")
    input_dtype: Literal["int8", "int16", "float32"] | None = Field(None, description="as `activations` without")
    output_dtype: Literal["int8", "int16", "float32"] | None = Field(None, description="as `activations` without")
    per_channel: bool = True
    calibration: Literal["none"] | Path | None = Field(
        None, description='.npz, .npy or folder; without it the training part is used; "none": made-up inputs'
    )
    max_drop: float | None = Field(
        None, ge=0, description="try fixes until int8 loses no more points of accuracy than this, else fail"
    )

    @property
    def inputs(self) -> str:
        """Type of the graph's inputs."""
        return self.input_dtype or self.activations

    @property
    def outputs(self) -> str:
        """Type of the graph's outputs."""
        return self.output_dtype or self.activations


class BuildSection(Section):
    """`[build]`: what comes out."""

    targets: tuple[str, ...] = ("coral",)
    arithmetic: str = "tflm"
    golden: int = Field(16, ge=1, description="golden vectors written beside the artifact")


class Recipe(Section):
    """A whole `edgekit.toml`."""

    name: str = Field("digits", pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$")
    data: DataSection = DataSection()
    model: ModelSection = ModelSection()
    train: TrainSection = TrainSection()
    prune: PruneSection | None = None
    distill: DistillSection | None = None
    qat: QatSection | None = None
    analog: AnalogSection | None = None
    quantize: QuantizeSection = QuantizeSection()
    build: BuildSection = BuildSection()
    search: SearchSection = SearchSection()
    target: dict[str, dict[str, Any]] = Field(
        default_factory=dict, description="`[target.NAME]`: options of one target, checked by its backend"
    )


MAX_BYTES = 1 << 20


def validated(model: type[Section], values: dict[str, Any], where: str) -> Any:
    """`values` as a section. Raises InputError naming the key, the rule and the value found."""
    try:
        return model.model_validate(values)
    except ValidationError as error:
        found = error.errors()
        unknown = (one for one in found if one["type"] == "extra_forbidden")
        first = next(unknown, found[0])  # a typing mistake explains most
        key = ".".join(str(part) for part in first["loc"])
        place = f"{where}: {key}" if key else where
        if first["type"] == "extra_forbidden":
            known = ", ".join(_fields(model, first["loc"][:-1]))
            raise InputError(place, "there is no such key", f"known keys: {known}") from error
        value = "" if first["type"] == "missing" else f", found {first.get('input')!r:.80}"
        raise InputError(place, f"{first['msg'].removeprefix('Value error, ')}{value}") from error


def _fields(model: type[BaseModel], location: tuple[int | str, ...]) -> list[str]:
    """Names of the keys that a section, or one inside it, has."""
    for name in location:
        inner = model.model_fields[str(name)].annotation if str(name) in model.model_fields else None
        # optional sections are unions with None
        parts = [part for part in (inner, *get_args(inner)) if isinstance(part, type) and issubclass(part, BaseModel)]
        model = parts[0] if parts else model
    return list(model.model_fields)


def load_recipe(path: Path) -> Recipe:
    """Read and check a recipe. Relative paths in it are taken from its own folder.

    Raises:
        InputError: the file is missing, no TOML, or breaks a rule; the message names the key.
    """
    try:
        with open(path, "rb") as file:
            raw = file.read(MAX_BYTES + 1)
        if len(raw) > MAX_BYTES:
            raise InputError(str(path), f"a recipe of more than {MAX_BYTES} bytes", "is this the right file?")
        values = tomllib.loads(raw.decode("utf-8"))
    except OSError as error:
        raise InputError(str(path), f"cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InputError(str(path), f"is not valid TOML: {error}") from error
    recipe: Recipe = validated(Recipe, values, str(path))
    return _resolve(recipe, path.resolve().parent)


def _with_teacher(section: DistillSection | None, folder: Path) -> DistillSection | None:
    if section is None or not section.teacher.endswith((".onnx", ".safetensors")):
        return section
    return section.model_copy(update={"teacher": str((folder / Path(section.teacher).expanduser()).resolve())})


def _resolve(recipe: Recipe, folder: Path) -> Recipe:
    def absolute(path: Path | str | bool | None) -> Path | str | bool | None:
        return (folder / path.expanduser()).resolve() if isinstance(path, Path) else path

    sections = {
        "data": recipe.data.model_copy(update={"path": absolute(recipe.data.path)}),
        "model": recipe.model.model_copy(update={"source": absolute(recipe.model.source)}),
        "train": recipe.train.model_copy(update={"tensorboard": absolute(recipe.train.tensorboard)}),
        "distill": _with_teacher(recipe.distill, folder),
        "quantize": recipe.quantize.model_copy(update={"calibration": absolute(recipe.quantize.calibration)}),
    }
    given = recipe.model_fields_set  # what is copied counts as given, and a model without [data] has no data set
    return recipe.model_copy(update={name: section for name, section in sections.items() if name in given})
