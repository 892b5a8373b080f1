#!/bin/sh
# Brings the Chromium that the browser tests drive: from apt as root, else from npm into build/.
# The one without windows comes first: it is a sixth quicker.
set -eu
cd "$(dirname "$0")/.."
version=153.0.0
home=build/chromium

has() { command -v "$1" >/dev/null; }
bring() { apt-get install -qq -y --no-install-recommends "$1" >/dev/null; }

if [ -n "${CHROMIUM:-}" ] || [ -x $home/chromium ] || has chromium-headless-shell; then
    exit 0
fi

if [ "$(id -u)" = 0 ] && has apt-get; then
    echo "Installing Chromium with apt-get, for the browser tests"
    export DEBIAN_FRONTEND=noninteractive
    if bring chromium-headless-shell || { apt-get update -qq && bring chromium-headless-shell; }; then
        exit 0
    fi
    has chromium || bring chromium
    exit 0
fi

if has chromium || has chromium-browser || has google-chrome; then
    exit 0
fi

if ! has npm || ! has node; then
    echo "The browser tests need Chromium. Install it (apt install chromium), or install Node.js," >&2
    echo "or set CHROMIUM to the path of a Chromium. \`make test-quick\` does without." >&2
    exit 1
fi

echo "Unpacking Chromium into $home, for the browser tests"
rm -rf $home $home.part
mkdir -p $home.part
(cd $home.part && npm pack --silent @sparticuz/chromium@$version >/dev/null && tar xzf ./*.tgz)
for packed in chromium al2023.tar swiftshader.tar; do
    node -e 'const fs = require("fs"), zlib = require("zlib");
        fs.createReadStream(process.argv[1]).pipe(zlib.createBrotliDecompress())
          .pipe(fs.createWriteStream(process.argv[2]));' \
        "$home.part/package/bin/$packed.br" "$home.part/$packed"
done
mv $home.part/chromium $home.part/headless
tar xf $home.part/al2023.tar -C $home.part
tar xf $home.part/swiftshader.tar -C $home.part
rm -rf $home.part/package $home.part/*.tgz $home.part/*.tar
# It brings the libraries that a bare machine lacks; the machine's own come first.
cat >$home.part/chromium <<'SCRIPT'
#!/bin/sh
here=$(dirname "$(readlink -f "$0")")
if "$here/headless" --version >/dev/null 2>&1; then exec "$here/headless" "$@"; fi
LD_LIBRARY_PATH="$here/lib" exec "$here/headless" "$@"
SCRIPT
chmod +x $home.part/headless $home.part/chromium
mv $home.part $home
