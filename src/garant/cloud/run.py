"""`garant cloud run`: what a job needs lies in its place once, and a run is started once."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass

from garant.cloud.account import Account
from garant.cloud.environment import ENTRY_POINT, Environment
from garant.cloud.execution import Execution, JobInput, describe, start, starts_of
from garant.cloud.job_words import POLICY_FROM, THEN
from garant.cloud.names import execution_name
from garant.cloud.order import Order, driver_variables, pca_words, score_words, send_bundle
from garant.cloud.outcome import is_there
from garant.cloud.platform import Batch, Store
from garant.cloud.session_policy import session_policy
from garant.cloud.spark_parameters import spark_parameters
from garant.exceptions import UsageError
from garant.failpoints import failpoint
from garant.policy.policy import load_policy
from garant.settings import Settings
from garant.storage import S3Location
from garant.storage.s3 import Bucket


@dataclass(frozen=True, slots=True)
class Standing:
    """How a run stands before anything is done for it.

    Parameters
    ----------
    is_done : bool
        Whether all that is asked for is there already; the pointer then leads to it.
    running : Execution or None
        A start that has not ended.
    starts : int
        Starts so far.
    """

    is_done: bool
    running: Execution | None
    starts: int


def standing(
    account: Account, batch: Batch, store: Store, order: Order, *, components: int, settings: Settings
) -> Standing:
    """Look whether a run is there or under way; one that is there is pointed to, as `garant score` does.

    Scores without the components that are asked for are half of it: a job then finds the scores and makes the rest.
    """
    starts = starts_of(account, batch.state_machine_arn, order.run_id)
    running = starts[-1] if starts and starts[-1].is_running else None
    # After the starts: what was committed by the last of them is seen.
    is_done = running is None and is_there(store, order.run_id, components=components, settings=settings)
    return Standing(is_done, running, len(starts))


def start_run(
    account: Account,
    batch: Batch,
    store: Store,
    order: Order,
    environment: Environment,
    *,
    components: int,
    n_starts: int,
    settings: Settings,
) -> tuple[Execution, bool]:
    """Send what is missing and start the job.

    Parameters
    ----------
    account, batch, store
        Where it runs.
    order : Order
        The run.
    environment : Environment
        Of its workers.
    components : int
        Components to make after the scores; none when 0.
    n_starts : int
        Starts of this run that have failed so far.
    settings : Settings
        Policy of the lender, all about S3.

    Returns
    -------
    Execution
        The start.
    bool
        Whether this call made it; False when another client was first.
    """
    send_bundle(order.bundle, store, settings)
    failpoint("cloud.bundle")
    place = environment.place(store)
    words = [*policy_words(place, settings), *score_words(order, store)]
    if components:
        words += [THEN, *pca_words(order, store, components=components)]
    writes = [store.runs / f"run_id={order.run_id}", store.pca(order.run_id)]
    job = JobInput(
        run_id=order.run_id,
        name=execution_name(order.run_id, n_starts),
        entry_point=str(place / ENTRY_POINT),
        arguments=tuple(words),
        spark_parameters=spark_parameters(
            batch.profile, place, driver_variables(order.bundle.signature.key.text, region=account.region)
        ),
        policy=session_policy(
            store, reads=[store.initial, store.bundle(order.bundle.digest), place], writes=writes, runs=store.runs
        ),
        timeout_minutes=batch.profile.timeout_minutes,
        log_uri=f"{store.job_logs}/",
    )
    return start(account, batch.state_machine_arn, job)


def last_execution(account: Account, batch: Batch, run_id: str) -> Execution:
    """Last start of a run.

    Raises
    ------
    UsageError
        When there is none.
    """
    starts = starts_of(account, batch.state_machine_arn, run_id)
    if not starts:
        raise UsageError(f"Run {run_id} was never started here. Start it: garant cloud run --bundle MODEL")
    return describe(account, batch.state_machine_arn, starts[-1].name) or starts[-1]


def policy_words(place: S3Location, settings: Settings) -> Sequence[str]:
    """Where the job finds the lender's own rules, sent now; nothing where the shipped ones hold."""
    if settings.policy_file is None:
        return ()
    digest = load_policy(settings.policy_file).digest
    there = place / f"policy-{digest[:16]}.toml"
    with closing(Bucket(place.bucket, settings)) as bucket:
        if bucket.read(there.prefix) is None:
            bucket.put_file(settings.policy_file, there.prefix)
    return (POLICY_FROM, str(there))
