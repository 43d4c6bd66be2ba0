"""Say in Markdown what a change does to the templates of the platform: resources that come, go and change.

    python tools/template_diff.py OLD NEW

OLD and NEW are folders that `infra/app.py --out` wrote; OLD may be absent. What touches rights (roles, policies, keys)
or loses something that is kept (buckets, databases) is marked, since that is what an approval is about. Nothing of AWS
is asked: what is really deployed may differ from OLD. Standard library only.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

RIGHTS: Final = (
    "AWS::IAM::",
    "AWS::KMS::",
    "AWS::S3::BucketPolicy",
    "AWS::EC2::SecurityGroup",
    "AWS::SecretsManager::",
)
KEPT: Final = ("AWS::S3::Bucket", "AWS::RDS::", "AWS::KMS::Key", "AWS::SecretsManager::Secret", "AWS::DynamoDB::")


def templates(folder: Path) -> dict[str, dict[str, Any]]:
    """Return the templates of a folder by the name of their stack."""
    files = sorted(folder.glob("*.template.json"))
    return {file.name.removesuffix(".template.json"): json.loads(file.read_text(encoding="utf-8")) for file in files}


def resources(template: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the resources of a template by their logical id; what the CDK notes about itself is left out."""
    found = dict(template.get("Resources", {}))
    return {name: one for name, one in found.items() if one.get("Type") != "AWS::CDK::Metadata"}


def changed_paths(old: object, new: object, path: str = "") -> Iterator[str]:
    """Yield the paths at which two resources differ; what the CDK notes about them is left out."""
    if isinstance(old, dict) and isinstance(new, dict):
        before, after = cast("dict[str, object]", old), cast("dict[str, object]", new)
        for name in sorted({*before, *after}):
            if path or name != "Metadata":
                yield from changed_paths(before.get(name), after.get(name), f"{path}.{name}" if path else name)
    elif old != new:
        yield path


def marks(kind: str, *, goes: bool) -> str:
    """Return the words that stand beside a resource."""
    words = ["rights"] if kind.startswith(RIGHTS) else []
    return ", ".join([*words, "DATA"] if goes and kind.startswith(KEPT) else words)


def rows(old: Mapping[str, Mapping[str, Any]], new: Mapping[str, Mapping[str, Any]]) -> list[tuple[str, ...]]:
    """Return stack, change, resource, kind, what of it, marks; for each resource that differs."""
    found: list[tuple[str, ...]] = []
    for stack in sorted({*old, *new}):
        before, after = resources(old.get(stack, {})), resources(new.get(stack, {}))
        for name in sorted({*before, *after}):
            kind = str((after.get(name) or before[name])["Type"])
            if name not in before:
                found.append((stack, "comes", name, kind, "", marks(kind, goes=False)))
            elif name not in after:
                found.append((stack, "goes", name, kind, "", marks(kind, goes=True)))
            elif paths := list(changed_paths(before[name], after[name])):
                replaced = before[name]["Type"] != after[name]["Type"]
                found.append((stack, "changes", name, kind, ", ".join(paths[:4]), marks(kind, goes=replaced)))
    return found


def markdown(found: list[tuple[str, ...]]) -> str:
    """Return the table that a person reads before approving."""
    if not found:
        return "The templates do not change."
    heads = ("stack", "", "resource", "type", "where", "look at")
    lines = ["| " + " | ".join(cells) + " |" for cells in (heads, ("---",) * len(heads), *found)]
    return "\n".join([f"{len(found)} resources differ.", "", *lines])


def main(arguments: list[str]) -> int:
    """Run the command line; return the exit code."""
    if len(arguments) != 2:  # noqa: PLR2004 - old and new
        print("templates: which? python tools/template_diff.py OLD NEW")
        return 2
    old, new = (templates(Path(folder)) for folder in arguments)
    if not new:
        print(f"templates: none in {arguments[1]}")
        return 2
    print(markdown(rows(old, new)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
