"""What Spark's Java and its workers say, in a file: a user reads our lines, and theirs only where a step failed."""

import atexit
import re
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_CAUSE = re.compile(r"^Caused by: (?:[\w.$]+: )?(.+)$", re.MULTILINE)


@dataclass
class SparkLog:
    """The file of this process.

    Parameters
    ----------
    path : Path
        Where it is; removed when the process ends, unless somebody was sent there.
    """

    path: Path
    _is_wanted: bool = False

    def cause(self) -> str:
        """Return what the last error goes back to, as Java says it; empty where it says nothing of the kind."""
        said = _CAUSE.findall(self.path.read_text("utf-8", errors="replace"))
        return said[-1].strip() if said else ""

    def kept(self) -> Path:
        """Return the path to be named to a user, and leave the file there."""
        self._is_wanted = True
        return self.path

    def close(self) -> None:
        """Remove the file that nobody was sent to."""
        if not self._is_wanted:
            self.path.unlink(missing_ok=True)


@cache
def spark_log() -> SparkLog:
    """Return the log of this process, made at the first call."""
    with tempfile.NamedTemporaryFile(prefix="garant-spark-", suffix=".log", delete=False) as made:
        log = SparkLog(Path(made.name))
    atexit.register(log.close)
    return log
