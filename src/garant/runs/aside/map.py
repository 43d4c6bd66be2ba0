"""The map of a portfolio: where its clients lie on the first two principal components, by a run of `garant pca`."""

from pathlib import Path

import numpy as np
import pyarrow as pa

from garant.exceptions import AsideError
from garant.projection.cells import FEWEST, OUTSIDE, Cells, cells
from garant.reports.figure import Figure
from garant.reports.projection_charts import plane_chart
from garant.reports.section import Section
from garant.runs.aside.committed import (
    PROJECTED,
    columns_of,
    committed_run,
    digest_of_matrix,
    files_of,
    matched,
    require_unchanged,
)
from garant.runs.aside.groups import Mask
from garant.runs.aside.scored import KEY, Scored
from garant.storage import Run, sha256_json
from garant.storage.runs import POINTER
from garant.wording.catalogue import Wording

FOLDER = "pca/pca_scores"

SISTER = "pca"
"""Folder of runs beside that of the scores, where `garant pca` may have written."""

LONGEST_TABLE = 400


def map_section(found: Scored, kept: Mask, place: Path, words: Wording) -> Section:
    """Section with the map, or with how one gets it."""
    heading = words.text("page.portfolio.map")
    run = _projected(found, place)
    if run is None:
        return Section(name="map", heading=heading, paragraphs=(words.text("page.portfolio.no_map"),))
    names = files_of(run, FOLDER)
    require_unchanged(run, names)
    explained = run.manifest["explained"]
    first, second = (str(each["component"]) for each in explained[:2])
    scores = columns_of(run, names, (KEY, first, second))
    if KEY not in scores.schema.names:
        raise AsideError("changed", f"{run.folder}: holds no component scores")
    pd_by = pa.table({KEY: found.rows.column(KEY), "pd": pa.array(found.pd, from_pandas=True)}).filter(pa.array(kept))
    placed = matched(pd_by, scores, key=KEY)
    x, y, pd = (placed.column(name).to_numpy().astype(np.float64) for name in (first, second, "pd"))
    there = ~np.isnan(x) & ~np.isnan(y)
    grid = cells(x[there], y[there], pd[there])
    if not len(grid.n):
        few = words.text("page.portfolio.few_for_map", n=words.number(FEWEST))
        return Section(name="map", heading=heading, paragraphs=(few,))
    return Section(name="map", heading=heading, figures=(_figure(grid, run, words),))


def _projected(found: Scored, place: Path) -> Run | None:
    """Committed components of the same clients, beside the run; None when there are none."""
    root = found.run.folder.parents[1]
    for folder in dict.fromkeys((root.parent / SISTER, place.parent / SISTER)):
        if not (folder / POINTER).is_file():
            continue
        try:
            run = committed_run(folder, verb=PROJECTED)
        except AsideError:
            continue
        inputs = {sha256_json({"matrix": digest_of_matrix(found.run)}), str(found.run.manifest["input"])}
        if run.manifest.get("input") in inputs and len(run.manifest.get("explained", ())) > 1:
            return run
    return None


def _figure(grid: Cells, run: Run, words: Wording) -> Figure:
    axes = {
        axis: words.text(
            "pca.plane.axis",
            number=words.number(i + 1),
            share=words.percent(float(run.manifest["explained"][i]["ratio"]), decimals=1),
        )
        for i, axis in enumerate(("x", "y"))
    }
    said = {**axes, "clients": words.text("pca.plane.clients"), "pd": words.text("pca.plane.pd")}
    caption = words.text("pca.plane.cells", fewest=words.number(FEWEST), outside=words.percent(OUTSIDE, decimals=1))
    highest = int(np.nanargmax(np.where(np.isnan(grid.mean), -1.0, grid.mean)))
    order = np.lexsort((grid.y, grid.x))[:LONGEST_TABLE]
    return Figure(
        name="plane",
        heading=words.text("pca.plane.title"),
        caption=f"{caption}.",
        alternative=words.text(
            "page.portfolio.map_alt",
            cells=words.number(len(grid.n)),
            n=words.number(grid.shown),
            highest=words.percent(float(np.nan_to_num(grid.mean[highest]))),
            x=_at(float(grid.x[highest]), words),
            y=_at(float(grid.y[highest]), words),
        ),
        chart=plane_chart(grid, words=said),
        language=words.language,
        columns=(axes["x"], axes["y"], said["clients"], words.text("report.column.mean_pd")),
        rows=tuple(
            (
                _at(float(grid.x[i]), words),
                _at(float(grid.y[i]), words),
                words.number(float(grid.n[i])),
                words.text("report.none") if np.isnan(grid.mean[i]) else words.percent(float(grid.mean[i])),
            )
            for i in order.tolist()
        ),
    )


def _at(value: float, words: Wording) -> str:
    return words.number(float(value), decimals=1, fixed=True)
