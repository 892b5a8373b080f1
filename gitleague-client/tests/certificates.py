"""Certificates that are signed by themselves."""

import subprocess
from pathlib import Path

EXTENSIONS = ("subjectAltName=IP:127.0.0.1", "keyUsage=critical,digitalSignature,keyCertSign")


def make_certificate(folder: Path, *, days: int) -> Path:
    """For this machine, with its private key in the same file."""
    file = folder / "certificate.pem"
    added = [word for extension in EXTENSIONS for word in ("-addext", extension)]
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-nodes", "-subj", "/CN=league", "-days", str(days)),
            *("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"),
            *("-keyout", "key.pem", "-out", file.name, *added),
        ],
        cwd=folder,
        capture_output=True,
        check=True,
    )
    file.write_text(file.read_text() + (folder / "key.pem").read_text())
    return file
