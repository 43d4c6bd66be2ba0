"""`garant demo`: the whole road on a synthetic lender."""

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from garant.cli.clone import activation
from garant.cli.parameters import LOCAL, AcceptQuarantine, Language
from garant.cli.show import heading, print_json, print_table, say, step_progress
from garant.exceptions import UsageError
from garant.settings import load_settings
from garant.tables.quarantine_limit import DEFAULT_LIMIT, QuarantineLimit

if TYPE_CHECKING:
    from garant.runs.demo import Demo, Step
    from garant.settings import Settings
    from garant.wording.catalogue import Wording

MARK = ".garant-demo"
"""File that says that a folder was made by the demo, so that --clean removes nothing else."""


def demo(
    *,
    lang: Language = None,
    output: Annotated[Literal["table", "json"], Parameter(help="Words, or one JSON object.")] = "table",
    folder: Annotated[Path, LOCAL, Parameter(help="Where everything is kept.")] = Path("garant-demo"),
    clean: Annotated[
        bool, Parameter(help="Remove what an earlier demo made, and do nothing else.", negative="")
    ] = False,
    accept_quarantine: AcceptQuarantine = DEFAULT_LIMIT.text,
    serve: Annotated[
        bool, Parameter(help="Then show the pages for people on this machine, until Ctrl-C.", negative="")
    ] = False,
    port: Annotated[int, Parameter(help="Port of the pages; 0 takes a free one.")] = 8000,
) -> int:
    """Make a synthetic lender and go the whole way: check its tables, train, score everybody, explain one refusal.

    Takes under a minute; run again it resumes. Nothing is downloaded, no row is real. With --serve three
    prepared people (accepted, referred, refused) can be looked at in a browser.
    """
    from garant.wording.catalogue import Wording

    settings = load_settings()
    limit = QuarantineLimit.parse(accept_quarantine)
    language = lang or settings.language
    words = Wording(language)
    if clean:
        there = folder.exists()
        _clean(folder)
        say(words.text("demo.cleaned" if there else "demo.nothing_to_clean", path=str(folder)))
        return 0
    _mark(folder)
    from garant.runs.demo import demo as run_demo

    def on_step(step: "Step") -> None:
        if output == "table":
            name = words.text(f"demo.step.{step.name}")
            text = "demo.step.resumed" if step.resumed else "demo.step.done"
            seconds = words.number(step.seconds, decimals=1, fixed=True)
            say(f"  {len(shown) + 1}. {words.text(text, step=name, seconds=seconds)}")
            shown.append(step)

    shown: list[object] = []
    if output == "table":
        heading(words.text("demo.title"))
    with step_progress() as progress:
        made = run_demo(
            folder,
            language=language,
            settings=settings,
            accept_quarantine=limit,
            progress=progress,
            on_step=on_step,
        )
    if output == "json":
        print_json(made.to_dict())
        return 0
    _show(made, words)
    return _serve(made, words, settings, port=port) if serve else 0


def _serve(made: "Demo", words: "Wording", settings: "Settings", *, port: int) -> int:
    """Serve pages and API with a record store of the demo's own, and say where the prepared people are."""
    from garant.cli.serve import import_service

    service = import_service()
    own = settings.model_copy(
        update={
            "store_url": f"sqlite:///{(made.folder / 'records.db').absolute()}",
            "master_key": (made.folder / "master.key").absolute(),
            "language": words.language,
        }
    )

    def tell(text: str) -> None:
        say(text)
        if text.startswith("Serving on "):
            place = text.removeprefix("Serving on ").split("/v1")[0]
            for outcome, client in made.examples.items():
                say(f"  {place}/{words.language}/clients/{client}  {words.text(f'outcome.{outcome}.proposed')}")

    say()
    return service.run(
        service.options(bundle=made.folder / "model", data=made.folder / "lender", run=made.run, port=port),
        own,
        say=tell,
        pages=service.pages,
    )


def _mark(folder: Path) -> None:
    if folder.exists() and any(folder.iterdir()) and not (folder / MARK).exists():
        raise UsageError(f"{folder} holds something else. Choose another place with --folder.")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARK).touch()


def _clean(folder: Path) -> None:
    if folder.exists() and not (folder / MARK).exists():
        raise UsageError(f"{folder} was not made by `garant demo`; nothing was removed.")
    shutil.rmtree(folder, ignore_errors=True)


def _show(made: "Demo", words: "Wording") -> None:
    """Print quality, cut-off, outcomes, one refusal in full and what to do next."""
    from garant.cli.explanation_text import show_explanation

    content = made.bundle.content
    auc = {name: words.number(getattr(made.auc, name), decimals=3, fixed=True) for name in ("value", "low", "high")}
    say()
    say(words.text("demo.auc", **auc))
    costs = {"c_fp": words.number(content.costs.c_fp, decimals=2), "c_fn": words.number(content.costs.c_fn, decimals=2)}
    say(words.text("demo.cutoff", value=words.percent(content.cutoff, decimals=2), **costs))
    say(f"{content.label.text('fr' if words.language == 'fr' else 'en')}. {words.text('notice.synthetic')}")
    say()
    total = sum(made.outcomes.values())
    rows = [
        [words.text(f"outcome.{o}.name"), words.number(n), words.percent(n / total)] for o, n in made.outcomes.items()
    ]
    print_table(rows, header=[words.text("demo.outcomes"), "n", "%"])
    say()
    if made.refused is None:
        say(words.text("demo.no_refusal"))
    else:
        show_explanation(made.refused)
    client = made.refused.client if made.refused else "ID"
    say()
    say(words.text("demo.next"))
    activate = activation()
    lender, model = made.folder / "lender", made.folder / "model"
    steps = {} if activate is None else {activate: "demo.next.activate"}
    steps |= {
        f"garant explain {client} --data {lender} --bundle {model} --lang fr": "demo.next.explain",
        f"garant serve --bundle {model} --data {lender}": "demo.next.serve",
        "garant check DATA": "demo.next.check",
        f"garant score DATA --bundle {model} --out RUNS": "demo.next.score",
    }
    width = max(map(len, steps))
    for command, key in steps.items():
        say(f"  {command:<{width}}  {words.text(key)}")
