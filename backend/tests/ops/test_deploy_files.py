"""What deploy/ ships is what the programs that read it accept."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from gitleague.core.settings import Settings

pytestmark = pytest.mark.debian

DEPLOY = Path(__file__).parents[3] / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
EXPOSED_AT_MOST = 2.0  # of 10: "OK" in systemd's words ends there
NEEDED = {"gitleague-backend.service", "celery.service", "celery_beat.service"}


def test_the_services_are_named_as_the_checklist_names_them() -> None:
    assert {unit.name for unit in UNITS} == NEEDED


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_systemd_takes_the_unit(unit: Path, tmp_path: Path) -> None:
    """Where the league is installed is made up for the test: systemd looks whether it is there."""
    program = tmp_path / "bin" / "program"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\n", encoding="ascii")
    program.chmod(0o755)
    text = re.sub(r"/opt/gitleague/\.venv/bin/\w+", str(program), unit.read_text(encoding="utf-8"))
    (tmp_path / unit.name).write_text(text, encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", tmp_path / unit.name],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_the_unit_may_do_little(unit: Path) -> None:
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--no-pager", unit],
        capture_output=True,
        text=True,
        check=True,
    )
    exposed = re.search(r"Overall exposure level for \S+ ([\d.]+)", done.stdout)
    assert exposed, done.stdout
    assert float(exposed[1]) <= EXPOSED_AT_MOST


def test_caddy_takes_its_file(tmp_path: Path) -> None:
    done = subprocess.run(
        ["caddy", "adapt", "--adapter", "caddyfile", "--config", DEPLOY / "caddy" / "Caddyfile"],
        capture_output=True,
        text=True,
        check=True,
        env={"PATH": "/usr/bin", "HOME": str(tmp_path)},
    )
    assert "warn" not in done.stderr.lower()
    (server,) = json.loads(done.stdout)["apps"]["http"]["servers"].values()
    assert server["listen"] == [":443"]


def test_settings_in_deploy_are_settings_of_the_server() -> None:
    known = {f"GITLEAGUE_{name.upper()}" for name in Settings.model_fields}
    files = [path for path in DEPLOY.rglob("*") if path.is_file()]
    named = {
        name
        for file in files
        for name in re.findall(r"GITLEAGUE_[A-Z_]+[A-Z]", file.read_text(encoding="utf-8"))
    }
    assert named - known == set()


def test_the_image_is_made_of_what_is_there() -> None:
    text = (DEPLOY / "docker" / "Dockerfile").read_text(encoding="utf-8")
    copied = re.findall(r"^COPY (?!--from)(\S+)", text, re.MULTILINE)
    assert [path for path in copied if not (DEPLOY.parent / path).exists()] == []
    assert re.search(r"^USER gitleague$", text, re.MULTILINE)
    assert "HEALTHCHECK" in text


def test_compose_starts_the_services_and_what_they_need() -> None:
    file = DEPLOY / "docker" / "compose.yaml"
    services = yaml.safe_load(file.read_text(encoding="utf-8"))["services"]
    ours = {unit.removesuffix(".service") for unit in NEEDED}
    assert set(services) == ours | {"database", "redis"}
    for name, service in services.items():
        assert set(service.get("depends_on", {})) <= set(services)
        assert service["restart"] == "unless-stopped"
        if name in ours:
            assert service["read_only"] is True
            assert (file.parent / service["build"]["context"]).resolve() == DEPLOY.parent


@pytest.mark.parametrize("program", ["nginx", "caddy", "systemd-analyze"])
def test_what_reads_them_is_here(program: str) -> None:
    assert shutil.which(program) or shutil.which(program, path="/usr/sbin")
