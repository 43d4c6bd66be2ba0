"""The command `garant`: which verbs and nouns there are, and how a run ends.

Commands are named by the import path of their function and loaded when they are called, so that `garant --help`
answers at once.
"""

import gc
import os
import signal
import sys
import warnings
from collections.abc import Sequence
from types import FrameType

import cyclopts

from garant import __version__
from garant.cli.failure import report_bug, report_error
from garant.exceptions import GarantError, UnknownNameError
from garant.models.lightgbm_alone import use_alone

GARBAGE_AFTER = 50_000
"""New objects after which Python looks for cycles among them; its own 700 are meant for small programs."""

HELP = """From a lender's seven raw tables to explained, auditable default-risk proposals.

Start with `garant demo`. Every command has `--help`; add `--debug` to see a traceback.

Exit codes: 0 done; 1 done, with rows set aside or something found; 2 misuse or a missing part; 3 data refused, nothing
written; 4 internal error; 143 stopped. `decide` is 0 for any recorded decision."""

VERBS = {
    "demo": "Make a synthetic lender and go the whole way: check, train, score, explain.",
    "check": "Check raw tables: what is accepted, what is set aside, and why.",
    "train": "Train and calibrate a model; write a bundle and its validation report.",
    "score": "Score every applicant: PD, points, proposal and reasons.",
    "explain": "Explain one applicant in words.",
    "serve": "Serve decisions over HTTP: raw records in, explained and recorded decisions out.",
    "decide": "Decide about one application from its raw records; recorded before it is told.",
    "pca": "Principal components of a portfolio: scores, loadings, explained variance, pictures.",
    "synth": "Write a synthetic lender: all seven tables, with known truth.",
    "init": "Draft a tables.toml for a folder of raw tables.",
    "doctor": "Look at this machine: libraries, memory, folders.",
}

NOUNS = {
    "manifest": (
        "List the table files of a data folder, or compare them with their list.",
        {
            "write": "Write rows, bytes and sha256 of each table file beside the data.",
            "verify": "Compare the table files with the manifest beside them.",
        },
    ),
    "bundle": (
        "Show or change a model bundle.",
        {
            "show": "Show what a bundle holds.",
            "recut": "Same model, other costs or economics, other cut-offs.",
            "scorecard": "Print the challenger: points of each bin.",
            "directions": "Check that no PD moves against a direction; count raw facts that got worse and lower it.",
            "compare": "What another bundle would change for people, groups and money.",
            "sign": "Sign a bundle with a key.",
            "validate": "Judge a bundle on labelled data: measures, calibration, segments, stability.",
            "verify": "Check a bundle wholly; say who signed it and whether that key is trusted.",
            "promote": "Make a bundle champion or challenger of a registry, when it passes its gates.",
        },
    ),
    "key": (
        "Keys that sign bundles (new, show); API keys by which the service knows who asks (create, list, revoke).",
        {
            "new": "Make a private key that signs bundles.",
            "show": "Show the public key of a private one that signs bundles.",
            "create": "Make an API key for the decision service; shown once.",
            "list": "List the API keys: role, branch, until when.",
            "revoke": "Let an API key count no longer.",
        },
    ),
    "policy": (
        "The rules outside the model, and the switch that stops deciding.",
        {
            "show": "Show the rules, who makes a decision final, and whether deciding is stopped.",
            "stop": "Send every application to a person, within 5 seconds.",
            "resume": "Decide again.",
        },
    ),
    "ledger": (
        "The record of decisions: rights of the people in it, and its schema.",
        {
            "show": "Show one recorded decision in words.",
            "letter": "Write a letter to the person about a decision, as PDF.",
            "export": "Write everything that is stored about one person: JSON, and a page to read.",
            "erase": "Erase a person: keys destroyed, runs rewritten, raw files to clean listed.",
            "migrate": "Bring the record store to the schema of this version.",
        },
    ),
    "feature": (
        "List, describe, build and export features.",
        {
            "list": "List the features of a profile.",
            "describe": "Describe one feature: lineage, window, unit, sign, family, texts.",
            "build": "Build the feature matrix of a data folder.",
            "export": "Write what a model reads of chosen clients, as numbers and in words.",
        },
    ),
    "run": (
        "Look after a folder of runs.",
        {
            "list": "List the committed runs of a folder.",
            "verify": "Compare every file of every run with its manifest.",
            "erase": "Erase clients from every run, and keep them out of later ones.",
            "sweep": "Remove what dead writers left.",
        },
    ),
    "report": (
        "Write documents made from the catalogue, data and models.",
        {
            "dictionary": "Write the data dictionary: all raw columns and features, in French and English.",
            "deck": "Write the slides of a talk about a model: PowerPoint, every number with its source.",
        },
    ),
    "cloud": (
        "The portfolio job in an AWS account of yours, in the European Union, paid only while it works.",
        {
            "deploy": "Deploy the platform into an account, in a region of the European Union.",
            "upload": "Send the raw tables to the account, and compare what lies there with their list.",
            "run": "Score the portfolio there: what it will cost, the job, its result, what it cost.",
            "follow": "Look on at a run that was started.",
            "notebook": "Run the notebook of the portfolio there, without a person before it.",
            "stop": "Stop what works there: jobs, application, service.",
            "cost": "What a run has used and what that costs.",
            "status": "List what is deployed and everything of it that costs money.",
            "destroy": "Remove the platform; the data only when their name is typed.",
        },
    ),
}

OWN_MODULES = (
    {("bundle", name): name for name in ("compare", "directions", "scorecard", "validate")}
    | {("key", name): "api_key" for name in ("create", "list", "revoke")}
    | {("cloud", name): "cloud_platform" for name in ("deploy", "status", "stop", "destroy")}
)
"""Commands of a noun whose function stands in a module of its own, not in the noun's."""

NEXT_STEPS = """garant {version}: explained default-risk proposals from raw tables.

Next:
  garant demo               the whole way on a synthetic lender, in a minute
  garant check DATA         what in your raw tables is accepted, and what is not
  garant train DATA --bundle MODEL

All commands: garant --help"""

_STOPPED = 143


def build_app(tokens: Sequence[str] = ()) -> cyclopts.App:
    """Make the command-line application.

    Parameters
    ----------
    tokens : sequence of str
        What the user typed: the command that is named there shows the docstring of its function as help, all others
        their line, so that they need not be loaded.
    """
    named = tuple(token for token in tokens if not token.startswith("-"))
    app = cyclopts.App(
        name="garant",
        help=HELP,
        help_format="markdown",
        version=__version__,
        result_action="return_value",
        exit_on_error=False,
        error_formatter=_misuse,
    )
    app.register_install_completion_command(help="Install completion for bash, zsh or fish.")
    app.default(_next_steps)
    for verb, line in VERBS.items():
        app.command(f"garant.cli.{verb}:{verb}", name=verb, help=None if named[:1] == (verb,) else line)
    for noun, (line, actions) in NOUNS.items():
        group = cyclopts.App(name=noun, help=line)
        for action, action_line in actions.items():
            own = named[:2] == (noun, action)
            module = OWN_MODULES.get((noun, action), noun)
            group.command(f"garant.cli.{module}:{action}_{noun}", name=action, help=None if own else action_line)
        app.command(group)
    return app


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command and leave with its exit code, in a process that is all its own."""
    use_alone()
    # Definitions and SQL are many small objects that stay: looking for garbage among them takes a fifth of a command.
    gc.set_threshold(GARBAGE_AFTER)
    sys.exit(run(sys.argv[1:] if arguments is None else arguments))


def run(arguments: Sequence[str]) -> int:
    """Run one command.

    Returns
    -------
    int
        The exit code.
    """
    tokens = [argument for argument in arguments if argument != "--debug"]
    debug = len(tokens) < len(arguments)
    signal.signal(signal.SIGTERM, _stop)
    # What a library of scikit-learn's says of a full disk; nothing here works through it.
    warnings.filterwarnings("ignore", message=".*will operate in serial mode")
    try:
        _known_command(tokens)
        code = build_app(tokens)(tokens)
    except GarantError as error:
        return report_error(error, debug=debug)
    except cyclopts.CycloptsError:
        return 2
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # The reader of our output left (`| head`); Python would complain again when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:  # noqa: BLE001 - the last line of defence: no traceback, exit code 4
        return _STOPPED if _was_stopped(error) else report_bug(error, debug=debug)
    return code if isinstance(code, int) else 0


def _known_command(tokens: Sequence[str]) -> None:
    """Suggest near commands: the library treats an unknown first word as an argument of the bare command."""
    words = [token for token in tokens[:2] if not token.startswith("-")]
    if not words or tokens[0].startswith("-"):
        return
    known = [*VERBS, *NOUNS]
    if words[0] not in known:
        raise UnknownNameError("command", words[0], known, hint="All commands: garant --help")
    if words[0] in NOUNS and len(words) > 1 and words[1] not in NOUNS[words[0]][1]:
        actions = [f"{words[0]} {action}" for action in NOUNS[words[0]][1]]
        raise UnknownNameError("command", " ".join(words), actions, hint=f"See garant {words[0]} --help")


def _misuse(error: cyclopts.CycloptsError) -> str:
    """What is wrong with the words that were typed, and where to look."""
    command = " ".join(("garant", *(error.command_chain or ())))
    if isinstance(error, cyclopts.MissingArgumentError) and error.argument is not None:
        return f"error: {command}: {error.argument.name} is missing. What it takes: {command} --help"
    if isinstance(error, cyclopts.UnusedCliTokensError):
        words = " ".join(error.unused_tokens or ())
        return f"error: {command} does not know what '{words}' is for. What it takes: {command} --help"
    return f"error: {error}"


def _next_steps() -> None:
    print(NEXT_STEPS.format(version=__version__))


def _was_stopped(error: BaseException | None) -> bool:
    """Whether the command was asked to end: what it was waiting for, as Spark's Java, may fail by itself then."""
    while error is not None:
        if isinstance(error, SystemExit | KeyboardInterrupt):
            return True
        error = error.__context__
    return False


def _stop(_signal: int, _frame: FrameType | None) -> None:
    sys.exit(_STOPPED)
