#!/bin/sh
# Brings promtool, which tries the alert rules: unpacked from Debian's package into build/, as
# anybody; nothing is installed and no service started.
set -eu
cd "$(dirname "$0")/.."
home=build/prometheus

if [ -n "${PROMTOOL:-}" ] || [ -x $home/promtool ] || command -v promtool >/dev/null; then
    exit 0
fi
if ! command -v apt-get >/dev/null || ! command -v dpkg-deb >/dev/null; then
    echo "The tests of the alert rules need promtool, which comes with Prometheus: install it," >&2
    echo "or set PROMTOOL to its path." >&2
    exit 1
fi

echo "Unpacking promtool into $home, for the tests of the alert rules"
rm -rf $home.part
mkdir -p $home.part
download() { (cd $home.part && apt-get download -qq prometheus >/dev/null 2>&1); }
download || { [ "$(id -u)" != 0 ] || apt-get update -qq; download; } || {
    echo "apt-get finds no package prometheus. Run apt-get update as root, or set PROMTOOL." >&2
    exit 1
}
dpkg-deb -x $home.part/prometheus_*.deb $home.part/unpacked
mv $home.part/unpacked/usr/bin/promtool $home.part/
rm -rf $home.part/unpacked $home.part/*.deb
mv $home.part $home
