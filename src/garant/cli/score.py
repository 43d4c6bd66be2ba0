"""`garant score`: score every applicant."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from garant.cli.parameters import (
    FOLDER,
    AcceptQuarantine,
    AllowMissingColumns,
    BundleFolder,
    Data,
    EngineOrAuto,
    Language,
    OutputOption,
    Without,
)
from garant.cli.show import print_json, print_rows, say, step_progress, warn
from garant.settings import load_settings
from garant.storage import Location, manifest_digest, staging
from garant.tables.quarantine_limit import DEFAULT_LIMIT, QuarantineLimit

if TYPE_CHECKING:
    from garant.runs.score import ScoreResult


def score(  # noqa: PLR0913 - one parameter per option of the command
    data: Data,
    /,
    *,
    bundle: BundleFolder,
    out: Annotated[
        Location,
        FOLDER,
        Parameter(help="Folder of runs; the result lies in OUT/run_id=…, the pointer is OUT/current.json."),
    ],
    explain: Annotated[
        Literal["refused", "all", "none"], Parameter(help="Who gets reasons; `refused` is everybody not accepted.")
    ] = "all",
    purpose: Annotated[
        Literal["simulation", "portfolio", "application"],
        Parameter(help="What the scores are for; kept in the manifest."),
    ] = "portfolio",
    lang: Language = None,
    file_format: Annotated[
        Literal["parquet", "csv", "kaggle"],
        Parameter(name="--format", help="`csv` and `kaggle` add a file beside the Parquet scores."),
    ] = "parquet",
    engine: EngineOrAuto = "duckdb",
    since: Annotated[
        str | None,
        Parameter(
            help="Keep the scores of this run (`current`, its id or path) for clients whose facts are the same; the "
            "result is that of a full run."
        ),
    ] = None,
    without: Without = (),
    accept_quarantine: AcceptQuarantine = DEFAULT_LIMIT.text,
    allow_missing_columns: AllowMissingColumns = False,
    output: OutputOption = "table",
) -> int:
    """Score every applicant of DATA: PD, points, a proposal (accept, refer, refuse) and reasons.

    garant proposes; a named person or a recorded mode decides. Nobody disappears: an applicant whose row was set aside
    is referred, with the reason. Ends with 1 when there was such an applicant or a row in quarantine; with 3, and
    without a run, when more rows of a table are in quarantine than `--accept-quarantine` says (0.1% or 5 rows).

    Example: garant score DATA --bundle MODEL --out RUNS --lang fr
    """
    from garant.cli.cutoffs import loss_line, refused_from
    from garant.runs.absent_columns import ABSENT_COLUMNS
    from garant.runs.score import ScoreOptions
    from garant.runs.score import score as run_score
    from garant.runs.score_files import EXTRA_FILES
    from garant.runs.since import find_earlier, where_earlier
    from garant.wording.catalogue import Wording

    settings = load_settings()
    options = ScoreOptions(
        explain=explain,
        purpose=purpose,
        language=lang or settings.language,
        file_format=file_format,
        without=without,
        accept_quarantine=QuarantineLimit.parse(accept_quarantine),
        allow_missing_columns=allow_missing_columns,
    )
    with step_progress() as progress, staging(settings, progress=progress) as at:
        runs, model = at.runs(out), at.fetched(bundle)
        earlier = None
        if since is not None:
            folder, name = where_earlier(since, out)
            earlier = find_earlier(name, at.upkeep(folder))
        tables = at.fetched(data)
        result = run_score(
            tables, model, runs, options=options, settings=settings, engine=engine, since=earlier, progress=progress
        )
    manifest = result.run.manifest
    code = 1 if manifest["rows"]["quarantined"] or result.n_set_aside else 0
    _warn(result)
    if output == "json":
        said = {"folder": str(result.run.place), "manifest_digest": manifest_digest(manifest)}
        course = {"repeated": result.repeated, "outrun": result.outrun, "kept": result.n_kept}
        used = {"engine": result.engine and {"name": result.engine.name, "why": result.engine.why}}
        print_json({**said, **course, **used, **_brief(manifest)})
        return code
    total = manifest["rows"]["applicants"]
    rows = [
        {"proposal": word, "applicants": n, "share": f"{n / max(total, 1):.1%}"} for word, n in result.outcomes.items()
    ]
    print_rows(rows, output=output)
    if output == "table":
        _say_course(result, explained=explain != "none")
        if purpose == "simulation":
            say(Wording(options.language).text("notice.simulation"))
        content = result.bundle.content
        if content.profile == "kaggle":
            say(Wording(options.language).text("notice.kaggle"))
        for warning in result.accepted.report.warnings:
            if warning.rule != ABSENT_COLUMNS:
                say(f"warning: {warning.en}")
        if result.accepted.config.label.name != content.label.name:
            say(f"warning: the bundle's label is '{content.label.name}', that of the data is another.")
        say(f"{content.label.text_en}; refused from PD {refused_from(content)} on.")
        say(loss_line(manifest["expected_loss"]))
        say(f"Set aside: {manifest['rows']['quarantined']} rows in quarantine, {manifest['rows']['orphans']} orphans.")
        say(f"Scores: {result.run.place / 'scores'}")
        say(f"Manifest digest: {manifest_digest(manifest)}")
        if file_format != "parquet":
            say(f"As CSV: {result.run.place / EXTRA_FILES[file_format]}")
        say(f"Next: garant explain ID --data {data} --bundle {bundle}" + (f" --lang {lang}" if lang else ""))
    return code


def _say_course(result: "ScoreResult", *, explained: bool) -> None:
    """Say what was done again, or not at all, or slowly."""
    from garant.explanations.contributions import slow_notice

    if explained and not result.repeated:
        applicants = result.accepted.report.table("application").accepted
        if (notice := slow_notice(result.bundle.booster, applicants)) is not None:
            warn(notice)
    if result.repeated:
        say("The same run was there already: nothing to do.")
    if result.outrun:
        say("Another command committed the same run first: its result stands, this one's was dropped.")
    if result.engine is not None and (result.engine.why or result.engine.name == "spark"):
        names = {"duckdb": "DuckDB", "spark": "Spark"}
        say(f"Engine: {names[result.engine.name]}{result.engine.why and ': '}{result.engine.why}")
    if result.n_kept is not None:
        n_scored = result.run.manifest["rows"]["applicants"] - result.n_set_aside - result.n_kept
        say(f"Scored anew: {n_scored} applicants; kept from the earlier run: {result.n_kept}.")


def _warn(result: "ScoreResult") -> None:
    """Say on stderr who was left out, and what the model had to do without or never met."""
    if result.n_suppressed:
        warn(f"left out because they were erased from the folder of runs: {result.n_suppressed} clients of the data.")
    if result.missing_columns:
        warn(f"read as empty although the bundle learned from them: {', '.join(result.missing_columns)}.")
    if result.unknown_levels:
        features = ", ".join(f"{name}: {rows}" for name, rows in result.unknown_levels.items())
        warn(f"values of categories that training never met, taken as rare ones (applicants per feature): {features}.")


def _brief(manifest: Mapping[str, object]) -> dict[str, object]:
    """Return the manifest without its list of files."""
    return {key: value for key, value in manifest.items() if key != "files"}
