"""`garant cloud upload | run | follow | cost | notebook`: the portfolio job in an account of the lender."""

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from garant.cli.cloud_access import environment_of, opened_account, opened_cloud, run_id_of, tell
from garant.cli.cloud_plan import plan_here, planned_for, require_consent, require_deployed, require_fit, show_plan
from garant.cli.cloud_result import require_success, show_jobs, show_run, watched_to_its_end
from garant.cli.parameters import (
    LOCAL,
    AcceptQuarantine,
    AllowMissingColumns,
    BundleFolder,
    Language,
    OutputOption,
    Without,
)
from garant.cli.show import print_rows, say, step_progress, warn
from garant.exceptions import CloudError, UsageError
from garant.settings import load_settings
from garant.tables.quarantine_limit import DEFAULT_LIMIT, QuarantineLimit

Region = Annotated[
    str | None,
    Parameter(
        help="Region of the European Union; by default that of GARANT_S3_REGION, AWS_REGION or your AWS profile."
    ),
]
RunId = Annotated[
    str | None, Parameter(name="RUN", help="Id of a run: 16 hexadecimal digits; the last one that was started without.")
]
EnvironmentOption = Annotated[
    str | None,
    Parameter(
        name="--environment",
        help="Environment archive of the job: the file or folder that CI made (sent once), or how the sha256 of one in "
        "the bucket begins. Without it the one there that was made for this garant.",
    ),
]
Limit = Annotated[
    float | None, Parameter(help="US dollars that it may cost at most without being asked about; GARANT_CLOUD_LIMIT.")
]
Yes = Annotated[bool, Parameter(name="--yes", negative="", help="Start it above the limit without asking.")]

NOTEBOOK = Path("notebooks/portfolio_emr.ipynb")


def upload_cloud(
    data: Annotated[Path, LOCAL, Parameter(name="DATA", help="Folder of the raw tables, on this machine.")],
    /,
    *,
    region: Region = None,
    without: Without = (),
    output: OutputOption = "table",
) -> int:
    """Send the raw tables to the account: checked here first, then compared there with their manifest.

    Only what is missing or different is sent. Tables that `garant check` refuses are not sent; a region or a bucket
    outside the European Union is refused before a byte leaves. Ends with 1 when rows are in quarantine.

    Example: garant cloud upload DATA --region eu-west-3
    """
    settings, account = opened_account(region)
    from garant.cloud.platform import find_store
    from garant.cloud.upload import upload_tables

    store = find_store(account)
    with step_progress() as progress:
        done = upload_tables(data, store, settings=settings, without=without, progress=progress)
    rows = [
        {
            "file": name,
            "table": listed.table,
            "rows": listed.rows,
            "bytes": listed.bytes,
            "sha256": listed.sha256,
            "sent": "yes" if name in done.sent else "was there",
        }
        for name, listed in done.uploaded.manifest.files.items()
    ]
    print_rows(rows, output=output)
    if output == "table":
        removed = f"; removed: {', '.join(done.removed)}" if done.removed else ""
        say(f"Verified against its manifest: {store.initial}{removed}")
        say("Next: garant cloud run --bundle MODEL --plan   what it will cost")
    if done.accepted.report.n_quarantined:
        warn(f"{done.accepted.report.n_quarantined} rows are in quarantine. See why: garant check {data}")
        return 1
    return 0


def run_cloud(  # noqa: PLR0913 - one parameter per option of the command
    *,
    bundle: BundleFolder,
    profile: Annotated[
        Literal["small", "medium", "large"] | None,
        Parameter(help="Limits of the job; that of the deployed platform by default, `small` unless it was told."),
    ] = None,
    plan: Annotated[
        bool, Parameter(negative="", help="Say what it will cost and whether it fits; start nothing.")
    ] = False,
    data: Annotated[
        Path | None, LOCAL, Parameter(name="--data", help="With --plan: tables on this machine; no account is asked.")
    ] = None,
    limit: Limit = None,
    yes: Yes = False,
    environment: EnvironmentOption = None,
    components: Annotated[int, Parameter(help="Principal components to make of the clients; 0 for none.")] = 5,
    explain: Annotated[
        Literal["refused", "all", "none"], Parameter(help="Who gets reasons; `refused` is everybody not accepted.")
    ] = "all",
    purpose: Annotated[
        Literal["simulation", "portfolio", "application"],
        Parameter(help="What the scores are for; kept in the manifest."),
    ] = "portfolio",
    lang: Language = None,
    accept_quarantine: AcceptQuarantine = DEFAULT_LIMIT.text,
    allow_missing_columns: AllowMissingColumns = False,
    region: Region = None,
    output: OutputOption = "table",
) -> int:
    """Score the uploaded tables as a job of EMR Serverless, and verify what it leaves.

    Environment and bundle are sent once, each under its digest. The run has the id that `garant score` would give it:
    started again it is found, whether it works or is done, and nothing is started twice. Above the limit it is asked
    for first, and refused where nobody can answer. A stopped command stops no job: `garant cloud follow` looks again.
    Ends with 1 when rows were set aside.

    Example: garant cloud run --bundle MODEL --plan
    """
    from garant.cloud.profiles import profile_of
    from garant.runs.score_options import ScoreOptions

    settings = load_settings()
    options = ScoreOptions(
        explain=explain,
        purpose=purpose,
        language=lang or settings.language,
        file_format="csv",
        accept_quarantine=QuarantineLimit.parse(accept_quarantine),
        allow_missing_columns=allow_missing_columns,
    )
    if components < 0:
        raise UsageError(f"--components {components}: expected 0 for none, or how many.")
    if data is not None:
        if not plan:
            raise UsageError("--data is for --plan: a job reads what was uploaded. Send it: garant cloud upload DATA")
        return plan_here(data, region, profile=profile_of(profile or "small"), options=options, output=output)
    cloud = opened_cloud(region)
    from garant.cloud.order import take_order
    from garant.cloud.run import standing, start_run

    asked = profile_of(profile) if profile is not None else cloud.batch.profile
    with step_progress() as progress:
        order = take_order(bundle, cloud.store, options=options, settings=cloud.settings, progress=progress)
    planned = planned_for(asked, order.load)
    if plan:
        show_plan(planned, cloud.account.region, run_id=order.run_id, output=output)
        require_fit(planned, order.load)
        return 0
    stands = standing(cloud.account, cloud.batch, cloud.store, order, components=components, settings=cloud.settings)
    if stands.is_done:
        tell(f"Run {order.run_id} is there already: nothing was started.")
        return show_run(cloud, order, components=components, output=output)
    started = stands.running
    if started is None:
        require_deployed(asked, cloud.batch)
        require_fit(planned, order.load)
        require_consent(planned, cloud, limit=limit, yes=yes)
        chosen = environment_of(environment, cloud)
        started, is_ours = start_run(
            cloud.account,
            cloud.batch,
            cloud.store,
            order,
            chosen,
            components=components,
            n_starts=stands.starts,
            settings=cloud.settings,
        )
        tell(f"Run {order.run_id}: {'started' if is_ours else 'another client has just started it'}.")
    else:
        tell(f"Run {order.run_id} is under way already: nothing was started.")
    require_success(watched_to_its_end(cloud, started), order.run_id)
    return show_run(cloud, order, components=components, output=output)


def follow_cloud(run: RunId = None, /, *, region: Region = None, output: OutputOption = "table") -> int:
    """Look on at a run until it ends: its states, what its driver prints, what it cost.

    It starts and stops nothing, and may be left and begun again at any time. Ends with 3 when the run failed.

    Example: garant cloud follow
    """
    cloud = opened_cloud(region)
    from garant.cloud.run import last_execution

    run_id = run_id_of(cloud, run)
    watched = watched_to_its_end(cloud, last_execution(cloud.account, cloud.batch, run_id))
    show_jobs(cloud, run_id, watched.jobs, output=output)
    require_success(watched, run_id)
    return 0


def cost_cloud(run: RunId = None, /, *, region: Region = None, output: OutputOption = "table") -> int:
    """Say what a run has used by the bill of AWS, and what that costs by the list of prices.

    Billed use leaves out workers that wait ready before a job comes, of which this platform keeps none.

    Example: garant cloud cost
    """
    cloud = opened_cloud(region)
    from garant.cloud.jobs import jobs_of

    run_id = run_id_of(cloud, run)
    jobs = jobs_of(cloud.account, cloud.batch, run_id)
    if not jobs:
        raise UsageError(f"Run {run_id} has had no job here. List what there is: garant cloud status")
    show_jobs(cloud, run_id, jobs, output=output)
    return 0


def notebook_cloud(
    notebook: Annotated[Path, LOCAL, Parameter(name="NOTEBOOK", help="The notebook, on this machine.")] = NOTEBOOK,
    /,
    *,
    bundle: BundleFolder,
    limit: Limit = None,
    yes: Yes = False,
    environment: EnvironmentOption = None,
    lang: Language = None,
    region: Region = None,
    output: OutputOption = "table",
) -> int:
    """Run the notebook of the portfolio as a job, on the uploaded tables, without a person before it.

    Its code cells are run one by one, the one that sets up an interactive session left out. The notebook as it was run
    goes to the bucket of results: with the tables and pictures of garant, which hold no row of a person, and nothing
    else. The same notebook with the same tables and model is not run twice.

    Example: garant cloud notebook notebooks/portfolio_emr.en.ipynb --bundle MODEL
    """
    cloud = opened_cloud(region)
    from garant.cloud.execution import starts_of
    from garant.cloud.notebook import finished_notebook, read_notebook, start_notebook
    from garant.cloud.order import take_order
    from garant.runs.score_options import ScoreOptions

    options = ScoreOptions(language=lang or cloud.settings.language, file_format="csv")
    with step_progress() as progress:
        order = take_order(bundle, cloud.store, options=options, settings=cloud.settings, progress=progress)
    asked = read_notebook(notebook, order)
    result = asked.result(cloud.store)
    if finished_notebook(result, cloud.settings) is None:
        starts = starts_of(cloud.account, cloud.batch.state_machine_arn, asked.run_id)
        started = starts[-1] if starts and starts[-1].is_running else None
        if started is None:
            planned = planned_for(cloud.batch.profile, order.load)
            require_fit(planned, order.load)
            require_consent(planned, cloud, limit=limit, yes=yes)
            chosen = environment_of(environment, cloud)
            started, _ = start_notebook(
                cloud.account, cloud.batch, cloud.store, asked, chosen, n_starts=len(starts), settings=cloud.settings
            )
        watched = watched_to_its_end(cloud, started)
        show_jobs(cloud, asked.run_id, watched.jobs, output=output)
        require_success(watched, asked.run_id)
        if finished_notebook(result, cloud.settings) is None:
            raise CloudError(f"{result}: the job has ended and left no whole notebook. See garant cloud follow.")
    else:
        tell(f"Run {asked.run_id} of the notebook is there already: nothing was started.")
    if output == "table":
        say(f"The notebook as it was run: {result}")
    return 0
