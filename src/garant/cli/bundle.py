"""`garant bundle show | recut | sign | verify | promote`: what a bundle holds, another cut-off, who trusts it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from garant.cli.parameters import FOLDER, LOCAL, OutputOption
from garant.cli.show import print_json, print_rows, say, warn
from garant.settings import load_settings
from garant.storage import Location, staging

if TYPE_CHECKING:
    from garant.models.bundle.content import BundleContent, ChallengerEntry
    from garant.models.bundle.leak_checks import LeakChecksEntry
    from garant.models.bundle.money import MoneyEntry
    from garant.models.bundle.online import OnlineEntry
    from garant.models.bundle.retrains import RetrainsEntry
    from garant.models.bundle.signature import Signature
    from garant.tables.external_score import ExternalScore

KeyFile = Annotated[
    Path | None, Parameter(name="--key", help="File of the private key; default is this machine's development key.")
]
BundleArgument = Annotated[Location, FOLDER, Parameter(name="BUNDLE", help="Folder of the bundle.")]
LocalBundle = Annotated[Path, Parameter(name="BUNDLE", help="Folder of the bundle, on this machine.")]


def show_bundle(bundle: BundleArgument, /, *, output: OutputOption = "table") -> int:
    """Show what a bundle holds: label, costs and cut-off, calibration, tables, measures with 95 % intervals.

    Signature and digests of all files are checked first.
    """
    from garant.cli.measures import measure_rows
    from garant.models.bundle.reading import read_bundle
    from garant.models.bundle.trust import Trust

    settings = load_settings()
    with staging(settings) as at:
        found = read_bundle(at.fetched(bundle), Trust.of(settings))
    content = found.content
    if output == "json":
        print_json({"digest": found.digest, **content.model_dump(mode="json")})
        return 0
    measures = measure_rows(content.metrics.out_of_fold)
    if output == "csv":
        print_rows(measures, output=output)
        return 0
    facts = {
        "digest": found.digest,
        "signed by": _named(found.signature),
        "garant": content.garant_version,
        "profile": content.profile,
        "PD means": content.label.text_en,
        **_cutoff_facts(content),
        "calibration applied": f"slope {content.calibrator.slope:.4f}, intercept {content.calibrator.intercept:.4f}",
        "points": f"{content.points.base:g} at {content.points.odds:g}:1, {content.points.pdo:g} double the odds",
        "tables": ", ".join(content.tables),
        "features": str(len(content.features)),
        "trained on": f"{content.training.rows} applicants, {content.training.positives} with payment difficulties",
        "tested": "random split only" if content.split.kind == "random" else f"out of time from {content.split.start}",
        "trees": str(content.training.iteration),
        **({"made with --fast": "yes: a quick look, not a model to use"} if content.training.fast else {}),
        "external scores": _scores(content.external_scores),
        "retrained models": _retrains(content.retrains),
        "strong features": _allowed(content.leak_checks),
        "challenger": _challenger(content.challenger),
        "money": _money(content.money),
        "online features": _online(content.online),
        "recut from": content.recut_from or "",
    }
    print_rows([{"entry": key, "value": value} for key, value in facts.items()], output="table")
    say()
    print_rows(measures, output="table", title="Measured out of fold")
    return 0


def _scores(entries: "dict[str, ExternalScore] | None") -> str:
    said = (f"{name} ({entry.provider or 'provider not named'})" for name, entry in (entries or {}).items())
    return ", ".join(said) or "none"


def _challenger(entry: "ChallengerEntry | None") -> str:
    if entry is None:
        return "none"
    area = entry.metrics.out_of_fold["auc"].value
    return f"{entry.kind} of {entry.features} features, AUC {area:.4f} out of fold" if area else entry.kind


def _cutoff_facts(content: "BundleContent") -> dict[str, str]:
    """Costs, cut-off and refer band of everybody and of products, and what they come from."""
    from garant.cli.cutoffs import band_text, economics_text
    from garant.models.cutoff import plain_number, shown_pd

    facts: dict[str, str] = {}
    for name, terms in {"": content.cutoffs.single, **content.cutoffs.products}.items():
        where = f" of {name}" if name else ""
        facts[f"costs{where}"] = f"{terms.costs}, a ratio of 1:{plain_number(terms.costs.ratio, digits=4)}"
        facts[f"cut-off{where}"] = shown_pd(terms.cutoff, decimals=6)
        facts[f"refer band{where}"] = band_text(terms.refer_band)
        if content.economics is not None:
            facts[f"economics{where}"] = economics_text(content.economics.of(name))
    return facts


def _retrains(entry: "RetrainsEntry | None") -> str:
    if entry is None:
        return "none"
    return f"{entry.members}; {entry.chosen.samples.value:.1%} change sides at the cut-off {entry.cutoff:.4f}"


def _allowed(entry: "LeakChecksEntry | None") -> str:
    if entry is None:
        return "not checked"
    told = [f"{f.feature} was allowed (AUC {f.strongest:.3f}): {f.allowed_because}" for f in entry.allowed]
    return "; ".join(told) or "none"


def _money(entry: "MoneyEntry | None") -> str:
    if entry is None:
        return "not stated: declare [money] in tables.toml and train again"
    told = (f"{name} {value}" for name, value in entry.model_dump().items() if value is not None)
    return ", ".join(told) or "nothing declared"


def _online(entry: "OnlineEntry | None") -> str:
    if entry is None:
        return "not compared: single applications take the slower engine"
    found = "all equal" if entry.is_equal else f"{entry.differing} DIFFER: single applications take the slower engine"
    return f"{entry.features} of {entry.clients} applicants on SQLite {entry.sqlite}: {found}"


def _named(signature: "Signature") -> str:
    return f"{'development key ' if signature.development else ''}{signature.key.id}"


def recut_bundle(
    bundle: BundleArgument,
    /,
    *,
    costs: Annotated[
        str | None, Parameter(help="Cost of refusing a good payer : cost of accepting a bad one, e.g. 1:12.")
    ] = None,
    product_costs: Annotated[
        tuple[str, ...],
        Parameter(
            name="--product-costs",
            help='Costs of one product, e.g. "Revolving loans=1:6"; may be repeated.',
            negative="",
        ),
    ] = (),
    economics: Annotated[
        Path | None,
        LOCAL,
        Parameter(help="TOML file with a section [economics]: margin and LGD of a loan, by product; instead of costs."),
    ] = None,
    out: Annotated[Location, FOLDER, Parameter(help="Folder of the new bundle.")],
    key: KeyFile = None,
    overwrite: Annotated[bool, Parameter(help="Replace a bundle that is there.", negative="")] = False,
) -> int:
    """Write the same model with the cut-offs of other costs, as a new bundle that says where it comes from.

    Give --costs, with --product-costs for a product that has its own; or --economics. Says which share of the labelled
    applicants, all of whom the lender accepted, would be refused.

    Example: garant bundle recut MODEL --costs 1:12 --out MODEL-1-12
    """
    from garant.cli.cutoffs import band_lines, cutoff_lines, dropped_lines, product_ratios, warn_of_costs
    from garant.models.bundle.reading import read_bundle
    from garant.models.bundle.recut import recut
    from garant.models.bundle.signature import Signer
    from garant.models.bundle.trust import Trust
    from garant.models.bundle.writing import BUNDLE_FILE
    from garant.models.economics_file import read_economics
    from garant.models.pricing import pricing

    settings = load_settings()
    prices = pricing(
        costs=costs,
        product_costs=product_ratios(product_costs),
        economics=None if economics is None else read_economics(economics),
    )
    warn_of_costs(prices)
    signer, trust = Signer.of(settings, key), Trust.of(settings)
    with staging(settings) as at, at.output(out, manifest=BUNDLE_FILE) as folder:
        old = read_bundle(at.fetched(bundle), trust)
        made = recut(old, prices, folder, signer=signer, trust=trust, overwrite=overwrite)
    say(f"{out}: recut from {made.content.recut_from}.")
    for line in (
        *cutoff_lines(made.content),
        *dropped_lines(old.content, made.content),
        *band_lines(made.content),
    ):
        say(line)
    return 0


def sign_bundle(bundle: LocalBundle, /, *, key: KeyFile = None) -> int:
    """Sign a bundle after its files were checked; a signature that is there and fits is replaced.

    Example: garant bundle sign MODEL --key release.key
    """
    from garant.models.bundle.signature import Signer
    from garant.models.bundle.signing import sign_bundle as sign

    signer = Signer.of(load_settings(), key)
    content, before = sign(bundle, signer)
    kept = "was not signed before" if before is None else f"was signed by {_named(before)} before"
    say(f"{bundle}: signed by {_named(signer.signature)}; {kept}.")
    say(f"It is a model of {content.training.rows} applicants, profile {content.profile}, costs {content.costs}.")
    if signer.development:
        say("A development key is trusted on this machine alone. Make one for others with: garant key new FILE")
    else:
        say(f'Where it is used, garant.toml must say: trusted_keys = ["{signer.key.public.text}"]')
    return 0


def verify_bundle(bundle: BundleArgument, /, *, output: OutputOption = "table") -> int:
    """Say who signed a bundle and whether that key is trusted here, then check it wholly.

    Ends with 0 when the bundle may be used, else with 3.

    Example: garant bundle verify MODEL
    """
    from garant.models.bundle.reading import bundle_json, read_bundle
    from garant.models.bundle.signature import read_signature
    from garant.models.bundle.trust import Trust

    settings = load_settings()
    trust = Trust.of(settings)
    with staging(settings) as at:
        folder = at.fetched(bundle)
        signature = read_signature(folder, bundle_json(folder))
        _print_signature(signature, trusted=trust.accepts(signature), output=output)
        found = read_bundle(folder, trust)
    if output == "table":
        say(f"{bundle}: may be used here; digest {found.digest}")
    return 0


def _print_signature(signature: "Signature", *, trusted: bool, output: OutputOption) -> None:
    facts: dict[str, str | bool] = {
        "key_id": signature.key.id,
        "public_key": signature.key.text,
        "development": signature.development,
        "trusted": trusted,
    }
    if output == "json":
        print_json(facts)
    else:
        shown = {key: ("yes" if value else "no") if isinstance(value, bool) else value for key, value in facts.items()}
        rows = [{"entry": key, "value": value} for key, value in shown.items()]
        print_rows(rows, output=output)


def promote_bundle(
    bundle: BundleArgument,
    /,
    *,
    registry: Annotated[Path, Parameter(help="Folder of the registry; made when there is none.")],
    role: Annotated[
        Literal["champion", "challenger"],
        Parameter(help="What the bundle becomes. A champion before it becomes a challenger."),
    ] = "champion",
    waiver: Annotated[
        Path | None, Parameter(help="Text file that says why failed gates are waived; signed with --key.")
    ] = None,
    key: Annotated[
        Path | None, Parameter(name="--key", help="Private key that signs the waiver: one that trusted_keys lists.")
    ] = None,
    output: OutputOption = "table",
) -> int:
    """Make a bundle champion or challenger of a registry, which keeps a copy of it and the history of promotions.

    The bundle must pass its gates: calibration, leak, fairness, profile. Where one fails, a waiver must say why and be
    signed.

    Example: garant bundle promote MODEL --registry REGISTRY
    """
    from datetime import UTC, datetime

    from garant.exceptions import UsageError
    from garant.models.bundle.promotion.promote import PromotionRequest, promote
    from garant.models.bundle.signature import Signer
    from garant.models.bundle.trust import Trust

    if (waiver is None) != (key is None):
        raise UsageError("A waiver is signed: give --waiver TEXT and --key FILE together, or neither.")
    settings = load_settings()
    signer = None if key is None else Signer.of(settings, key)
    with staging(settings) as at:
        request = PromotionRequest(bundle=at.fetched(bundle), role=role, waiver=waiver, signer=signer)
        after, kept = promote(registry, request, trust=Trust.of(settings), now=datetime.now(UTC))
    if kept.content.training.fast:
        warn(f"{bundle} was made with train --fast: a quick look, not a model to use. Train it again without --fast.")
    entry = after.history[-1]
    if output == "json":
        print_json({"folder": str(kept.folder), **entry.model_dump(mode="json")})
        return 0
    rows = [{"gate": gate.gate, "verdict": gate.wrong or "passed"} for gate in entry.gates]
    print_rows(rows, output=output)
    if output == "table":
        allowed = _allowed(kept.content.leak_checks)
        if allowed not in {"none", "not checked"}:
            say(f"STRONG FEATURES: {allowed}")
        say(f"{bundle}: {role} of {registry}; {len(after.challengers)} challengers. Use: --bundle {kept.folder}")
        if entry.waiver is not None:
            say(f"WAIVED: {', '.join(entry.failed)}. The signed waiver stands in the history.")
        if entry.development:
            say("It is signed with a development key: other machines will refuse it. Sign it first to use it there.")
    return 0
