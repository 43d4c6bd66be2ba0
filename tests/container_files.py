"""What a Dockerfile says, stage by stage, read as Docker reads it: continued lines, comments, JSON and shell forms."""

import json
import re
import shlex
from dataclasses import dataclass, field

_STAGE = re.compile(r"(?:--platform=\S+\s+)?(?P<image>\S+)(?:\s+AS\s+(?P<name>\S+))?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction.

    Parameters
    ----------
    name : str
        In capitals.
    text : str
        What follows it, on one line.
    """

    name: str
    text: str

    @property
    def words(self) -> list[str] | None:
        """Words of the JSON form; None when it is written for a shell."""
        try:
            read = json.loads(self.text)
        except ValueError:
            return None
        return [str(word) for word in read] if isinstance(read, list) else None

    @property
    def commands(self) -> list[list[str]]:
        """Commands of the shell form, each as words, without what joins them."""
        found: list[list[str]] = [[]]
        for word in shlex.split(self.text):
            if word in {"&&", "||", ";", "|"}:
                found.append([])
            else:
                found[-1].append(word)
        return [command for command in found if command]


@dataclass(slots=True)
class Stage:
    """What stands between one ``FROM`` and the next."""

    image: str
    name: str | None
    instructions: list[Instruction] = field(default_factory=list[Instruction])

    def all(self, name: str) -> list[Instruction]:
        """Instructions of a name, in their order."""
        return [instruction for instruction in self.instructions if instruction.name == name]

    def last(self, name: str) -> Instruction | None:
        """The one that counts where a later one takes the place of an earlier one."""
        return (self.all(name) or [None])[-1]

    @property
    def commands(self) -> list[list[str]]:
        """Every command that the stage runs."""
        return [command for run in self.all("RUN") for command in run.commands]

    @property
    def variables(self) -> dict[str, str]:
        """Its environment, by words of the form NAME=VALUE."""
        pairs = [word.partition("=") for instruction in self.all("ENV") for word in shlex.split(instruction.text)]
        return {name: value for name, _, value in pairs}


def read_dockerfile(text: str) -> list[Stage]:
    """Stages of a Dockerfile, the last one being what is built by default."""
    stages: list[Stage] = []
    for instruction in _instructions(text):
        if instruction.name == "FROM":
            found = _STAGE.fullmatch(instruction.text)
            if found is None:
                raise ValueError(f"FROM {instruction.text}: is no image")
            stages.append(Stage(found["image"], found["name"]))
        elif stages:
            stages[-1].instructions.append(instruction)
        elif instruction.name != "ARG":
            raise ValueError(f"{instruction.name} stands before the first FROM")
    return stages


def _instructions(text: str) -> list[Instruction]:
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    whole = re.sub(r"\\[ \t]*\n", " ", "\n".join(lines))
    found = [line.strip().partition(" ") for line in whole.splitlines()]
    return [Instruction(name.upper(), re.sub(r"\s+", " ", text).strip()) for name, _, text in found]
