"""The `repos.yaml` of a league, as the client reads it."""

from pathlib import Path

from gitleague.core.db import Database
from gitleague.tables.accounts import Scope
from gitleague_client.config import load_config
from httpx import Client
from make import Person, make_key, make_repo

HOSTILE = 'a "b": [#1] & \n- c'


def test_it_works(http: Client, database: Database, tmp_path: Path, ada: Person):
    with database.writing() as session:
        for url, name in (
            ("git@example.org:team/site.git", ""),
            ("git@example.org:other/site.git", ""),
            ("https://example.org/x/tool", HOSTILE),
        ):
            make_repo(session, ada.project_id, url, name=name)
    answer = http.get(f"/api/v1/projects/{ada.project_id}/repos.yaml", headers=ada.headers)
    assert answer.headers["content-disposition"] == 'attachment; filename="repos.yaml"'
    file = tmp_path / "repos.yaml"
    file.write_text(answer.text, encoding="utf-8")
    config = load_config(file)
    assert config.api_url == "http://testserver" or config.api_url.startswith("http://127.0.0.1")
    assert config.api_key is None
    (project,) = config.projects
    assert (project.project_id, project.name) == (ada.project_id, "The League")
    assert {repo.git_url for repo in project.repos} == {
        "git@example.org:team/site.git",
        "git@example.org:other/site.git",
        "https://example.org/x/tool",
    }
    assert all(repo.path.name for repo in project.repos)
    assert len({repo.label for repo in project.repos}) == 3
    assert HOSTILE in {repo.name for repo in project.repos}


def test_a_league_without_repositories_has_a_file_too(http: Client, tmp_path: Path, ada: Person):
    answer = http.get(f"/api/v1/projects/{ada.project_id}/repos.yaml", headers=ada.headers)
    file = tmp_path / "repos.yaml"
    file.write_text(answer.text, encoding="utf-8")
    assert load_config(file).projects[0].repos == ()


def test_the_key_of_a_client_may_read_it(http: Client, ada: Person):
    key = make_key(http, ada, Scope.SYNC_COMMITS, project_id=ada.project_id)
    headers = {"Authorization": f"Bearer {key}"}
    answer = http.get(f"/api/v1/projects/{ada.project_id}/repos.yaml", headers=headers)
    assert answer.status_code == 200
    assert key not in answer.text
