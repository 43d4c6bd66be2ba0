"""Before a job of the cloud: what it costs, whether it fits, whether it is wanted at that price."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from garant.cli.show import Output, print_json, print_rows, say, step_progress
from garant.exceptions import UsageError
from garant.settings import load_settings

if TYPE_CHECKING:
    from garant.cli.cloud_access import Cloud
    from garant.cloud.estimate import Estimate, Load
    from garant.cloud.platform import Batch
    from garant.cloud.profiles import Profile
    from garant.runs.score_options import ScoreOptions


def planned_for(profile: "Profile", load: "Load") -> "Estimate":
    """What a job takes with a profile."""
    from garant.cloud.estimate import estimate

    return estimate(profile, load)


def plan_here(data: Path, region: str | None, *, profile: "Profile", options: "ScoreOptions", output: Output) -> int:
    """Plan a run of tables on this machine, without an account."""
    from garant.cloud.account import allowed_region
    from garant.cloud.findings import Uploaded, manifest_of
    from garant.cloud.order import load_of
    from garant.runs.accept import accepted_tables

    settings = load_settings()
    where = allowed_region(region or settings.s3_region, settings)
    with step_progress() as progress:
        accepted = accepted_tables(data, purpose="score", settings=settings, progress=progress)
    load = load_of(Uploaded(manifest_of(accepted), ""), options)
    planned = planned_for(profile, load)
    show_plan(planned, where, run_id=None, output=output)
    require_fit(planned, load)
    return 0


def show_plan(planned: "Estimate", region: str, *, run_id: str | None, output: Output) -> None:
    """Show what a job costs at most and what is expected of it, with where the prices come from."""
    from garant.cli.cloud_text import plan_document, plan_remarks, plan_rows

    if output == "json":
        print_json(plan_document(planned, region, run_id=run_id))
        return
    print_rows(plan_rows(planned, region), output=output)
    if output == "table":
        profile = planned.profile
        limits = f"{profile.vcpu} vCPU, {profile.memory_gb} GB, {profile.timeout_minutes} minutes"
        say(f"Profile {profile.name} ({limits}) in {region}" + (f"; run {run_id}." if run_id else "."))
        say(f"It is meant for {profile.for_whom}.")
        for remark in plan_remarks(planned, region):
            say(remark)


def require_fit(planned: "Estimate", load: "Load") -> None:
    """Refuse a job that does not fit its profile, and name the one that it would fit."""
    if not planned.obstacles:
        return
    from garant.cloud.estimate import fitting_profile

    fits = fitting_profile(load)
    advice = (
        f"It would fit profile {fits.name}: garant cloud deploy --profile {fits.name}, then run it with that."
        if fits is not None
        else "It fits no profile: send compressed or Parquet tables, or fewer of them."
    )
    raise UsageError(f"The job does not fit profile {planned.profile.name}: {'; '.join(planned.obstacles)}. {advice}")


def require_deployed(asked: "Profile", batch: "Batch") -> None:
    """Refuse limits that the deployed application does not have."""
    if asked.name != batch.profile.name:
        raise UsageError(
            f"The platform is deployed with profile {batch.profile.name}, whose limits the application has. Deploy the "
            f"other: garant cloud deploy --profile {asked.name}; or run it with --profile {batch.profile.name}."
        )


def require_consent(planned: "Estimate", cloud: "Cloud", *, limit: float | None, yes: bool) -> None:
    """Ask above the limit; refuse where nobody can answer."""
    from garant.cli.cloud_text import usd
    from garant.cloud.estimate import cost_of

    most, allowed = cost_of(planned.most, cloud.account.region), cloud.settings.cloud_limit if limit is None else limit
    if yes or (most.usd is not None and most.usd <= allowed):
        return
    above = f"At most it costs {usd(most)}, the limit is {allowed:.2f} USD"
    if not _can_be_asked():
        raise UsageError(f"{above}, and nobody can be asked here. Nothing was started. Add --yes, or raise --limit.")
    sys.stderr.write(f"{above}. Start it? [y/N] ")
    sys.stderr.flush()
    if sys.stdin.readline().strip().casefold() not in {"y", "yes"}:
        raise UsageError("Nothing was started.")


def _can_be_asked() -> bool:
    return sys.stdin.isatty() and sys.stderr.isatty()
