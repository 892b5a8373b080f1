"""repos.yaml: what it may say, which setting wins, and how a mistake is told."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from gitleague_client.cli import cli
from gitleague_client.config import (
    Config,
    ProjectConfig,
    RepoConfig,
    exposed_key,
    find_config,
    load_config,
)
from gitleague_client.credentials import make_key
from gitleague_client.errors import ConfigError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

ID = "7d0a3c52-0c5e-4c1c-8f0e-0d9a4d8a2f10"
KEY = make_key("abcd1234", "k" * 32)
REPO = {"path": "/code/site", "git_url": "git@example.org:team/site.git"}
WHOLE = {
    "api_url": "https://league.example.org",
    "projects": [{"name": "The League", "project_id": ID, "repos": [REPO]}],
}
# As `gitleague-client init` of 0.1.0 writes it, filled in.
OF_0_1_0 = """\
api_url: "https://league.example.org"
api_key: "tgl_abcdefgh_0123456789abcdefghijklmnopqrstuv"
batch_size: 100
max_retries: 3
projects:
  - name: "My Project"
    project_id: "7d0a3c52-0c5e-4c1c-8f0e-0d9a4d8a2f10"
    repos:
      - path: "~/code/repo1"
        git_url: "git@github.com:myorg/repo1.git"
        ssh_key: "~/.ssh/id_ed25519"
      - path: "$PLACE/repo2"
        git_url: "https://github.com/myorg/repo2.git"
        username: "myuser"
        password_env: "GITHUB_TOKEN"
"""


def written(folder: Path, config: Any) -> Path:
    file = folder / "repos.yaml"
    file.write_text(config if isinstance(config, str) else yaml.safe_dump(config))
    return file


def repo_with(**over: Any) -> dict[str, Any]:
    return {**WHOLE, "projects": [{**WHOLE["projects"][0], "repos": [{**REPO, **over}]}]}  # type: ignore[dict-item]


def only_repo(config: Config) -> Any:
    ((_, repo),) = config.repos()
    return repo


def test_it_works(tmp_path: Path) -> None:
    config = load_config(written(tmp_path, WHOLE))
    assert config.api_url == "https://league.example.org"
    assert str(config.projects[0].project_id) == ID
    assert only_repo(config).path == Path("/code/site")
    assert only_repo(config).label == "site"
    assert (config.batch_size, config.max_retries) == (2000, 3)


def test_the_file_of_0_1_0_works_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/ada")
    monkeypatch.setenv("PLACE", "/srv")
    config = load_config(written(tmp_path, OF_0_1_0))
    assert config.batch_size == 100
    assert config.api_key
    assert config.api_key.get_secret_value().startswith("tgl_abcdefgh_")
    assert [repo.path for _, repo in config.repos()] == [
        Path("/home/ada/code/repo1"),
        Path("/srv/repo2"),
    ]


def test_a_relative_path_starts_at_the_file(tmp_path: Path) -> None:
    config = load_config(written(tmp_path, repo_with(path="clones/site")))
    assert only_repo(config).path == tmp_path / "clones" / "site"


@pytest.mark.parametrize(
    ("over", "label"),
    [
        ({}, "site"),
        ({"name": "The Site"}, "The Site"),
        ({"git_url": "https://example.org/team/app/"}, "app"),
        ({"git_url": "host:app.git"}, "app"),
        ({"git_url": "/home/ada/code/app/."}, "app"),
        ({"git_url": None, "path": "~/code/tool"}, "tool"),
    ],
)
def test_what_a_repository_is_called(tmp_path: Path, over: dict[str, Any], label: str) -> None:
    assert only_repo(load_config(written(tmp_path, repo_with(**over)))).label == label


def test_one_glob_needs_no_list(tmp_path: Path) -> None:
    repo = only_repo(
        load_config(written(tmp_path, repo_with(branches="release/*", exclude=["a", "b"])))
    )
    assert (repo.branches, repo.exclude) == (("release/*",), ("a", "b"))


def test_flag_wins_over_environment_wins_over_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = written(tmp_path, {**WHOLE, "jobs": 2, "api_url": "https://file.example.org"})
    assert load_config(file).jobs == 2
    monkeypatch.setenv("GITLEAGUE_JOBS", "3")
    monkeypatch.setenv("GITLEAGUE_API_URL", "https://environment.example.org")
    assert load_config(file).jobs == 3
    assert load_config(file, {"jobs": 4, "api_key": None}).jobs == 4
    assert load_config(file).api_url == "https://environment.example.org"


def test_where_it_is_looked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    with pytest.raises(ConfigError, match=r"There is no repos\.yaml and no .*config/gitleague"):
        find_config(None)
    (tmp_path / "config" / "gitleague").mkdir(parents=True)
    of_user = written(tmp_path / "config" / "gitleague", WHOLE)
    assert find_config(None) == of_user
    written(tmp_path, WHOLE)
    assert find_config(None) == Path("repos.yaml")
    with pytest.raises(ConfigError, match="no other"):
        find_config(Path("other.yaml"))


URL = "api_url: https://x.org\n"
MISTAKES = [
    (URL + "project: []\n", 2, "'project' is no setting here; the nearest is 'projects'"),
    (f"{URL}projects:\n- project_id: {ID}\n  repoes: []\n", 4, "the nearest is 'repos'"),
    (f"{URL}projects:\n- repos:\n  - path: x\n    brunches: y\n", 5, "nearest is 'branches'"),
    (URL, 1, "'projects' is missing"),
    (URL + "projects:\n- repos: []\n", 3, "'project_id' is missing"),
    ("api_url: ftp://x.org\nprojects: []\n", 1, "write an address like https://"),
    ("api_url: https://me:pw@x.org\nprojects: []\n", 1, "without a user in it"),
    (URL + "batch_size: 9000\nprojects: []\n", 2, "less than or equal to 5000"),
    (URL + "projects:\n- project_id: x\n  repos: []\n", 3, "copy the project's id"),
    (URL + "projects: {}\n", 2, "projects is wrong"),
    ("api_url: http://[::1\nprojects: []\n", 1, "IPv6"),
    ("api_url: http://x.org:99999\nprojects: []\n", 1, "ort out of range"),
    ("api_url: [\n", 2, "this is not YAML"),
    ("a: b: c\n", 1, "this is not YAML"),
]


@pytest.mark.parametrize(("text", "line", "says"), MISTAKES)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, text: str, line: int, says: str) -> None:
    file = written(tmp_path, text)
    with pytest.raises(ConfigError) as raised:
        load_config(file)
    assert str(raised.value).startswith(f"{file}:{line}: ")
    assert says in str(raised.value)


@pytest.mark.parametrize("text", ["", "- a\n", "just text\n", "1: 2\n", "null\n"])
def test_a_file_without_settings(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigError, match="holds no settings"):
        load_config(written(tmp_path, text))


def test_a_wrong_value_of_the_environment_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITLEAGUE_BATCH_SIZE", "many")
    with pytest.raises(ConfigError, match="GITLEAGUE_BATCH_SIZE is wrong"):
        load_config(written(tmp_path, WHOLE))


def test_the_home_of_nobody(tmp_path: Path) -> None:
    repo = {"path": "~nobody-of-this-name/site"}
    project = {**WHOLE["projects"][0], "repos": [repo]}
    file = written(tmp_path, {**WHOLE, "projects": [project]})
    with pytest.raises(ConfigError, match="this machine has no such user"):
        load_config(file)


def test_two_of_the_same_name(tmp_path: Path) -> None:
    repos = [REPO, {**REPO, "path": "/code/other"}]
    config = {**WHOLE, "projects": [{"project_id": ID, "repos": repos}]}
    with pytest.raises(ConfigError, match="two repositories are called 'site'"):
        load_config(written(tmp_path, config))


def test_the_key_is_in_no_text(tmp_path: Path) -> None:
    config = load_config(written(tmp_path, {**WHOLE, "api_key": KEY}))
    assert KEY not in f"{config} {config!r} {config.model_dump_json()}"
    with pytest.raises(ConfigError) as raised:
        load_config(written(tmp_path, {**WHOLE, "api_key": [KEY]}))
    assert KEY not in str(raised.value)


def test_a_key_that_others_can_read_is_warned_of(tmp_path: Path) -> None:
    file = written(tmp_path, {**WHOLE, "api_key": KEY})
    file.chmod(0o644)
    assert "chmod 600" in str(exposed_key(file))
    file.chmod(0o600)
    assert exposed_key(file) is None
    file = written(tmp_path, WHOLE)
    file.chmod(0o644)
    assert exposed_key(file) is None


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.text(), st.binary().map(lambda raw: raw.decode("latin-1"))))
def test_any_text_is_settings_or_a_mistake(tmp_path: Path, text: str) -> None:
    file = tmp_path / "repos.yaml"
    file.write_bytes(text.encode("utf-8", "surrogatepass"))
    with pytest.raises(ConfigError):
        load_config(file)


KEYS = st.sampled_from(["api_url", "projects", "repos", "path", "project_id", "name", "jobs", "x"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.just(ID),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(KEYS, VALUES, max_size=5))
def test_any_shape_is_settings_or_a_mistake(tmp_path: Path, config: dict[str, Any]) -> None:
    file = written(tmp_path, config)
    try:
        config = load_config(file)
    except ConfigError:
        return
    assert isinstance(config, Config)


DOCS = Path(__file__).parents[2] / "docs/client"


def test_the_page_has_every_setting_and_no_other() -> None:
    page = (DOCS / "configure.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`.+?) \| (?:top|project|repo|top, repo) \|", page, re.MULTILINE)
    named = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    kinds = (Config, ProjectConfig, RepoConfig)
    assert named == {name for kind in kinds for name in kind.model_fields}


@pytest.mark.parametrize("page", ["configure.md", "../../gitleague-client/README.md"])
def test_the_example_of_the_page_works(page: str, tmp_path: Path) -> None:
    text = (DOCS / page).read_text(encoding="utf-8")
    (example,) = re.findall(r"```yaml\n(.+?)```", text, re.DOTALL)
    file = tmp_path / "repos.yaml"
    file.write_text(example)
    assert next(load_config(file).repos())[1].label == "site"


def test_the_front_page_of_the_package_leads_nowhere_that_is_not_there() -> None:
    """It is shown without the project around it."""
    text = (DOCS / "../../gitleague-client/README.md").read_text(encoding="utf-8")
    assert re.findall(r"\]\((?!https?://)", text) == []
    for command in re.findall(r"^    gitleague-client (\w+)|^\| `(\w+)", text, re.MULTILINE):
        assert "".join(command) in cli.commands
