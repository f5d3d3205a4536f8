#!/bin/sh
# Sets up .venv from a lock, so that a fresh clone needs only Python 3.11 or newer, git and make.
# Usage: install.sh LOCK...   (paths of lock files; with VENV and PYTHON from the environment if set)
# uv does the same several times faster where it is there; pip, which every Python brings, otherwise.
set -eu

venv=${VENV:-.venv}

say() { printf '%s\n' "$*" >&2; }

suitable() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

find_python() {
    for candidate in ${PYTHON:-python3 python3.13 python3.12 python3.11}; do
        if suitable "$candidate"; then
            printf '%s\n' "$candidate"
            return
        fi
    done
    say "Groma needs Python 3.11 or newer and found none (looked for: ${PYTHON:-python3, python3.13, python3.12, python3.11})."
    say "Install one, or name it: make PYTHON=/path/to/python3 ..."
    exit 1
}

if ! suitable "$venv/bin/python"; then
    python=$(find_python)
    say "Setting up $venv with $("$python" --version)"
    if command -v uv >/dev/null; then
        uv venv --quiet --allow-existing --python "$python" "$venv"
    elif "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        "$python" -m venv --clear "$venv"
    else
        say "$python can't make virtual environments; on Debian: apt-get install python3-venv"
        exit 1
    fi
fi

install() {
    if command -v uv >/dev/null; then
        uv pip install --quiet --python "$venv/bin/python" "$@"
    else
        "$venv/bin/python" -m pip --version >/dev/null 2>&1 || "$venv/bin/python" -m ensurepip --upgrade >/dev/null
        "$venv/bin/python" -m pip install --quiet --disable-pip-version-check "$@"
    fi
}

for lock in "$@"; do
    say "Installing $lock"
    install --require-hashes --requirement "$lock"
done
# The build backend is pinned in the lock too: nothing outside the locks is fetched.
install --no-deps --no-build-isolation --editable .
