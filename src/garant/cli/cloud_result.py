"""While a job of the cloud works, and when it has ended: what it says, what it left, what it cost."""

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from garant.cli.cloud_access import tell
from garant.cli.cloud_text import cost_document, cost_remarks, cost_rows
from garant.cli.show import Output, print_json, print_rows, say
from garant.exceptions import CloudError
from garant.storage import Json, manifest_digest

if TYPE_CHECKING:
    from garant.cli.cloud_access import Cloud
    from garant.cloud.costs import RunCost
    from garant.cloud.execution import Execution
    from garant.cloud.jobs import Job
    from garant.cloud.order import Order
    from garant.cloud.outcome import Outcome
    from garant.cloud.watch import Watched


def watched_to_its_end(cloud: "Cloud", execution: "Execution") -> "Watched":
    """Follow an execution; whoever stops looking stops nothing."""
    from garant.cloud.watch import watch

    with _left_alone(execution):
        return watch(
            cloud.account,
            cloud.batch,
            cloud.store,
            execution,
            settings=cloud.settings,
            told=tell,
            printed=lambda line: tell(f"  {line}"),
        )


@contextmanager
def _left_alone(execution: "Execution") -> Generator[None]:
    """Tell whoever stops looking that the job goes on."""
    try:
        yield
    except KeyboardInterrupt:
        tell(f"The job goes on. Look again: garant cloud follow {execution.run_id}; stop it: garant cloud stop")
        raise


def require_success(watched: "Watched", run_id: str) -> None:
    """Refuse to go on when the state machine says that the run failed."""
    if not watched.has_succeeded:
        execution = watched.execution
        raise CloudError(
            f"Run {run_id} failed: {execution.name} ended as {execution.status}"
            f"{execution.cause and f' ({execution.cause})'}. What its driver said last stands above. Mend it and run "
            "the same command again: it is then started anew."
        )


def show_run(cloud: "Cloud", order: "Order", *, components: int, output: Output) -> int:
    """Verify the run that a job left, and show it with its price; return the exit code."""
    from garant.cloud.costs import run_cost
    from garant.cloud.jobs import jobs_of
    from garant.cloud.outcome import verified, verified_pca

    run_id, region = order.run_id, cloud.account.region
    outcome = verified(cloud.store.runs, run_id, cloud.settings, identity=order.identity.document)
    projected = verified_pca(cloud.store.pca(run_id), outcome.run, cloud.settings) if components else None
    spent = run_cost(jobs_of(cloud.account, cloud.batch, run_id), region)
    rows: Mapping[str, Json] = outcome.run.manifest["rows"]
    if output == "json":
        print_json({**_run_document(outcome, projected), **cost_document(spent, region, run_id=run_id), "rows": rows})
    elif output == "csv":
        print_rows(cost_rows(spent, region), output=output)
    else:
        _say_run(outcome, projected)
        _say_cost(spent, region)
    return 1 if rows["quarantined"] or rows["set_aside"] else 0


def _run_document(outcome: "Outcome", projected: "Outcome | None") -> dict[str, Json]:
    return {
        "folder": str(outcome.run.place),
        "manifest_digest": manifest_digest(outcome.run.manifest),
        "pca": None if projected is None else str(projected.run.place),
    }


def _say_run(outcome: "Outcome", projected: "Outcome | None") -> None:
    manifest = outcome.run.manifest
    total = max(1, manifest["rows"]["applicants"])
    outcomes: Mapping[str, int] = manifest["outcomes"]
    print_rows(
        [{"proposal": word, "applicants": n, "share": f"{n / total:.1%}"} for word, n in outcomes.items()],
        output="table",
    )
    say(f"{outcome.n_files} files are there as the manifest lists them, and the pointer leads to them.")
    say(f"Scores: {outcome.run.place}")
    if projected is not None:
        say(f"Components: {projected.run.place}")
    say(f"Manifest digest: {manifest_digest(manifest)}")


def _say_cost(spent: "RunCost", region: str) -> None:
    if spent.jobs:
        print_rows(cost_rows(spent, region), output="table")
        for remark in cost_remarks(spent):
            say(remark)


def show_jobs(cloud: "Cloud", run_id: str, jobs: "Sequence[Job]", *, output: Output) -> None:
    """Show what the jobs of a run have used, and what that costs."""
    from garant.cloud.costs import run_cost

    region = cloud.account.region
    spent = run_cost(jobs, region)
    if output == "json":
        print_json(cost_document(spent, region, run_id=run_id))
    elif output == "csv":
        print_rows(cost_rows(spent, region), output=output)
    else:
        _say_cost(spent, region)
