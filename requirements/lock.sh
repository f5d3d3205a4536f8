#!/bin/sh
# Resolves pyproject.toml and the *.in files anew and pins the result, with hashes, for every supported Python
# and platform at once (`uv pip compile --universal`). One version for all Pythons, so that figures don't depend on it.
# Writes no address of a registry: where packages come from is each machine's own setting.
set -eu
cd "$(dirname "$0")/.."

uv=$(command -v uv || true)
if [ -z "$uv" ]; then
    scratch=$(mktemp -d)
    trap 'rm -rf "$scratch"' EXIT
    "${PYTHON:-python3}" -m venv "$scratch"
    "$scratch/bin/python" -m pip install --quiet --disable-pip-version-check uv
    uv=$scratch/bin/uv
fi

compile() {
    "$uv" pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest --generate-hashes \
        --no-header --no-annotate --no-emit-index-url --no-emit-find-links "$@" >/dev/null
}

compile ${UPGRADE:+--upgrade} pyproject.toml requirements/build.in --output-file requirements/runtime.txt
compile ${UPGRADE:+--upgrade} --constraint requirements/runtime.txt requirements/dev.in --output-file requirements/dev.txt
