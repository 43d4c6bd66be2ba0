"""What a run of `garant pca` holds beside the scores: tables, artefact, pictures; and what is said of components."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa

from garant.features.feature import Profile
from garant.projection.artefact import write_components
from garant.projection.components import Components
from garant.reports.projection_pictures import write_plane, write_scree
from garant.runs.pca.options import PcaOptions
from garant.runs.pca.plane import Plane
from garant.runs.pca.score_files import write_table
from garant.runs.pca.source import Source
from garant.runs.stored_matrix import current_attempt
from garant.storage import Json
from garant.wording.catalogue import Wording

FOLDER, ARTEFACT = "pca", "components"
"""Folder of a run with everything that `garant pca` makes, and in it the folder of the artefact."""


def artefact_in(folder: Path) -> Path:
    """Folder of the artefact: `folder` itself, where a run keeps it, or where the current one of several does."""
    inside = current_attempt(folder) / FOLDER / ARTEFACT
    return inside if inside.is_dir() else folder


def explained(components: Components) -> list[dict[str, Json]]:
    """One entry per component, with the feature of the largest loading."""
    strongest = np.argmax(np.abs(components.loadings), axis=0)
    shares = np.cumsum(components.spectrum)
    return [
        {
            "component": name,
            "variance": float(components.variance[i]),
            "ratio": float(components.ratio[i]),
            "cumulative": float(shares[i]),
            "strongest": components.columns[int(strongest[i])],
            "loading": float(components.loadings[strongest[i], i]),
        }
        for i, name in enumerate(components.names)
    ]


def write_tables(folder: Path, components: Components) -> None:
    """Write loadings, explained variance and the artefact."""
    loadings = dict(zip(components.names, map(pa.array, components.loadings.T), strict=True))
    write_table(folder, "pca_loadings", {"feature": pa.array(components.columns), **loadings})
    rows = explained(components)
    names = ("component", "variance", "ratio", "cumulative")
    write_table(folder, "pca_explained_variance", {name: pa.array([row[name] for row in rows]) for name in names})
    write_components(folder / ARTEFACT, components)


def write_pictures(
    folder: Path,
    components: Components,
    plane: Plane | None,
    *,
    label: Mapping[str, str] | None,
    clients: int,
    source: Source,
    options: PcaOptions,
) -> None:
    """Write the scree plot and, where there is one, the plane.

    Parameters
    ----------
    folder : Path
        Where.
    components : Components
        What is drawn.
    plane : Plane or None
        Cells of the first two components.
    label : mapping of str to str, or None
        What a PD means here, ``text_fr`` and ``text_en``; None where there is none.
    clients : int
        All that were placed.
    source : Source
        Whose profile the pictures name when it must not decide about anybody.
    options : PcaOptions
        Language, and the share that was asked for.
    """
    wording = Wording(options.language)
    notes = [wording.text("pca.kaggle")] if source.profile == Profile.KAGGLE.value else []
    target = options.extent.variance if options.extent is not None else None
    write_scree(folder / "scree.svg", components, wording, target=target, notes=notes)
    if plane is not None:
        said = [label[f"text_{options.language}"]] if label is not None else []
        write_plane(
            folder / "plane.svg",
            plane.cells,
            components,
            wording,
            sampled=plane.sampled,
            clients=clients,
            notes=[*said, *notes],
        )
