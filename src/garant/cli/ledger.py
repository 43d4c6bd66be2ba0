"""`garant ledger show | letter | export | erase | migrate`: the record of decisions, and people's rights in it."""

import shlex
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from garant.cli.operator import operator
from garant.cli.parameters import FOLDER, FOLDERS, LOCAL, Language
from garant.cli.run import erasure_json, say_erasure
from garant.cli.show import print_json, print_rows, say, step_progress, warn
from garant.decisions.access import Role
from garant.decisions.login import password_in
from garant.exceptions import GarantError, MissingPartError, OccupiedError, UnknownNameError, UsageError
from garant.settings import Settings, load_settings
from garant.storage import Location, Staging, atomic_path, parse_location, staging

if TYPE_CHECKING:
    from garant.runs.erase import Erasure
    from garant.runs.subject_erasure import Erased

    Runs = tuple[Location, Erasure]

_REFERENCE = "Persons are named by the subject_ref of their applications, else by SK_ID_CURR."

SubjectArgument = Annotated[
    str, Parameter(name="SUBJECT", help="The person: subject_ref of the application, else its SK_ID_CURR.")
]
OutputOption = Annotated[Literal["table", "json"], Parameter(help="Lines, or one JSON object.")]


def show_ledger(
    id_: Annotated[str, Parameter(name="ID", help="Id of the decision.")],
    /,
    *,
    lang: Language = None,
    output: OutputOption = "table",
) -> int:
    """Show one recorded decision in words, with what happened to it since; that you looked is recorded.

    Example: garant ledger show 0198f2c4-6f1e-7c33-9d0a-4e1f6a1b2c3d --lang fr
    """
    from garant.cli.decision_text import show_decision
    from garant.runs.deciding.answer import recorded
    from garant.runs.record_store import opened_store

    settings = load_settings()
    with opened_store(settings) as store:
        decision = store.decision(id_)
        store.saw(operator(Role.AUDITOR, settings.owner), "decision", decision=decision.id)
    said = recorded(decision, lang or settings.language)
    if output == "json":
        print_json(said)
    else:
        show_decision(said)
        if said["outcome"] is None:
            say("  The person was erased: what was decided can no longer be read.")
    return 0


def letter_ledger(
    id_: Annotated[str, Parameter(name="ID", help="Id of the decision.")],
    /,
    *,
    out: Annotated[Path, LOCAL, Parameter(help="PDF to write; readable by you alone.")],
    kind: Annotated[
        Literal["refusal", "papers", "review", "explanation"] | None,
        Parameter(help="What the letter is for; the first that the decision allows by default."),
    ] = None,
    bundle: Annotated[
        Location | None,
        FOLDER,
        Parameter(help="Bundle that decided: an explanation then also says what would have changed the result."),
    ] = None,
    lang: Language = None,
) -> int:
    """Write a letter to the person whom a recorded decision is about, as accessible PDF; that you did is recorded.

    Made from the record alone: its sentences are those of the ledger. Only a decision that is final or reviewed has a
    letter, but for one that asks for papers. The lender's name, addresses and deadlines come from letter_file; what is
    missing there stands in square brackets. The text is a template until the lender's lawyer has approved it.

    Example: garant ledger letter 0198f2c4-6f1e-7c33-9d0a-4e1f6a1b2c3d --kind refusal --lang fr --out letter.pdf
    """
    from contextlib import nullcontext

    from garant.policy.policy import load_policy
    from garant.reports.client_letter import LetterKind, letter_pdf, load_lender
    from garant.runs.deciding.letters import letter_of
    from garant.runs.deciding.opening import open_decider
    from garant.runs.deciding.recorded_decisions import whole
    from garant.runs.record_store import opened_store

    if out.exists():
        raise OccupiedError(f"{out} exists and is not replaced: it may be another person's letter. Name another file.")
    settings = load_settings()
    lender, policy = load_lender(settings.letter_file), load_policy(settings.policy_file)
    with (
        staging(settings) as at,
        open_decider(at.fetched(bundle), settings) if bundle else nullcontext() as decider,
        opened_store(settings) as store,
    ):
        decision = store.decision(id_)
        judgement = whole(decision)
        store.saw(operator(Role.AUDITOR, settings.owner), "letter", decision=decision.id)
        letter = letter_of(
            decision,
            judgement,
            kind=None if kind is None else LetterKind(kind),
            language=lang or settings.language,
            lender=lender,
            policy=policy,
            decider=decider,
        )
    content = letter_pdf(letter)
    with atomic_path(out, private=True) as temporary:
        temporary.write_bytes(content)
    say(f"{letter.title}: {out}")
    if letter.missing:
        warn(f"placeholders stand in the letter: {', '.join(letter.missing)} is not in letter_file.")
    if letter.mark:
        warn("its text is a template that the lender's lawyer has to approve.")
    warn(f"personal data of one person, readable by you alone: {out}")
    return 0


def export_ledger(
    subject: SubjectArgument,
    /,
    *,
    out: Annotated[Path, LOCAL, Parameter(help="ZIP to write; readable by you alone.")],
) -> int:
    """Write everything that is stored about one person as a ZIP, for that person; nobody else's data are in it.

    Holds records.json, and page.fr.html and page.en.html in plain words: decisions, reasons, what was judged, reviews,
    who looked. The second model's result is marked as not used. That you exported is recorded. Nothing is written of
    somebody of whom nothing is recorded (exit 1), and no file is replaced (exit 2).

    Example: garant ledger export 100002 --out person.zip
    """
    from garant.runs.record_store import opened_store
    from garant.runs.subject_export import PAGES, RECORDS, write_subject_export

    if out.exists():
        raise OccupiedError(
            f"{out} exists and is not replaced: it may hold another person's records. Name another file."
        )
    settings = load_settings()
    with opened_store(settings) as store:
        found = store.export(subject)
        if not (found.decisions or found.accesses):
            warn(f"nothing is recorded about {subject}: {out} is not written. {_REFERENCE}")
            return 1
        store.saw(operator(Role.AUDITOR, settings.owner), "export", subject=subject)
    write_subject_export(out, found, made_on=datetime.now(UTC).date())
    say(f"Decisions: {len(found.decisions)}. {out}: {', '.join((RECORDS, *PAGES))}")
    warn(f"personal data of one person, readable by you alone: {out}")
    return 0


def erase_ledger(
    subject: SubjectArgument,
    /,
    *,
    reason: Annotated[str, Parameter(help="Why; kept in clear for ever, so name nobody.")],
    out: Annotated[
        tuple[str, ...],
        FOLDERS,
        Parameter(
            name="--out",
            help="Folder of runs, as it was given to `score --out`: they are rewritten too; repeat for several.",
        ),
    ] = (),
    data: Annotated[
        tuple[str, ...],
        FOLDERS,
        Parameter(
            name="--data",
            help="Folder of raw tables: its files with rows of the person are listed for you to clean; repeatable.",
        ),
    ] = (),
    output: OutputOption = "table",
) -> int:
    """Erase a person: the keys of their records are destroyed, and a tombstone with the reason stays.

    Then the runs of --out are rewritten as by `garant run erase`, accepted tables in this machine's cache that hold the
    person are removed, and raw files of --data with rows of the person are listed: garant changes no raw data. Copies
    of the database, such as backups, hold the person until they are replaced. Where nothing is recorded under SUBJECT,
    nothing is erased in the record store, runs that hold the client are rewritten all the same, and it ends with 1.

    Example: garant ledger erase 100002 --reason "asked on 2026-11-29" --out RUNS --data DATA
    """
    from garant.runs.record_store import opened_store
    from garant.runs.subject_erasure import erase_subject

    if not reason.strip():
        raise UsageError("--reason is empty: say why, without naming anybody.")
    runs, raw = [parse_location(text) for text in out], [parse_location(text) for text in data]
    settings = load_settings()
    with (
        step_progress() as progress,
        staging(settings, progress=progress) as at,
        opened_store(settings) as store,
    ):
        done = erase_subject(
            subject,
            store,
            reason=reason.strip(),
            actor=operator(Role.ADMIN, settings.owner).id,
            data=[at.fetched(folder) for folder in raw],
            settings=settings,
            announce=lambda clients: _announce(subject, clients),
            progress=progress,
        )
        rewritten = list(_erase_runs(done, runs, at, settings))
    if output == "json":
        print_json({**done.to_dict(), "runs": {str(folder): erasure_json(erased) for folder, erased in rewritten}})
    else:
        _say(done, subject, n_data=len(data))
        for folder, erased in rewritten:
            say_erasure(erased, len(done.clients), folder)
    return 0 if done.erasure is not None else 1


def migrate_ledger(
    *,
    new_master_key: Annotated[
        bool, Parameter(help="Also make the master key (master_key), once for a new store.", negative="")
    ] = False,
    only_new: Annotated[
        bool,
        Parameter(
            help="Only make what is not there, store or master key: for a start that may come twice.", negative=""
        ),
    ] = False,
    service_role: Annotated[
        str | None,
        Parameter(help="Also let this role of PostgreSQL serve, and make it when it is not there (docs/ledger.md)."),
    ] = None,
    service_password: Annotated[
        Path | None, LOCAL, Parameter(help="File with the password that the role has from now on.")
    ] = None,
) -> int:
    """Bring the record store of store_url to the schema of this version, or make it. Stop what serves from it first.

    Example: garant ledger migrate
    """
    from garant.decisions.migrating import migrate, schema_of
    from garant.runs.record_store import new_master_key as make_key

    if service_password is not None and service_role is None:
        raise UsageError("--service-password is the password of a role: name it with --service-role.")
    settings = load_settings()
    has_all = only_new and (settings.master_key.exists() or schema_of(settings.store_url) != "none")
    if new_master_key and not has_all:
        make_key(settings)
        warn(f"{settings.master_key}: master key made, mode 0600. Keep a copy elsewhere: without it no record is read.")
    changed = migrate(settings.store_url, only_new=only_new)
    if only_new and not changed and schema_of(settings.store_url) == "another":
        say("The record store has the schema of another version and stays as it is: stop what serves, then migrate.")
        return 0
    say("The record store has the schema of this version." if changed else "It has the schema of this version already.")
    if service_role is not None:
        _grant(settings, service_role, service_password)
    return 0


def _grant(settings: Settings, role: str, password_file: Path | None) -> None:
    try:
        from garant.decisions.service_role import grant_service
    except ModuleNotFoundError as error:
        raise MissingPartError(
            f"--service-role needs the extra `serve` ({error.name} is missing). Run: pip install 'garant[serve]'"
        ) from error
    password = None if password_file is None else password_in(password_file)
    is_new = grant_service(settings.store_url, role, password=password)
    say(f"{role}: {'made, and ' if is_new else ''}may serve from the record store, and change nothing in it.")


def _announce(subject: str, clients: Sequence[int]) -> None:
    """Name every application of a reference that covers several, before their records are destroyed."""
    if len(clients) > 1:
        warn(f"{subject} covers {len(clients)} numbers of applications (SK_ID_CURR): {', '.join(map(str, clients))}.")


def _erase_runs(done: "Erased", folders: Sequence[Location], at: Staging, settings: Settings) -> Iterator["Runs"]:
    """Rewrite runs, one folder after the other; when that fails, say how to go on: the records are gone by then."""
    from garant.runs.erase import erase

    for folder in folders if done.clients else ():
        try:
            # Where nothing is recorded, only whom a run holds: a mistyped number must hide nobody from later runs.
            is_recorded = done.erasure is not None
            yield folder, erase(done.clients, at.upkeep(folder), settings=settings, even_unknown=is_recorded)
        except UnknownNameError:
            warn(f"{folder}: no run holds this client; nothing was changed there.")
        except GarantError:
            gone = "the records are erased" if done.erasure is not None else "nothing is recorded"
            again = shlex.join(["garant", "run", "erase", *map(str, done.clients), "--runs", str(folder)])
            warn(f"{gone}, the runs are not yet cleaned. When the cause is mended: {again}")
            raise
    done.forget_cache(settings)


def _say(done: "Erased", subject: str, *, n_data: int) -> None:
    if done.erasure is None:
        warn(f"nothing is recorded about {subject}, and nothing was erased in the record store. {_REFERENCE}")
    else:
        numbers = ", ".join(map(str, done.clients)) or "none known"
        n = len(done.erasure.decisions)
        say(f"Erased. SK_ID_CURR: {numbers}. Decisions: {n}, tombstone {done.erasure.id}.")
    if done.erasure is not None and not done.erasure.is_scrubbed:
        warn("what was removed may stand in dead rows of the database's files until its next clean-up (VACUUM).")
    if done.files:
        print_rows(
            [{"raw file": file, "rows of the person": rows} for file, rows in done.files.items()], output="table"
        )
        say("Clean these at their source: garant changes no raw data.")
    elif n_data:
        say("No accepted row of the person stands in the raw data named; look at quarantined rows yourself.")
    else:
        say("Raw data were not looked at: name them with --data to list what you must clean.")
    if done.erasure is not None:
        say("Backups of the database hold the person until they are replaced; erase again after restoring one.")
