#!/usr/bin/env bash
# Resolves requirements/*.txt for Linux and macOS, Python 3.11 and later, with a hash for every file.
# all.txt is resolved first and binds the others, so that one version of each package serves every level. Apart stand
# ci.txt, an environment of its own, and oldest.txt: the lowest versions that pyproject.toml allows, for Python 3.11 on
# Linux, with the tools of the tests as they are in all.txt.
# No address of an index is written, and no configuration of this machine is read.
set -euo pipefail
cd "$(dirname "$0")/.."
tools=$(mktemp -t oldest-XXXXXX.in)
trap 'rm -f "$tools"' EXIT

resolve() { # resolve LEVEL OPTIONS...
    local lock="requirements/$1.txt"
    "${UV:-uv}" --no-config pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --no-emit-index-url --no-header --no-annotate --output-file "$lock" "${@:2}"
    printf '# Made by `make lock` from pyproject.toml; not edited by hand.\n%s\n' "$(cat "$lock")" >"$lock"
    echo "lock: $lock, $(grep -c == "$lock") packages"
}

resolve all --all-extras --group dev "$@" pyproject.toml
resolve build --group pyspark --group build --constraint requirements/all.txt
resolve demo --extra fast --extra serve --extra report --group build --constraint requirements/all.txt pyproject.toml
resolve serve --extra serve --extra fast --extra report --extra aws --constraint requirements/all.txt pyproject.toml
resolve core --constraint requirements/all.txt pyproject.toml
resolve job --extra fast --extra aws --group job --constraint requirements/all.txt pyproject.toml
resolve coverage --group coverage --constraint requirements/all.txt
resolve ci --group ci "$@"
python3 tools/oldest.py >"$tools"
resolve oldest --all-extras --resolution lowest-direct --upgrade --no-universal --python-platform x86_64-manylinux_2_28 \
    pyproject.toml "$tools"
