"""Pictures of principal components as files, with titles that a reader of either language understands."""

import re
from collections.abc import Sequence
from pathlib import Path

import altair as alt
from markupsafe import escape

from garant.projection.cells import FEWEST, OUTSIDE, Cells
from garant.projection.components import Components
from garant.reports.chart_theme import FAINT, TEXT
from garant.reports.charts import Layers, drawn
from garant.reports.projection_charts import plane_chart, scree_chart
from garant.storage import atomic_path
from garant.wording.catalogue import Wording

FEWEST_BARS = 20
"""Components shown where fewer were kept, so that one sees what was left out."""


_NAMED = re.compile(r"""(id="|url\(#)([a-z_]+\d+)(?=["\)])""")


def write_scree(
    path: Path, components: Components, wording: Wording, *, target: float | None, notes: Sequence[str] = ()
) -> None:
    """Write the picture of what each component explains; `notes` are further lines below its title."""
    shown = min(len(components.spectrum), max(components.k, FEWEST_BARS))
    said = wording.text(
        "pca.scree.subtitle",
        n=wording.number(components.k),
        share=wording.percent(float(components.ratio.sum()), decimals=1),
        features=wording.number(len(components.columns)),
        clients=wording.number(components.rows),
    )
    title = wording.text("pca.scree.title")
    words = {name: wording.text(f"pca.scree.{name}") for name in ("x", "y", "sum")}
    if target is not None:
        words["target"] = wording.text("pca.scree.target", share=wording.percent(target, decimals=1))
    pale = [wording.text("pca.scree.pale")] if shown > components.k else []
    lines = [said, *pale, *notes]
    ratio = components.spectrum[:shown].tolist()
    chart = scree_chart(ratio, components.k, target, title=_title(title, *lines), words=words)
    _write(path, chart, wording, title=title, lines=lines)


def write_plane(
    path: Path,
    found: Cells,
    components: Components,
    wording: Wording,
    *,
    sampled: int,
    clients: int,
    notes: Sequence[str] = (),
) -> None:
    """Write the picture of where clients lie on the first two components.

    Parameters
    ----------
    path : Path
        File to write.
    found : Cells
        Cells of the plane.
    components : Components
        Whose first two are the axes.
    wording : Wording
        Language.
    sampled, clients : int
        Clients that were looked at, and all of them.
    notes : sequence of str
        Further lines below the title: what a PD means here.
    """
    title = wording.text("pca.plane.title")
    lines = [
        wording.text("pca.plane.sample" if sampled < clients else "pca.plane.all", n=wording.number(sampled)),
        wording.text("pca.plane.cells", fewest=wording.number(FEWEST), outside=wording.percent(OUTSIDE, decimals=1)),
        *notes,
    ]
    axes = {
        axis: wording.text(
            "pca.plane.axis",
            number=wording.number(i + 1),
            share=wording.percent(float(components.ratio[i]), decimals=1),
        )
        for i, axis in enumerate(("x", "y"))
    }
    words = {**axes, "clients": wording.text("pca.plane.clients"), "pd": wording.text("pca.plane.pd")}
    chart = plane_chart(found, title=_title(title, *lines), words=words)
    _write(path, chart, wording, title=title, lines=lines)


def _title(text: str, *lines: str) -> alt.TitleParams:
    return alt.TitleParams(
        text,
        subtitle=list(lines),
        anchor="start",
        fontSize=17,
        subtitleFontSize=13,
        subtitleColor=FAINT,
        color=TEXT,
        subtitlePadding=6,
        offset=12,
    )


def _write(path: Path, chart: Layers, wording: Wording, *, title: str, lines: Sequence[str]) -> None:
    """Write the SVG with its title and description, which a screen reader says."""
    said = "; ".join(lines)
    texts = f"<title>{escape(title)}</title><desc>{escape(said)}</desc>"
    head, rest = _renumbered(drawn(chart, language=wording.language)).split(">", maxsplit=1)
    picture = head.replace("<svg ", '<svg role="img" ', 1) + ">" + texts + rest + "\n"
    with atomic_path(path) as temporary:
        temporary.write_text(picture, encoding="utf-8")


def _renumbered(picture: str) -> str:
    """Picture whose ids count from 0: the drawing library counts all that its process ever drew."""
    names = list(dict.fromkeys(name for _, name in _NAMED.findall(picture)))
    return _NAMED.sub(lambda found: f"{found[1]}part{names.index(found[2])}", picture)
