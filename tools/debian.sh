#!/bin/sh
# Brings what the tests of deploy/ run, from Debian's packages: tools/debian.sh PACKAGE:PROGRAM …
set -eu
missing=
for each in "$@"; do
    PATH="$PATH:/usr/sbin" command -v "${each#*:}" >/dev/null || missing="$missing ${each%:*}"
done
[ -n "$missing" ] || exit 0
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "The tests need$missing. Install them: apt install$missing. \`make test-quick\` does without." >&2
    exit 1
fi
echo "Installing$missing with apt-get, for the tests"
export DEBIAN_FRONTEND=noninteractive
# shellcheck disable=SC2086 - several names
apt-get install -qq -y --no-install-recommends $missing >/dev/null ||
    { apt-get update -qq && apt-get install -qq -y --no-install-recommends $missing >/dev/null; }
