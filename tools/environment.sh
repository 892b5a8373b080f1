#!/bin/sh
# Makes .venv from a lock: `tools/environment.sh run` to run the league, `… test` for its tests too.
# Does nothing when .venv is already what the lock says.
set -eu
cd "$(dirname "$0")/.."
kind=$1
lock=requirements/$kind.lock
stamp=.venv/installed-$kind
python=${PYTHON:-python3}

state() {
    cat "requirements/$1.lock" backend/pyproject.toml gitleague-client/pyproject.toml | cksum
}

if [ "$(cat "$stamp" 2>/dev/null)" = "$(state "$kind")" ] &&
    [ "$(cat .venv/made-in)" = "$(pwd)" ] && .venv/bin/python -c '' 2>/dev/null; then
    exit 0
fi

if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null; then
    echo "Python 3.10 or newer is needed; \`$python\` is $("$python" --version 2>/dev/null || echo not it)." >&2
    echo "Install it, or name it: make PYTHON=python3.12 …" >&2
    exit 1
fi
if ! "$python" -c 'import venv, ensurepip' 2>/dev/null; then
    echo "Python's venv module is missing. Install it: apt install python3-venv" >&2
    exit 1
fi

# What was made by another Python or in another folder is made again: its scripts point there.
made_in=$(cat .venv/made-in 2>/dev/null || pwd)
if [ -d .venv ] && { [ "$made_in" != "$(pwd)" ] || ! .venv/bin/python -c '' 2>/dev/null; }; then
    rm -rf .venv
fi
rm -f .venv/installed-*
[ -x .venv/bin/pip ] || "$python" -m venv --clear .venv
pwd >.venv/made-in
echo "Installing what $lock says into .venv (about half a minute)"
pip="env PIP_DISABLE_PIP_VERSION_CHECK=1 .venv/bin/python -m pip install --quiet"
# uv takes a tenth of pip's time. It does not read pip's configuration: where that names another
# index, or uv cannot install for any other reason, pip does it.
if $pip --require-hashes --requirement requirements/installer.lock &&
    [ -z "${PIP_INDEX_URL:-}$(.venv/bin/python -m pip config get global.index-url 2>/dev/null)" ] &&
    .venv/bin/uv pip install --quiet --python .venv/bin/python --compile-bytecode \
        --require-hashes --requirement "$lock"; then
    pip=".venv/bin/uv pip install --quiet --python .venv/bin/python"
else
    $pip --require-hashes --requirement "$lock"
fi
$pip --no-deps --no-build-isolation --editable gitleague-client --editable backend
state run >.venv/installed-run  # the locks agree: what tests need includes what runs
[ "$kind" = run ] || state "$kind" >"$stamp"
