#!/bin/sh
# Each bench prints its own ratios against the budgets of docs; a miss is told, and does not stop.
set -u
cd "$(dirname "$0")/.."
export PYTHONPATH=backend/tests:gitleague-client/tests:bench  # the tests know how to start servers
for bench in scan ingest end_to_end status standings squads many_players pages memory abuse soak load; do
    .venv/bin/python bench/$bench.py ${REPO:+--repo "$REPO"} || exit 1
done
