#!/bin/sh
# Writes the next migration: what the tables say now, against what the migrations make so far.
set -eu
cd "$(dirname "$0")/../backend"
if [ -z "${1:-}" ]; then
    echo 'Say what it does: make migration m="keep renames"' >&2
    exit 2
fi
mkdir -p ../build
rm -f ../build/migration.db*
export GITLEAGUE_DATABASE_URL=sqlite:///../build/migration.db
last=$(basename "$(ls alembic/versions/[0-9]*.py | tail -n 1)" | cut -c 1-4)
next=$(printf '%04d' "$(expr "$last" + 1)")
../.venv/bin/alembic upgrade head
../.venv/bin/alembic revision --autogenerate --rev-id "$next" -m "$1"
echo "Read it, give it a way back, and run: make test"
