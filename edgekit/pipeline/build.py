"""From a recipe or a model to the build folders of its targets."""

from __future__ import annotations

import errno
from collections.abc import Sequence
from pathlib import Path

from edgekit import backends, files
from edgekit.errors import EdgekitError, InputError, MachineError, UnsupportedError, UsageError
from edgekit.graph import Graph, is_quantized
from edgekit.overrides import overridden
from edgekit.pipeline import assemble, model
from edgekit.pipeline.cache import Cache
from edgekit.pipeline.context import Context
from edgekit.pipeline.lock import lock
from edgekit.pipeline.memory import memory_of, require_fit
from edgekit.pipeline.result import BuildResult, Progress
from edgekit.pipeline.source import recipe_of
from edgekit.quantization.ranges import observer_of
from edgekit.recipe import NO_DATA, Recipe
from edgekit.reference.arithmetics import arithmetic
from edgekit.target import Target, load_targets, unknown_target

DISK = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO)


def build(
    source: Path | str | Recipe,
    targets: Sequence[str] = (),
    output: Path | str = Path("build"),
    *,
    calibration: Path | str | None = None,
    optimize: str | None = None,
    ram_limit: int | None = None,
    progress: Progress | None = None,
) -> BuildResult:
    """Build a model for targets: `output/<recipe>/<target>/`, one folder each, whole or not at all.

    The stages: data, check of the untrained network, train, export; then graph, check, quantize, accuracy, golden,
    verify; and per target compile. A stage whose inputs did not change is taken from `output/.cache`; a target whose
    folder is whole and made from the same things is left as it is.

    Args:
        source: a recipe, its file, or a model: float or Q/DQ `.onnx`, float or int8 `.tflite`.
        targets: names of targets; the recipe's without.
        output: the folder that holds all builds.
        calibration: `.npz`, `.npy` or folder of samples, or "none" for made-up ones; instead of the recipe's.
        optimize: `speed`, `ram` or `flash`: overrides `[target.NAME] optimize` of every target; all must have it.
        ram_limit: bytes of arena, likewise.
        progress: called as `progress(done, total, text)`.

    Where torchrun or a cluster runs the same build in several processes, all of them train, and rank 0 does everything
    else; the result of the others is empty.

    Raises:
        InputError: source, recipe, data or calibration are missing or malformed.
        UsageError: unknown target, or one without the option `optimize` or `ram_limit`.
        UnsupportedError: an operator that edgekit or a target does not take.
        VerificationError: accuracy or mapping below the recipe's limits, or integers that differ from a runtime's.
        ToolError: a package or compiler that this build needs is absent or failed.
        MachineError: disk full, no permission, or another build at work in `output`.
    """
    from edgekit import train

    output = Path(output)
    recipe = recipe_of(source if isinstance(source, Recipe) else Path(source))
    if calibration is not None:
        update = {"calibration": NO_DATA if str(calibration) == NO_DATA else Path(calibration).resolve()}
        recipe = recipe.model_copy(update={"quantize": recipe.quantize.model_copy(update=update)})
    chosen = chosen_targets(recipe, tuple(targets) or recipe.build.targets, optimize, ram_limit)
    require_settings(recipe)
    if train.rank() > 0:  # rank 0 does all the rest
        if recipe.model.source is None and train.distributed(recipe.train):
            train.train(recipe, output / ".cache" / "training" / "unused", progress=progress)
        return BuildResult(recipe.name, (), {}, ())
    try:
        with lock(output):
            cache = Cache(output / ".cache")
            cache.clean()
            for target in chosen:
                files.recover(output / recipe.name / target.name)
            return _build(Context(recipe, output, cache, chosen, progress))
    except EdgekitError:
        raise
    except OSError as error:
        if error.errno not in DISK:
            raise
        where = str(error.filename or output)
        raise MachineError(
            where, f"cannot be written: {error.strerror}", "free space, or another --output; nothing was changed"
        ) from error


def _build(context: Context) -> BuildResult:
    made = model.make(context, lambda graph: check(context, graph))
    with context.stage("check") as done:
        done.text = check(context, made.graph)
    results = {target.name: assemble.target(context, made, target) for target in context.targets}
    notes = context.notes + [f"{name}: {note}" for name, found in results.items() for note in found.manifest["notes"]]
    return BuildResult(context.recipe.name, tuple(context.stages), results, tuple(dict.fromkeys(notes)))


def require_settings(recipe: Recipe) -> None:
    """What later stages would refuse is refused before the hours of training. Raises InputError, UsageError."""
    arithmetic(recipe.build.arithmetic)
    observer_of(recipe.quantize.method)
    path = recipe.quantize.calibration
    if isinstance(path, Path) and not path.exists():
        raise InputError(str(path), "does not exist")


def chosen_targets(
    recipe: Recipe, names: Sequence[str], optimize: str | None = None, ram_limit: int | None = None
) -> list[Target]:
    """The targets of a build with the recipe's options. Raises UsageError, InputError."""
    known = load_targets()
    if not names:
        raise UsageError("targets", "none is named", "give --target, or [build] targets in the recipe")
    unknown = [name for name in names if name not in known]
    if unknown:
        raise unknown_target(unknown[0], known)
    stray = [name for name in recipe.target if name not in known]
    if stray:
        raise UsageError(f"[target.{stray[0]}]", "is about an unknown target", f"known: {', '.join(known)}")
    own = [known[name].with_options(recipe.target.get(name, {})) for name in dict.fromkeys(names)]
    chosen = overridden(own, optimize, ram_limit)
    for target in chosen:
        found = backends.backend(target.backend)
        if hasattr(found, "require"):
            found.require(target)
    return chosen


def check(context: Context, graph: Graph) -> str:
    """All targets against one graph. Raises UnsupportedError that names every rejected layer."""
    found = [
        (target, rejection)
        for target in context.targets
        for rejection in backends.backend(target.backend).check(graph, target)
    ]
    if found:
        lines = [f"{target.name}: {rejection}" for target, rejection in found]
        raise UnsupportedError(
            context.recipe.name,
            "\n  ".join([f"{len(found)} {'layer is' if len(found) == 1 else 'layers are'} rejected:", *lines]),
        )
    for target in context.targets:
        if not (is_quantized(graph) and hasattr(backends.backend(target.backend), "estimate")):
            require_fit(memory_of(graph), target)
    return f"{len(graph.nodes)} layers accepted by {', '.join(target.name for target in context.targets)}"
