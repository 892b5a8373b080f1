#!/bin/sh
# Makes requirements/*.lock again: every version with its hashes, for every Python and system.
# uv reads no pip configuration and is told no index, so that the locks name none.
set -eu
cd "$(dirname "$0")/.."

compile() {
    .venv/bin/uv pip compile --quiet --universal --python-version 3.10 --generate-hashes --no-header \
        --no-annotate --no-emit-package gitleague-client --no-emit-package gitleague "$@"
}

ours="backend/pyproject.toml gitleague-client/pyproject.toml"
# shellcheck disable=SC2086 - two names
compile -o requirements/run.lock requirements/run.in $ours
# shellcheck disable=SC2086
compile -o requirements/test.lock -c requirements/run.lock requirements/test.in $ours
compile -o requirements/installer.lock -c requirements/test.lock requirements/installer.in
if grep -nE '^(-|--)(i|index|extra|find)|(https?|file)://' requirements/*.lock; then
    echo "A lock names where packages come from. Unset UV_* and run make lock again." >&2
    exit 1
fi
