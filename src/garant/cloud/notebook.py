"""`garant cloud notebook`: the notebook of the portfolio as a job; the same file, without a person before it."""

import json
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from garant import __version__
from garant.cloud.account import Account
from garant.cloud.environment import NOTEBOOK_ENTRY_POINT, Environment
from garant.cloud.execution import Execution, JobInput, start
from garant.cloud.names import execution_name
from garant.cloud.order import Order, driver_variables, send_bundle
from garant.cloud.platform import Batch, Store
from garant.cloud.run import policy_words
from garant.cloud.session_policy import session_policy
from garant.cloud.spark_parameters import spark_parameters
from garant.exceptions import CloudError, UsageError
from garant.settings import Settings
from garant.storage import S3Location, sha256_file, sha256_json
from garant.storage.s3 import Bucket


@dataclass(frozen=True, slots=True)
class NotebookOrder:
    """A notebook that is to be run.

    Parameters
    ----------
    path : Path
        The file.
    digest : str
        Its sha256.
    order : Order
        Tables and model that it is given.
    """

    path: Path
    digest: str
    order: Order

    @property
    def run_id(self) -> str:
        """Names the run of this notebook with these tables, this model, these rules and this garant."""
        made_of = {"code": __version__, "notebook": self.digest, "verb": "notebook"}
        return sha256_json({**made_of, "scores": self.order.identity.document})[:16]

    def result(self, store: Store) -> S3Location:
        """Where it lies when it was run."""
        return store.notebook(self.run_id) / self.path.name


def read_notebook(path: Path, order: Order) -> NotebookOrder:
    """Look at a notebook.

    Raises
    ------
    UsageError
        When there is no such file or it is no notebook of format 4.
    """
    try:
        notebook: Any = json.loads(path.read_text(encoding="utf-8"))
        is_notebook = notebook["nbformat"] == 4 and isinstance(notebook["cells"], list)  # noqa: PLR2004 - the format
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror or error}). Give the path of a notebook.") from error
    except (ValueError, KeyError, TypeError):
        is_notebook = False
    if not is_notebook:
        raise UsageError(f"{path}: is no notebook of format 4 (.ipynb).")
    return NotebookOrder(path, sha256_file(path), order)


def start_notebook(
    account: Account,
    batch: Batch,
    store: Store,
    asked: NotebookOrder,
    environment: Environment,
    *,
    n_starts: int,
    settings: Settings,
) -> tuple[Execution, bool]:
    """Send what is missing and start the job; as `garant.cloud.run.start_run`."""
    bundle = asked.order.bundle
    send_bundle(bundle, store, settings)
    place = environment.place(store)
    source = place / f"notebook-{asked.digest[:16]}.ipynb"
    with closing(Bucket(source.bucket, settings)) as bucket:
        bucket.put_file(asked.path, source.prefix)
    out = store.notebook(asked.run_id)
    told = {
        "GARANT_NOTEBOOK_BUNDLE": str(store.bundle(bundle.digest)),
        "GARANT_NOTEBOOK_DATA": str(store.initial),
        "GARANT_NOTEBOOK_OUT": str(out),
    }
    job = JobInput(
        run_id=asked.run_id,
        name=execution_name(asked.run_id, n_starts),
        entry_point=str(place / NOTEBOOK_ENTRY_POINT),
        arguments=(*policy_words(place, settings), str(source), asked.digest, str(asked.result(store))),
        spark_parameters=spark_parameters(
            batch.profile, place, driver_variables(bundle.signature.key.text, region=account.region, extra=told)
        ),
        policy=session_policy(store, reads=[store.initial, store.bundle(bundle.digest), place], writes=[out]),
        timeout_minutes=batch.profile.timeout_minutes,
        log_uri=f"{store.job_logs}/",
    )
    return start(account, batch.state_machine_arn, job)


def finished_notebook(result: S3Location, settings: Settings) -> dict[str, Any] | None:
    """The notebook as it was run to its end; None when it was not.

    Raises
    ------
    CloudError
        When what lies there is no notebook.
    """
    with closing(Bucket(result.bucket, settings)) as bucket:
        there = bucket.read(result.prefix)
    if there is None:
        return None
    try:
        notebook: dict[str, Any] = json.loads(there.content)
        outputs = [output for cell in notebook["cells"] for output in cell.get("outputs", ())]
        has_failed = any(output["output_type"] == "error" for output in outputs)
    except (ValueError, KeyError, TypeError) as error:
        raise CloudError(f"{result}: is no notebook that can be read ({error!r}).") from error
    return None if has_failed else notebook
