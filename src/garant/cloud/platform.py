"""What a job needs to know of the deployed platform: its buckets, its key, its application, its state machine."""

from collections.abc import Mapping
from dataclasses import dataclass

from garant.cloud import names
from garant.cloud.account import Account
from garant.cloud.profiles import Profile, profile_of
from garant.cloud.stacks import Stack, deployed_stack
from garant.exceptions import CloudError
from garant.storage import S3Location


@dataclass(frozen=True, slots=True)
class Store:
    """Buckets of stack Data.

    Parameters
    ----------
    buckets : mapping of str to str
        Purpose → name.
    key_arn : str
        Key that encrypts them.
    """

    buckets: Mapping[str, str]
    key_arn: str

    @property
    def initial(self) -> S3Location:
        """Place of the raw tables."""
        return self._place("raw", names.INITIAL_DATA)

    def findings(self, digest: str) -> S3Location:
        """Place of what a check of raw tables found."""
        return self._place("curated", names.TABLES) / digest

    def bundle(self, digest: str) -> S3Location:
        """Place of a bundle."""
        return self._place("curated", names.BUNDLES) / digest

    @property
    def environments(self) -> S3Location:
        """Place of all environment archives."""
        return self._place("curated", names.ENVIRONMENTS)

    @property
    def runs(self) -> S3Location:
        """Folder of scoring runs."""
        return self._place("results", names.RUNS)

    def pca(self, run_id: str) -> S3Location:
        """Folder of the runs of the projection of one scoring run."""
        return self._place("results", names.PCA_RUNS) / run_id

    def notebook(self, run_id: str) -> S3Location:
        """Folder of all that one run of the notebook writes."""
        return self._place("results", names.NOTEBOOKS) / f"run_id={run_id}"

    @property
    def job_logs(self) -> S3Location:
        """Place of what drivers and executors print."""
        return self._place("logs", names.JOB_LOGS)

    def _place(self, purpose: str, prefix: str) -> S3Location:
        return S3Location(self.buckets[purpose], prefix.removesuffix("/"))


@dataclass(frozen=True, slots=True)
class Batch:
    """What stack Batch runs jobs with.

    Parameters
    ----------
    application_id, job_role_arn, state_machine_arn : str
        As the stack says.
    profile : Profile
        Limits that the application was deployed with.
    """

    application_id: str
    job_role_arn: str
    state_machine_arn: str
    profile: Profile


def find_store(account: Account) -> Store:
    """Buckets and key.

    Raises
    ------
    CloudError
        When stack Data is not deployed, or is none of this garant's.
    """
    stack = deployed_stack(account, names.DATA)
    buckets = {purpose: _output(stack, names.bucket_output(purpose)) for purpose in names.BUCKETS}
    return Store(buckets, _output(stack, names.KEY_ARN))


def find_batch(account: Account) -> Batch:
    """Application and state machine.

    Raises
    ------
    CloudError
        When stack Batch is not deployed, or is none of this garant's.
    """
    stack = deployed_stack(account, names.BATCH)
    return Batch(
        application_id=_output(stack, names.APPLICATION_ID),
        job_role_arn=_output(stack, names.JOB_ROLE_ARN),
        state_machine_arn=_output(stack, names.STATE_MACHINE_ARN),
        profile=profile_of(_output(stack, names.PROFILE)),
    )


def _output(stack: Stack, name: str) -> str:
    found = stack.outputs.get(name)
    if not found:
        raise CloudError(
            f"Stack {stack.name} ({stack.status}) says no {name}: it was not deployed by this garant, or is not whole. "
            "Deploy again: garant cloud deploy"
        )
    return found
