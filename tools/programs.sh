#!/bin/sh
# Brings the programs that the tests run, beside what is in .venv.
set -eu
cd "$(dirname "$0")"
./chromium.sh
./debian.sh nginx:nginx caddy:caddy systemd:systemd-analyze
./promtool.sh
