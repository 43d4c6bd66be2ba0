"""`garant run list | verify | erase | sweep`: what is done to runs once they are committed."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from garant.cli.parameters import FOLDER, OutputOption
from garant.cli.show import print_json, print_rows, say, step_progress, warn
from garant.exceptions import RunError, UsageError
from garant.settings import load_settings
from garant.storage import Location, staging

if TYPE_CHECKING:
    from garant.runs.erase import Erasure
    from garant.storage.upkeep import Attempt

RunsArgument = Annotated[
    Location, FOLDER, Parameter(name="OUT", help="Folder of runs, as it was given to `score --out`.")
]


def list_run(out: RunsArgument, /, *, output: OutputOption = "table") -> int:
    """List the committed runs of OUT: which one is current, what made it, how many clients were erased from it.

    Example: garant run list RUNS
    """
    from garant.runs.run_list import SHOWN_DIGITS, list_runs

    with staging(load_settings()) as at:
        found, unreadable = list_runs(at.upkeep(out))
    for message in unreadable:
        warn(f"{message}. The run is not listed.")
    code = RunError.exit_code if unreadable else 0
    if output == "json":
        print_json([run.to_dict() for run in found])
        return code
    rows = [
        {
            "run": run.run.run_id,
            "attempt": run.run.attempt,
            "current": "*" if run.is_current else "",
            "verb": str(run.run.manifest.get("verb", "")),
            "bundle": str(run.run.manifest.get("bundle", ""))[:SHOWN_DIGITS],
            "erased": run.n_erased,
            "digest": run.digest[:SHOWN_DIGITS],
        }
        for run in found
    ]
    print_rows(rows, output=output)
    if output == "table" and not rows:
        say(f"No committed run in {out}.")
    return code


def verify_run(out: RunsArgument, /) -> int:
    """Compare every file of every committed run of OUT with the sha256 in its manifest. Ends with 3 when one differs.

    Example: garant run verify RUNS
    """
    from garant.runs.run_list import verify_runs

    with step_progress() as progress, staging(load_settings(), progress=progress) as at:
        n_files = verify_runs(at.upkeep(out), progress=progress)
    say(f"{n_files} files are what the manifests say.")
    return 0


def erase_run(
    *clients: Annotated[int, Parameter(name="SUBJECT", help="SK_ID_CURR of a client; several are allowed.")],
    runs: Annotated[Location, FOLDER, Parameter(help="Folder of runs, as it was given to `score --out`.")],
    subjects: Annotated[Path | None, Parameter(help="Text file with more clients, one SK_ID_CURR per line.")] = None,
    even_unknown: Annotated[
        bool, Parameter(help="Also put clients on the list whom no run holds: later runs leave them out.", negative="")
    ] = False,
    output: Annotated[OutputOption, Parameter()] = "table",
) -> int:
    """Erase clients from every committed run of a folder, and keep them out of later ones.

    Rewrites only the files in which they stand, and removes the old ones with all their versions. Their keyed names go
    on the list RUNS/suppressed.json, which `score` and `pca` apply. The key is yours (GARANT_SUPPRESSION_KEY), made by
    the first erasure: keep a copy. Stopped half-way, the same command finishes. Your raw data are not touched.

    Example: garant run erase 100002 --runs RUNS
    """
    from garant.runs.client_list import read_client_list
    from garant.runs.erase import erase

    wanted = {*clients, *(read_client_list(subjects) if subjects is not None else ())}
    if not wanted:
        raise UsageError("garant run erase: name at least one SK_ID_CURR, or a file of them with --subjects.")
    settings = load_settings()
    with step_progress() as progress, staging(settings, progress=progress) as at:
        done = erase(wanted, at.upkeep(runs), settings=settings, even_unknown=even_unknown, progress=progress)
    if done.new_key is not None:
        warn(f"{done.new_key}: key of the list made, mode 0600. Keep a copy: without it nobody can be kept out.")
    if not done.tells_versions:
        warn(f"{runs}: this store does not tell whether older versions of the removed objects exist. Ask its operator.")
    if output == "json":
        print_json(erasure_json(done))
    else:
        say_erasure(done, len(wanted), runs)
    return 0


def sweep_run(out: RunsArgument, /, *, output: OutputOption = "table") -> int:
    """Remove the attempts of OUT whose writers died, and those that were rewritten; leave what a living one writes.

    In a bucket a writer on another machine is taken for dead after a day.

    Example: garant run sweep RUNS
    """
    with staging(load_settings()) as at:
        found = at.upkeep(out).sweep()
    print_rows(_attempts(found), output=output)
    if output == "table":
        n_removed = sum(attempt.is_removed for attempt in found)
        say(f"{n_removed} attempts removed, {len(found) - n_removed} left." if found else "Nothing to sweep.")
    return 0


def erasure_json(done: "Erasure") -> dict[str, object]:
    """What an erasure did, as JSON."""
    return {
        "attempts": _attempts(done.attempts),
        "kept_tables_removed": done.n_kept_tables,
        "listed": done.n_listed,
        "runs": [
            {"files": list(erased.files), "place": str(erased.run.place), "rows": erased.n_rows} for erased in done.runs
        ],
        "runs_looked_at": done.n_runs,
        "tells_versions": done.tells_versions,
    }


def say_erasure(done: "Erasure", n_clients: int, runs: Location) -> None:
    """Print what an erasure did in the folder `runs`, and what it left alone."""
    for erased in done.runs:
        say(f"{erased.run.place}: {erased.n_rows} rows taken out of {', '.join(erased.files)}")
    if not done.runs:
        say(f"None of the {done.n_runs} runs holds a row of theirs: nothing to rewrite.")
    for attempt in done.attempts:
        if not attempt.is_removed:
            say(f"{attempt.place}: left, {attempt.why}. It may hold them: run this command again when it is done.")
    names = "name" if done.n_listed == 1 else "names"
    say(f"Erased: {_people(n_clients)}; {done.n_listed} {names} on the list {runs / 'suppressed.json'}.")
    if done.n_kept_tables:
        say(f"Accepted tables removed from the cache of this machine: {done.n_kept_tables}.")
    say(
        "Not touched: your raw data, what `check --out`, `feature build`, `feature export` and training "
        "(MODEL.oof.parquet) wrote, copies elsewhere. While raw data hold a client, `explain` shows them and the cache "
        "keeps what it reads."
    )


def _people(n: int) -> str:
    return "1 client" if n == 1 else f"{n} clients"


def _attempts(found: "Sequence[Attempt]") -> list[dict[str, str | int | float | None]]:
    return [
        {"attempt": str(attempt.place), "done": "removed" if attempt.is_removed else "left", "why": attempt.why}
        for attempt in found
    ]
