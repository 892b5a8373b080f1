"""The jobs for a CI: their YAML is read, and their shell steps run in a clone like a CI's."""

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from gitleague_client.config import load_config
from gitleague_client.git import open_repository
from histories import Files, make_repository, packed, run_git, unpack
from installed import Installed, install

COMMAND = "gitleague-client sync --allow-failure --no-input"
FILES = {"github": ".github/workflows/gitleague.yml", "gitlab": ".gitlab-ci.yml"}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    site = make_repository(tmp_path_factory.mktemp("ci") / "site")
    for branch in ("main", "trunk"):
        run_git(site, "switch", "-q", "-C", branch)
        run_git(site, "commit", "-q", "--allow-empty", "-m", branch)
    run_git(site, "remote", "add", "origin", "https://me:s3cret@example.org/team/site.git")
    return packed(site)


@pytest.fixture
def site(files: Files, tmp_path: Path) -> Path:
    """Its default branch is none that anybody would guess."""
    return unpack(files, tmp_path / "site")


@pytest.fixture
def installed(tmp_path: Path, site: Path) -> Installed:
    made = install(tmp_path / "league")
    made.write({"path": "../site", "exclude": ["é: '${{ x }}'", "END"], "name": 'a: "site"'})
    return made


def steps(kind: str, text: str) -> list[str]:
    parsed: dict[Any, Any] = yaml.safe_load(text)
    if kind == "gitlab":
        script: list[str] = parsed["gitleague"]["script"]
        return script
    return [step["run"] for step in parsed["jobs"]["sync"]["steps"] if "run" in step]


@pytest.mark.parametrize("kind", FILES)
def test_the_steps_work(kind: str, installed: Installed, site: Path, tmp_path: Path) -> None:
    done = installed.schedule(kind, cwd=site)
    assert "s3cret" not in done.out
    checkout = tmp_path / "checkout"
    run_git(tmp_path, "clone", "-q", str(site), str(checkout))
    run_git(checkout, "remote", "set-head", "origin", "--delete")
    run_git(checkout, "checkout", "-q", "--detach")
    installed.stand_in()
    (installed.folder / "pip").write_text('#!/bin/sh\n[ "$*" = "install gitleague-client" ]\n')
    (installed.folder / "pip").chmod(0o755)
    path = f"{installed.folder}{os.pathsep}{os.environ['PATH']}"
    names = {"GITHUB_REF_NAME": "trunk", "CI_DEFAULT_BRANCH": "trunk"}
    *prepare, sync = steps(kind, done.out)
    for step in prepare:
        subprocess.run(
            ["sh", "-ec", step], cwd=checkout, env={**os.environ, **names, "PATH": path}, check=True
        )
    assert sync == COMMAND
    subprocess.run(["sh", "-ec", sync], cwd=checkout, env={"PATH": path}, check=False)
    assert installed.called() == COMMAND.split()[1:]

    written = load_config(checkout / "repos.yaml")
    (project,) = written.projects
    (repo,) = project.repos
    assert (written.api_url, str(project.project_id)[:8]) == ("https://league.example.org", "1" * 8)
    assert written.api_key is None
    assert (repo.path, repo.git_url) == (checkout, "https://example.org/team/site.git")
    assert (repo.label, repo.exclude) == ('a: "site"', ("é: '${{ x }}'", "END"))
    assert open_repository(repo.path).tips()[0].name == "origin/trunk"


@pytest.mark.parametrize("kind", FILES)
def test_the_page_shows_what_is_printed(kind: str, tmp_path: Path) -> None:
    """And what is printed is run by the test above."""
    site = make_repository(tmp_path / "site")
    run_git(site, "remote", "add", "origin", "git@github.com:team/site.git")
    installed = install(tmp_path / "league")
    installed.write({"path": "../site"}, project_id="7d0a3c52-0c5e-4c1c-8f0e-0d9a4d8a2f10")
    printed = installed.schedule(kind, cwd=site).out
    page = Path(__file__).parents[2] / "docs/client/ci.md"
    shown = re.findall(r"```yaml\n(.+?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    assert printed in shown


def test_the_workflow_of_github(installed: Installed, site: Path) -> None:
    text = installed.schedule("github", "--every", "daily", cwd=site).out
    workflow = yaml.safe_load(text)
    on = workflow[True]  # YAML 1.1 reads `on` so
    assert on == {
        "push": None,
        "workflow_dispatch": None,
        "schedule": [{"cron": "17 5 * * *"}],
    }
    assert workflow["permissions"] == {"contents": "read"}
    checkout, *_, sync = workflow["jobs"]["sync"]["steps"]
    assert checkout["with"]["fetch-depth"] == 0
    assert sync["env"] == {"GITLEAGUE_API_KEY": "${{ secrets.GITLEAGUE_API_KEY }}"}
    assert "schedule" not in yaml.safe_load(installed.schedule("github", cwd=site).out)[True]


def test_the_job_of_gitlab(installed: Installed, site: Path) -> None:
    done = installed.schedule("gitlab", "--every", "daily", cwd=site)
    job = yaml.safe_load(done.out)["gitleague"]
    assert job["variables"] == {"GIT_DEPTH": "0"}
    assert job["rules"] == [{"if": "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH"}]
    assert "GitLab keeps its clock" in done.err
    assert "CI/CD variable called GITLEAGUE_API_KEY" in done.err


@pytest.mark.parametrize("kind", FILES)
def test_install_writes_what_is_printed(kind: str, installed: Installed, site: Path) -> None:
    (site / "deep").mkdir()
    for _ in range(2):
        done = installed.schedule(kind, "--install", cwd=site / "deep")
        assert (done.code, done.out) == (0, f"{site / FILES[kind]} is up to date.\n")
    assert (site / FILES[kind]).read_text() == installed.schedule(kind, cwd=site).out


@pytest.mark.parametrize("kind", FILES)
def test_a_foreign_file_stays(kind: str, installed: Installed, site: Path) -> None:
    file = site / FILES[kind]
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("theirs: 1\n")
    done = installed.schedule(kind, "--install", cwd=site)
    assert (done.code, file.read_text()) == (1, "theirs: 1\n")
    assert f"{file} " in done.err
    assert ("Paste into it" in done.err) == (kind == "gitlab")


def test_a_job_that_was_pasted_is_known(installed: Installed, site: Path) -> None:
    pasted = "theirs: 1\n" + installed.schedule("gitlab", cwd=site).out
    (site / ".gitlab-ci.yml").write_text(pasted)
    assert installed.schedule("gitlab", "--install", cwd=site).code == 0
    assert (site / ".gitlab-ci.yml").read_text() == pasted


def test_a_repository_that_is_not_configured(
    installed: Installed, site: Path, tmp_path: Path
) -> None:
    """With one project there is no doubt about which; with more there is."""
    other = make_repository(tmp_path / "other")
    text = installed.schedule("github", cwd=other).out
    assert "\n            - path: .\n          END" in text
    config = yaml.safe_load(installed.config.read_text())
    config["projects"] *= 2
    config["projects"][1] = {**config["projects"][0], "project_id": "2" * 32}
    installed.config.write_text(yaml.safe_dump(config))
    done = installed.schedule("github", cwd=other)
    assert (done.code, f"has {other}" in done.err) == (2, True)
    assert installed.schedule("github", cwd=site).out.count("- path: .") == 2


@pytest.mark.parametrize("configured", [{"privacy": "numbers"}, {}])
def test_a_job_sends_no_more_than_a_sync_from_here(
    configured: dict[str, str], installed: Installed, site: Path, tmp_path: Path
) -> None:
    installed.write({"path": "../site", **configured})
    installed.config.write_text(installed.config.read_text() + "privacy: numbers\n")
    for folder in (site, make_repository(tmp_path / "unknown")):
        assert "privacy: numbers" in installed.schedule("gitlab", cwd=folder).out


def test_outside_a_repository_there_is_no_job(installed: Installed) -> None:
    done = installed.schedule("gitlab", "--install")
    assert (done.code, "there is none here" in done.err) == (2, True)
