#!/bin/sh
# Runs every test, each package in a process of its own; the arguments go to the backend's.
# Fails at the end, so that one run tells all that is wrong.
set -u
cd "$(dirname "$0")/.."
python=$(pwd)/.venv/bin/python
status=0

# Thousands of databases that live for a second are kept in memory, where there is enough of it.
memory=/dev/shm
if [ -w "$memory" ] && [ "$(df -Pk "$memory" | awk 'END {print $4}')" -gt 4000000 ]; then
    TMPDIR=$(mktemp -d "$memory/league.XXXXXX")
    export TMPDIR
    chmod 755 "$TMPDIR" # PostgreSQL may run as another user
    trap 'rm -rf "$TMPDIR"' EXIT
    trap 'exit 130' INT TERM
fi

"$python" -m pytest tools/ -q -n 2 || status=1
(cd gitleague-client && "$python" -m pytest tests/ -q -n 2) || status=1
(cd backend && "$python" -m pytest tests/ -q -n 2 "$@") || status=1
exit $status
