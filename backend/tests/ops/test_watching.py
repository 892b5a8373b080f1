"""Metrics: what is counted, who reads it, and rules that Prometheus itself tries."""

import json
import logging
import os
import re
import shutil
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
import servers
from earshot import SECRET, listening
from gitleague.app import create_app
from gitleague.core.log import RedactedJson, redact
from gitleague.core.settings import Settings
from httpx import Client
from make import Person, make_commit
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr
from remote import Repo

ROOT = Path(__file__).parents[3]
RULES = ROOT / "deploy" / "prometheus"
KEY = "tgl_abcd1234_0123456789abcdefghij"


def samples(text: str) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def total(text: str, name: str, **labels: str) -> float:
    return sum(
        value
        for (found, its), value in samples(text).items()
        if found == name and labels.items() <= dict(its).items()
    )


@contextmanager
def app_with(settings: Settings, **over: object) -> Iterator[Client]:
    with servers.listening() as opened:
        url = f"http://127.0.0.1:{opened.getsockname()[1]}"
        app = create_app(settings.model_copy(update=over))
        with servers.serving(app, opened), Client(base_url=url) as client:
            yield client


def test_a_push_is_counted(http: Client, repo: Repo, repo_id: uuid.UUID) -> None:
    commits = [make_commit(), make_commit()]
    repo.push(*commits)
    repo.push(*commits)
    said = http.get("/metrics").text
    route = "/api/v1/sync/projects/{project_id}/repos/{repo:path}/commits"
    assert total(said, "gitleague_requests_total", route=route, status="201") == 2
    assert total(said, "gitleague_request_seconds_count", route=route) == 2
    assert total(said, "gitleague_commits_total", result="inserted") == 2
    assert total(said, "gitleague_commits_total", result="skipped") == 2
    assert total(said, "gitleague_pushes_total", repo=str(repo_id), outcome="ok") == 2
    assert total(said, "gitleague_database_seconds_count", kind="insert") > 0
    assert total(said, "gitleague_process_resident_bytes") > 10_000_000
    assert ("gitleague_jobs", (("state", "queued"),)) in samples(said)


def test_wrong_credentials_and_limits_are_counted(settings: Settings) -> None:
    with app_with(settings, rate_limit_api="2/minute") as http:
        for _ in range(3):
            http.get("/api/v1/projects", headers={"Authorization": f"Bearer {KEY}"})
        said = http.get("/metrics").text
        assert total(said, "gitleague_auth_failures_total", credential="api_key") == 2
        assert total(said, "gitleague_rate_limited_total", route="/api/v1/projects") == 1


def test_labels_are_bounded(http: Client) -> None:
    for number in range(20):
        http.get(f"/api/v1/nothing/{number}")
        http.get(f"/wherever/{number}")
    said = http.get("/metrics").text
    assert total(said, "gitleague_requests_total", route="none", status="404") == 40


def test_metrics_are_for_neighbours(settings: Settings) -> None:
    with app_with(settings, metrics_token=SecretStr("let me in, please")) as http:
        assert http.get("/metrics").status_code == 200
        # A proxy on this machine makes everybody a neighbour.
        forwarded = {"X-Forwarded-For": "127.0.0.1"}
        assert http.get("/metrics", headers=forwarded).status_code == 403
        wrong = forwarded | {"Authorization": "Bearer let me in"}
        assert http.get("/metrics", headers=wrong).status_code == 403
        right = forwarded | {"Authorization": "Bearer let me in, please"}
        assert http.get("/metrics", headers=right).status_code == 200
    with app_with(settings, metrics_networks=()) as http:
        assert http.get("/metrics").status_code == 403


@pytest.mark.timeout(360)  # it starts a handful of programs
def test_several_workers_count_together(tmp_path: Path) -> None:
    environment = {"GITLEAGUE_DATA_DIR": str(tmp_path), "GITLEAGUE_LOG_FORMAT": "json"}
    with servers.reserved_port() as port:
        url = f"http://127.0.0.1:{port}"
        serving = servers.running(
            [sys.executable, "-m", "gitleague", "serve", "--workers", "2", "--port", str(port)],
            log=tmp_path / "log",
            ready=lambda: _answers(url),
            environment=environment,
        )
        with serving:
            asked = _ask_until_both_answered(url)
            deadline = time.monotonic() + 60
            while (counted := _counted(url, "/status")) < asked:  # a moment after the answer
                assert time.monotonic() < deadline, f"{counted} of {asked} requests were counted"
            assert counted == asked
    lines = (tmp_path / "log").read_text().splitlines()
    accesses = [json.loads(line) for line in lines if '"gitleague.access"' in line]
    assert len(accesses) > asked
    assert {"time", "level", "path", "status", "milliseconds", "request_id"} <= set(accesses[0])


def _ask_until_both_answered(url: str) -> int:
    """How many requests it took, a connection each: which worker takes one is for the kernel."""
    asked, deadline = 0, time.monotonic() + 60
    while len(_processes(httpx.get(f"{url}/metrics").text)) < 2:
        assert time.monotonic() < deadline, "one worker took every request"
        with ThreadPoolExecutor(4) as pool:
            answers = pool.map(lambda _: httpx.get(f"{url}/status"), range(20))
        asked += sum(answer.is_success for answer in answers)
    return asked


def _counted(url: str, route: str) -> float:
    return total(httpx.get(f"{url}/metrics").text, "gitleague_requests_total", route=route)


def _processes(exposition: str) -> list[object]:
    return [labels for name, labels in samples(exposition) if name.endswith("resident_bytes")]


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health").is_success
    except httpx.TransportError:
        return False


@pytest.mark.parametrize(
    "secret",
    [
        KEY,
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P",
        "GET /sign-in/abcdefghijklmnopqrstuvwxyz",
        "postgresql://league:hunter2@db/league",
        'password="hunter2"',
        "whsec_c2VjcmV0c2VjcmV0",
        "Authorization: Basic bGVhZ3VlOmh1bnRlcjI=",
    ],
)
def test_what_is_secret_is_blotted_out_of_the_log(secret: str) -> None:
    assert SECRET.search(secret)
    assert not SECRET.search(redact(f"before {secret} after").replace("<redacted>", ""))
    record = logging.LogRecord("x", logging.ERROR, "x", 1, "it was %s", (secret,), None)
    assert not SECRET.search(RedactedJson("%(message)s").format(record).replace("<redacted>", ""))


def test_the_tests_hear_every_line(http: Client, ada: Person) -> None:
    with listening() as heard:
        http.get("/api/v1/projects", headers=ada.headers)
        slip = ("a slip: %s", (KEY,))
        heard.handle(logging.LogRecord("apart", logging.INFO, "", 1, *slip, None))
    assert heard.lines >= 2
    assert heard.secrets == [f"a slip: {KEY}"]


def promtool(*arguments: str) -> None:
    built = ROOT / "build" / "prometheus" / "promtool"
    program = os.environ.get("PROMTOOL") or (str(built) if built.exists() else None)
    program = program or shutil.which("promtool")
    assert program, "promtool is missing: run tools/promtool.sh"
    done = subprocess.run(
        [program, *arguments], capture_output=True, text=True, check=False, cwd=RULES
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.debian
@pytest.mark.parametrize(
    "arguments",
    [
        ["check", "rules", "gitleague.rules.yml"],
        ["check", "config", "prometheus.yml"],
        ["test", "rules", "gitleague.test.yml"],
    ],
    ids=" ".join,
)
def test_prometheus_takes_the_rules(arguments: list[str]) -> None:
    promtool(*arguments)


def test_dashboard_and_rules_name_what_is_counted(http: Client, repo: Repo) -> None:
    repo.push(make_commit())
    http.get("/api/v1/projects", headers={"Authorization": f"Bearer {KEY}"})
    said = http.get("/metrics").text
    known = set(re.findall(r"^# TYPE (\S+)", said, re.MULTILINE))
    rules = (RULES / "gitleague.rules.yml").read_text()
    dashboard = (ROOT / "deploy" / "grafana" / "gitleague.json").read_text()
    recorded = set(re.findall(r"record: (\S+)", rules))
    for text in (rules, dashboard):
        for name in re.findall(r"\bgitleague_[a-z_]+", text):
            plain = re.sub(r"_bucket$", "", name)
            if name != "gitleague_backend":
                assert plain in known, name
        assert set(re.findall(r"\bgitleague:[a-z_0-9:]+", text)) <= recorded
