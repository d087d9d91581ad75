"""The application: verbs collected, errors turned into messages and exit codes."""

from __future__ import annotations

import functools
import inspect
import os
import sys
from collections.abc import Callable
from typing import Annotated, Any, NoReturn

import typer
from rich.markup import escape

import edgekit
from edgekit import errors, plugins
from edgekit.cli import _output

EXIT_CODES = (
    (0, "done"),
    (errors.VerificationError.exit_code, "a proof or a limit failed: integers differ, accuracy too low"),
    (errors.UsageError.exit_code, "the command line is wrong"),
    (errors.InputError.exit_code, "a model, recipe or array file is missing or malformed"),
    (errors.UnsupportedError.exit_code, "edgekit or the target does not support something in the model"),
    (errors.ToolError.exit_code, "a compiler, runtime, package or device is missing or failed"),
    (errors.MachineError.exit_code, "the machine: disk full, no permission, out of memory"),
    (70, "a bug in edgekit; please report it"),
    (130, "interrupted with Ctrl-C"),
    (141, "whoever read the output went away"),
)
BUG, INTERRUPTED, PIPE = 70, 130, 141

HELP = """Train on the host, prove it bit for bit, ship it to every edge device.

\b
  edgekit build --target coral    train, quantize, prove and package
  edgekit analyze model.tflite    contents, costs, what targets reject
  edgekit verify model.tflite     every layer against TensorFlow Lite Micro
  edgekit doctor                  which tools are here, what to install
"""

Traceback = Annotated[bool, typer.Option("--traceback", help="Show where in edgekit an error came from.")]


def app() -> Callable[..., Any]:
    """The command with all verbs."""
    epilog = "\n\n".join(["Exit codes:", *(f"{code:>5}  {meaning}" for code, meaning in EXIT_CODES)])
    application = typer.Typer(
        add_completion=False,
        no_args_is_help=True,
        rich_markup_mode="rich",
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
        help=HELP,
        epilog="\b\n" + epilog.replace("\n\n", "\n"),
    )

    @application.callback()
    def root(
        version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print it.")] = False,
    ) -> None:
        pass

    for name, module in plugins.modules("edgekit.cli").items():
        verb = getattr(module, name)
        application.command(name, help=_reflowed(inspect.getdoc(verb) or ""))(guarded(verb))
    command: Callable[..., Any] = typer.main.get_command(application)
    return command


def _version(value: bool) -> None:
    if value:
        typer.echo(f"edgekit {edgekit.__version__}")
        raise typer.Exit


def _reflowed(text: str) -> str:
    """Paragraphs on one line each, so that the terminal's width breaks them; those marked with a backspace stay.

    Brackets stay too: `[search.space]` is no markup.
    """
    return "\n\n".join(p if p.startswith("\b") else " ".join(p.split()) for p in escape(text).split("\n\n"))


def guarded(verb: Callable[..., None]) -> Callable[..., None]:
    """`verb` with an option `--traceback` and with errors turned into messages and exit codes."""

    @functools.wraps(verb)
    def run(*args: Any, traceback: bool = False, **kwargs: Any) -> None:
        as_json = bool(kwargs.get("json"))
        show = traceback or os.environ.get("EDGEKIT_TRACEBACK", "") not in ("", "0")
        try:
            with _output.warnings_shown(everything=show):
                verb(*args, **kwargs)
            sys.stdout.flush()
        except (typer.Exit, typer.Abort):
            raise
        except BrokenPipeError as error:  # `edgekit ... | head`: the shell's own code for it, and no complaint at exit
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(PIPE) from error
        except KeyboardInterrupt as error:
            _output.say("interrupted")
            raise typer.Exit(INTERRUPTED) from error
        except errors.EdgekitError as error:
            _fail(error, as_json, show)
        except MemoryError:
            _fail(errors.MachineError("memory", "is exhausted", "use fewer samples or a larger machine"), as_json, show)
        except OSError as error:
            where, what = str(error.filename or "the machine"), error.strerror or str(error)
            _fail(errors.MachineError(where, what, "free space, or check permissions"), as_json, show)
        except Exception as error:
            _bug(error, show)

    signature = inspect.signature(verb, eval_str=True)
    option = inspect.Parameter("traceback", inspect.Parameter.KEYWORD_ONLY, default=False, annotation=Traceback)
    run.__signature__ = signature.replace(parameters=[*signature.parameters.values(), option])  # type: ignore[attr-defined]
    run.__annotations__ = {**verb.__annotations__, "traceback": Traceback}
    return run


def _fail(error: errors.EdgekitError, as_json: bool, show: bool) -> NoReturn:
    if show:
        _print_traceback(error)
    _output.say(f"error: {error.where}: {error.what}", style="bold red")
    if error.fix:
        _output.say(f"next: {error.fix}")
    if as_json:
        kind = type(error).__name__
        found = {"kind": kind, "where": error.where, "what": error.what, "fix": error.fix, "exit_code": error.exit_code}
        _output.print_json({"error": found})
    raise typer.Exit(error.exit_code)


def _bug(error: Exception, show: bool) -> NoReturn:
    if show:
        _print_traceback(error)
    _output.say(f"error: edgekit itself failed: {type(error).__name__}: {error}", style="bold red")
    again = "" if show else "run it again with --traceback and "
    _output.say(f"next: this is a bug; please {again}report the output, `edgekit doctor --json` and the model")
    raise typer.Exit(BUG)


def _print_traceback(error: BaseException) -> None:
    import traceback

    traceback.print_exception(error, file=sys.stderr)
