"""repos.yaml to a frozen Config; a wrong key is named with its line and the nearest right one."""

from __future__ import annotations

import os
import posixpath
import re
import stat
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit
from uuid import UUID

import yaml
from platformdirs import user_config_path
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
)

from gitleague_client import keystore
from gitleague_client.credentials import Key, KeySource
from gitleague_client.environment import CONFIG
from gitleague_client.errors import ConfigError
from gitleague_client.privacy import Privacy

FILE_NAME = "repos.yaml"
MOST_JOBS = 64


def _listed(value: object) -> object:
    """One glob may stand without a list around it."""
    return [value] if isinstance(value, str) else value


def _with_a_host(url: str) -> str:
    """Raises ValueError for a port or an IPv6 address that is none."""
    parts = urlsplit(url)
    if not parts.hostname or parts.port == 0:
        raise ValueError("this address names no host")
    return url


Globs = Annotated[tuple[str, ...], BeforeValidator(_listed)]
Text = Annotated[str, Field(min_length=1)]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class RepoConfig(_Strict):
    path: Path
    git_url: Text | None = None  # None: the remote `origin`
    name: Text | None = None
    branches: Globs = ()
    exclude: Globs = ()
    privacy: Privacy | None = None  # None: as the whole file says
    fetch: bool | None = None
    # For git alone, when it fetches.
    ssh_key: str | None = None
    username: str | None = None
    password_env: str | None = None

    @property
    def label(self) -> str:
        """What `--repo` and the output call it."""
        place = posixpath.normpath(self.git_url or str(self.path))  # a clone of `.` ends with it
        return self.name or re.split(r"[/:]", place)[-1].removesuffix(".git") or place


class ProjectConfig(_Strict):
    project_id: UUID
    name: Text = "league"
    repos: tuple[RepoConfig, ...]


class Config(_Strict):
    api_url: Annotated[
        str, Field(pattern=r"^https?://[^/\s@]+(/[^\s@]*)?$"), AfterValidator(_with_a_host)
    ]
    api_key: SecretStr | None = None
    batch_size: Annotated[int, Field(ge=1, le=5000)] = 2000
    max_retries: Annotated[int, Field(ge=0, le=20)] = 3
    jobs: Annotated[int, Field(ge=1, le=MOST_JOBS)] = min(os.cpu_count() or 1, MOST_JOBS)
    privacy: Privacy = Privacy.FULL
    fetch: bool = False
    projects: tuple[ProjectConfig, ...]

    def repos(self) -> Iterator[tuple[ProjectConfig, RepoConfig]]:
        return ((project, repo) for project in self.projects for repo in project.repos)


def find_config(given: Path | None) -> Path:
    """The file to read: the one given, ./repos.yaml, or the one in the user's config folder."""
    places = [given] if given else [Path(FILE_NAME), user_config_path("gitleague") / FILE_NAME]
    for place in places:
        if place.is_file():
            return place
    named = " and no ".join(str(place) for place in places)
    raise ConfigError(
        f"There is no {named}.", remedy="Make one: gitleague-client init, or name it with --config."
    )


def load_league(given: Path | None, api_url: str | None) -> Config:
    """The configuration, or a league at `api_url` that has none. Raises ConfigError."""
    bare = _without_projects(api_url) if api_url else None
    try:
        config = load_config(find_config(given))
    except ConfigError:
        if given or not bare:
            raise
        return bare
    # Another league knows nothing of these projects.
    return bare if bare and bare.api_url.rstrip("/") != config.api_url.rstrip("/") else config


def load_config(path: Path, flags: Mapping[str, object] | None = None) -> Config:
    """The settings in force: flag, else environment, else file. Raises ConfigError."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} cannot be read: {error}.") from None
    document = _Document(path, text)
    values = dict(document.values)
    sources = {**_environment(), **{name: value for name, value in (flags or {}).items() if value}}
    values.update(sources)
    try:
        config = Config.model_validate(values)
    except ValidationError as error:
        raise document.mistake(error, sources) from None
    _check_labels(path, config)
    return _settled(config, path.absolute().parent)


def exposed_key(path: Path) -> str | None:
    """A warning where others on the machine can read the key in the file."""
    holds_one = re.search(r"^\s*api_key\s*:\s*['\"]?tgl_", path.read_text("utf-8"), re.MULTILINE)
    if not holds_one or os.name != "posix" or not stat.S_IMODE(path.stat().st_mode) & 0o077:
        return None
    return f"{path} holds an API key, and others can read it. Run: chmod 600 {path}"


def find_key(config: Config, flag: str | None, *, may_ask: bool) -> Key:
    """Flag, else environment, else file, else what `login` stored."""
    if not config.api_key:
        return keystore.load(config.api_url, may_ask=may_ask)
    variable = os.environ.get(CONFIG["api_key"])
    rest = KeySource.ENVIRONMENT if variable else KeySource.FILE
    return Key(config.api_key.get_secret_value(), KeySource.FLAG if flag else rest)


def in_ci() -> bool:
    """Whether a CI job runs us: then nobody watches, and nobody can be asked."""
    return os.environ.get("CI", "").lower() not in {"", "false", "0"}


def job_summary() -> Path | None:
    """The file whose Markdown the CI shows with the job."""
    named = os.environ.get("GITHUB_STEP_SUMMARY")
    return Path(named) if named and in_ci() else None


def _environment() -> dict[str, str]:
    return {key: value for key, name in CONFIG.items() if (value := os.environ.get(name))}


def _without_projects(api_url: str) -> Config:
    try:
        return Config(api_url=api_url, projects=())
    except ValidationError as error:
        said = _said(error.errors(include_url=False, include_input=False)[0])
        raise ConfigError(f"--api-url is wrong: {said}.", remedy="Correct it.") from None


def _settled(config: Config, folder: Path) -> Config:
    """Each repo says everything itself. In its path, `~` and variables are read, and a relative
    one starts at the file.
    """

    def settled(repo: RepoConfig) -> RepoConfig:
        changes: dict[str, object] = {
            name: getattr(config, name)
            for name in ("privacy", "fetch")
            if getattr(repo, name) is None
        }
        changes["path"] = folder / _expanded(repo.path)
        return repo.model_copy(update=changes)

    projects = tuple(
        project.model_copy(update={"repos": tuple(map(settled, project.repos))})
        for project in config.projects
    )
    return config.model_copy(update={"projects": projects})


def _expanded(path: Path) -> Path:
    try:
        return Path(os.path.expandvars(path)).expanduser()
    except RuntimeError:  # ~somebody
        raise ConfigError(
            f"{path}: this machine has no such user.", remedy="Correct `path` in repos.yaml."
        ) from None


def _check_labels(path: Path, config: Config) -> None:
    labels = [(project.project_id, repo.label) for project, repo in config.repos()]
    twice = next((label for place, label in labels if labels.count((place, label)) > 1), None)
    if twice:
        raise ConfigError(
            f"{path}: two repositories are called {twice!r}.",
            remedy="Give one of them another `name`.",
        )


class _Document:
    """The file with the lines that its keys are on."""

    def __init__(self, path: Path, text: str) -> None:
        self.path = path
        try:
            self._root = yaml.compose(text, yaml.SafeLoader)
            values = yaml.safe_load(text)
        except (yaml.YAMLError, RecursionError, ValueError) as error:
            mark = getattr(error, "problem_mark", None)
            problem = getattr(error, "problem", None) or "it cannot be read"
            raise ConfigError(
                f"{self._place(mark.line + 1 if mark else 1)}: this is not YAML: {problem}."
            ) from None
        if not isinstance(values, dict) or not all(isinstance(key, str) for key in values):
            raise ConfigError(f"{path} holds no settings.")
        self.values: dict[str, Any] = values

    def mistake(self, error: ValidationError, sources: Mapping[str, object]) -> ConfigError:
        """The first thing wrong, as a sentence."""
        problems = error.errors(include_url=False, include_input=False)
        # What is missing may be there, misspelt: that is the better thing to say.
        unknown = [each for each in problems if each["type"] == "extra_forbidden"]
        first = [*unknown, *problems][0]
        where = first["loc"]
        key = str(where[-1]) if where else ""
        if where and where[0] in sources:
            name = CONFIG.get(key, key)
            return ConfigError(f"{name} is wrong: {_said(first)}.", remedy=f"Correct {name}.")
        place = self._place(self._line(where))
        if first["type"] == "extra_forbidden":
            known = _keys_beside(where)
            near = get_close_matches(key, known, n=1, cutoff=0)
            return ConfigError(
                f"{place}: {key!r} is no setting here; the nearest is {near[0]!r}.",
                remedy=f"Known here: {', '.join(known)}.",
            )
        if first["type"] == "missing":
            return ConfigError(f"{place}: {key!r} is missing.", remedy=f"Add `{key}:`.")
        named = ".".join(str(part) for part in where if isinstance(part, str))
        return ConfigError(f"{place}: {named} is wrong: {_said(first)}.")

    def _place(self, line: int) -> str:
        return f"{self.path}:{line}"

    def _line(self, where: tuple[int | str, ...]) -> int:
        """Of the key or item; of what holds it, where it is not there."""
        node, line = self._root, 1
        for part in where:
            if isinstance(node, yaml.MappingNode):
                found = [pair for pair in node.value if pair[0].value == part]
                if not found:
                    break
                line, node = found[-1][0].start_mark.line + 1, found[-1][1]
            elif isinstance(node, yaml.SequenceNode) and isinstance(part, int):
                node = node.value[part]
                line = node.start_mark.line + 1
            else:
                break
        return line


def _keys_beside(where: tuple[int | str, ...]) -> list[str]:
    """The keys that are known in the place where the last part of `where` stands."""
    if "repos" in where[:-1]:
        return list(RepoConfig.model_fields)
    return list((ProjectConfig if "projects" in where[:-1] else Config).model_fields)


def _said(problem: Any) -> str:
    if problem["type"] == "string_pattern_mismatch":
        return "write an address like https://league.example.org, without a user in it"
    if problem["type"].startswith("uuid"):
        return "copy the project's id from its address in the league"
    said = str(problem["msg"])
    return said[0].lower() + said[1:]
