"""A valid request to start from: the raw records of somebody in a data folder, as they would be sent."""

import json
from pathlib import Path

from garant.runs.accept import accepted_tables
from garant.runs.deciding.client_store import ClientStore
from garant.runs.progress import Progress, silent
from garant.settings import Settings
from garant.storage import atomic_path
from garant.tables.records.reader import RecordReader


def write_request(path: Path, client: int, *, data: Path, settings: Settings, progress: Progress = silent) -> None:
    """Write the records of a client of `data` to `path`, indented for a reader, readable by its owner alone.

    Parameters
    ----------
    path : Path
        JSON file to write or replace.
    client : int
        ``SK_ID_CURR``.
    data : Path
        Folder of tables, raw or accepted.
    settings : Settings
        Cache and limits of reading tables.
    progress : Progress
        Told of each table that is read.

    Raises
    ------
    RecordsError
        When no accepted application has this id.
    DataError
        When the data are refused.
    """
    accepted = accepted_tables(data, purpose="score", settings=settings, progress=progress)
    with ClientStore(accepted, memory_limit=settings.memory_limit, threads=settings.threads) as clients:
        records = RecordReader(accepted.tables, accepted.config).of_accepted(clients.rows(client))
    with atomic_path(path, private=True) as temporary:
        said = json.loads(records.raw)
        # The application first: who opens the file looks for it.
        text = json.dumps({"application": said.pop("application"), **said}, ensure_ascii=False, indent=1)
        temporary.write_text(f"{text}\n", encoding="utf-8")
