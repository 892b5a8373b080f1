#!/bin/sh
# Runs every test, each package in a process of its own; the arguments go to the backend's.
# Fails at the end, so that one run tells all that is wrong.
set -u
cd "$(dirname "$0")/.."
python=$(pwd)/.venv/bin/python
status=0

"$python" -m pytest tools/ -q -n 2 || status=1
(cd gitleague-client && "$python" -m pytest tests/ -q -n 2) || status=1
(cd backend && "$python" -m pytest tests/ -q -n 2 "$@") || status=1
exit $status
