"""Lines of files that nobody wrote are counted apart."""

import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from gitleague_client.errors import RepositoryError
from gitleague_client.git import open_repository
from gitleague_client.scan.exclude import LOCK_FILES, Exclusions
from gitleague_client.scan.jobs import Jobs
from gitleague_client.scan.log import scan
from histories import Step, drop, import_steps, lines, make_repository, put, run_git


def excluded(repo: Path, paths: Sequence[bytes | str], *, exclude: Sequence[str] = ()) -> list[str]:
    """Those of these paths that are excluded."""
    asked = [path.encode() if isinstance(path, str) else path for path in paths]
    with Exclusions(open_repository(repo), exclude) as exclusions:
        answers = list(exclusions.ask(asked))
    assert len(answers) == len(asked)
    return [path.decode() for path, answer in zip(asked, answers, strict=True) if answer]


def repository(path: Path, attributes: str = "", **more: str) -> Path:
    """With a `.gitattributes`, and others in the folders that are named."""
    files = {
        ".gitattributes": attributes,
        **{f"{at}/.gitattributes": it for at, it in more.items()},
    }
    make_repository(path)
    changes = [put(name.encode(), text.encode()) for name, text in files.items() if text]
    import_steps(path, [Step(b"Attributes", [*changes, put(b"file", b"x\n")])])
    return path


@pytest.mark.parametrize("attributes", ["", "*.pb.go linguist-generated\n"])
@pytest.mark.parametrize("name", LOCK_FILES)
def test_a_lock_file_is_excluded_wherever_it_is(tmp_path: Path, attributes: str, name: str):
    repo = repository(tmp_path, attributes)
    others = [f"{name}.md", f"my-{name}", f"{name}/code.py", name.swapcase()]
    assert excluded(repo, [name, f"web/app/{name}", *others]) == [name, f"web/app/{name}"]


@pytest.mark.parametrize(
    ("rule", "is_excluded"),
    [
        ("linguist-generated", True),
        ("linguist-vendored", True),
        ("linguist-generated=true", True),
        ("linguist-vendored=true", True),
        ("linguist-generated linguist-vendored=false", True),
        ("-linguist-generated", False),
        ("linguist-generated=false", False),
        ("linguist-vendored=false", False),
        ("!linguist-generated", False),
        ("linguist-documentation", False),
        ("linguist-language=Python", False),
        ("linguist-generated=yes", False),
        ("-diff", False),
    ],
)
def test_gitattributes_decide_as_they_do_on_forges(tmp_path: Path, rule: str, is_excluded: bool):  # noqa: FBT001
    repo = repository(tmp_path, f"gen/** {rule}\n* linguist-detectable\n")
    paths = ["gen/a.py", "gen/deep/b.py", "src/a.py"]
    assert excluded(repo, paths) == (paths[:2] if is_excluded else [])


@pytest.mark.parametrize("rule", ["-linguist-generated", "linguist-generated=false"])
def test_gitattributes_bring_a_lock_file_back(tmp_path: Path, rule: str):
    repo = repository(tmp_path, f"/package-lock.json {rule}\n")
    assert excluded(repo, ["package-lock.json", "web/package-lock.json"]) == [
        "web/package-lock.json"
    ]


def test_gitattributes_of_a_folder_are_stronger_than_those_above(tmp_path: Path):
    repo = repository(
        tmp_path,
        "*.js linguist-vendored\n",
        ours="*.js -linguist-vendored\n",
        theirs="*.css linguist-vendored\n",
    )
    paths = ["a.js", "ours/a.js", "ours/deep/a.js", "theirs/a.js", "theirs/a.css", "a.css"]
    assert excluded(repo, paths) == ["a.js", "theirs/a.js", "theirs/a.css"]


def test_a_macro_of_gitattributes_works(tmp_path: Path):
    repo = repository(tmp_path, "[attr]made linguist-generated -diff\n*.min.js made\n")
    assert excluded(repo, ["a.min.js", "a.js"]) == ["a.min.js"]


def test_what_counts_is_the_tip_of_the_default_branch(tmp_path: Path):
    """Not the work tree: a clone on another branch sends the same numbers."""
    repo = repository(tmp_path, "gen/** linguist-generated\n")
    run_git(repo, "checkout", "-q", "--orphan", "other")
    (repo / ".gitattributes").write_text("* linguist-vendored\n")
    (repo / ".git/info").mkdir(exist_ok=True)
    assert excluded(repo, ["gen/a", "b"]) == ["gen/a"]
    run_git(tmp_path, "clone", "-q", "--bare", str(repo), "bare.git")
    assert excluded(tmp_path / "bare.git", ["gen/a", "b"]) == ["gen/a"]


def test_a_link_called_gitattributes_is_no_rule(tmp_path: Path):
    make_repository(tmp_path)
    rules = put(b"rules", b"* linguist-generated\n")
    link = put(b".gitattributes", b"rules", b"120000")
    import_steps(tmp_path, [Step(b"Link", [rules, link])])
    assert excluded(tmp_path, ["a", "go.sum"]) == ["go.sum"]


EVERYTHING = ["a.py", "docs", "docs/a.md", "docs/deep/b.md", "x/docs/c.md"]
EVERYTHING += ['quo"te', "a b", "#hash", "[attr]x", "ax", "docs/tx", "über"]


@pytest.mark.parametrize(
    ("glob", "matched"),
    [
        ("docs", ["docs", "docs/a.md", "docs/deep/b.md", "x/docs/c.md", "docs/tx"]),
        ("docs/", ["docs/a.md", "docs/deep/b.md", "x/docs/c.md", "docs/tx"]),
        ("/docs", ["docs", "docs/a.md", "docs/deep/b.md", "docs/tx"]),
        ("docs/*.md", ["docs/a.md"]),
        ("*.md", ["docs/a.md", "docs/deep/b.md", "x/docs/c.md"]),
        ("x/**/c.md", ["x/docs/c.md"]),
        ("**/deep", ["docs/deep/b.md"]),
        ('quo"te', ['quo"te']),
        ("a b", ["a b"]),
        ("#hash", ["#hash"]),
        ("[attr]x", ["ax", "docs/tx"]),
        ("docs/[a]*", ["docs/a.md"]),
        ("*", EVERYTHING),
        ("**", EVERYTHING),
        ("/**", EVERYTHING),
        ("a.py/", []),
        ("ü*", ["über"]),
        ("", []),
        ("/", []),
        ("nowhere", []),
    ],
)
def test_globs_of_the_configuration_mean_what_gitignore_means(
    tmp_path: Path, glob: str, matched: list[str]
):
    repo = repository(tmp_path)
    assert excluded(repo, EVERYTHING, exclude=[glob]) == matched


def test_a_glob_is_stronger_than_gitattributes(tmp_path: Path):
    repo = repository(tmp_path, "go.sum -linguist-generated\n")
    assert excluded(repo, ["go.sum", "a"], exclude=["*.sum"]) == ["go.sum"]


def test_a_glob_that_begins_with_an_exclamation_mark_gets_a_sentence(tmp_path: Path):
    with pytest.raises(RepositoryError, match="'!docs'") as raised:
        Exclusions(open_repository(make_repository(tmp_path)), ["!docs"])
    assert "-linguist-generated" in raised.value.remedy


STRANGE = (b"/etc/passwd", b"../up", b"a/../b", b"./a", b"a//b", b".", b"..", b"a/", b"")
NAMES = (b"new\nline", b"tab\t", b"\xff\xfe", b"-x", b'"quoted"', b"\\134", b" ", b"x" * 5000)


@pytest.mark.parametrize("path", [*STRANGE, *NAMES])
def test_any_path_has_an_answer(tmp_path: Path, path: bytes):
    repo = repository(tmp_path, "gen/** linguist-generated\n")
    answered = excluded(repo, [b"gen/1", path, b"gen/2", path, b"b"])
    assert answered == ["gen/1", "gen/2"]


def test_as_many_paths_as_there_are_have_their_own_answers(tmp_path: Path):
    repo = repository(tmp_path, "*.gen linguist-generated\n")
    endings = {True: "gen", False: "py"}
    paths = [f"{'d' * (1 + n % 90)}/{n}.{endings[n % 3 == 0]}" for n in range(20_000)]
    assert excluded(repo, paths) == paths[::3]


def test_a_repository_without_commits_knows_lock_files_and_globs(tmp_path: Path):
    repo = make_repository(tmp_path)
    assert excluded(repo, ["go.sum", "a"]) == ["go.sum"]
    assert excluded(repo, ["go.sum", "a"], exclude=["a"]) == ["go.sum", "a"]


def test_the_index_of_the_clone_stays_as_it_is(tmp_path: Path):
    repo = repository(tmp_path, "gen/** linguist-generated\n")
    run_git(repo, "reset", "-q", "--hard", "main")
    before = (repo / ".git/index").read_bytes()
    assert excluded(repo, ["gen/a"], exclude=["docs"]) == ["gen/a"]
    assert (repo / ".git/index").read_bytes() == before


GIVEN_UP = [":!*/gen/*", ":!gen/*", ":!vendor/*", ":!*yarn.lock", ":!docs/*"]


def test_excluded_lines_are_those_that_git_counts_for_these_paths(tmp_path: Path):
    """The other side of the comparison leaves the paths out with pathspecs."""
    repo = make_repository(tmp_path)
    attributes = b"**/gen/** linguist-generated\nvendor/** linguist-vendored=true\n"
    files = [b"gen/a.py", b"web/gen/b.py", b"vendor/c.js", b"web/yarn.lock", b"docs/d", b"src/e"]
    steps = [Step(b"Rules", [put(b".gitattributes", attributes)])]
    for number in range(40):
        touched = files[number % 6 :: 1 + number % 4]
        content = lines(5 + 7 * number % 60, f"line {number % 5}")
        steps.append(Step(b"Change", [put(path, content) for path in touched]))
    steps.append(Step(b"Binary", [put(b"gen/x.png", b"\0" * 500), put(b"go.sum", b"\0" * 99)]))
    import_steps(repo, steps)
    opened = open_repository(repo)
    shas = opened.missing([opened.tips()[0].sha], [])
    for commit in scan(opened, shas, jobs=Jobs(2), exclude=["docs"]):
        everything = counted(repo, commit.sha)
        kept = counted(repo, commit.sha, ".", *GIVEN_UP)
        assert (commit.additions, commit.deletions) == everything
        left_out = (commit.excluded_additions, commit.excluded_deletions)
        assert left_out == (everything[0] - kept[0], everything[1] - kept[1]), commit.message_title


def counted(repo: Path, sha: str, *pathspecs: str) -> tuple[int, int]:
    """Lines added and deleted, by `git show --shortstat`."""
    shown = run_git(repo, "show", "--format=", "--shortstat", "-M", sha, "--", *pathspecs).decode()
    added = re.search(r"(\d+) insertion", shown)
    deleted = re.search(r"(\d+) deletion", shown)
    return int(added[1]) if added else 0, int(deleted[1]) if deleted else 0


def test_a_renamed_file_is_judged_by_its_new_name(tmp_path: Path):
    repo = make_repository(tmp_path)
    steps = [
        Step(b"First", [put(b"vendor/yarn.lock", lines(40))]),
        Step(b"Ours now", [drop(b"vendor/yarn.lock"), put(b"a.txt", lines(44))]),
        Step(b"A lock file again", [drop(b"a.txt"), put(b"yarn.lock", lines(47))]),
    ]
    import_steps(repo, steps)
    opened = open_repository(repo)
    shas = opened.missing([opened.tips()[0].sha], [])
    found = [
        (commit.additions, commit.excluded_additions) for commit in scan(opened, shas, jobs=Jobs(1))
    ]
    assert found == [(40, 40), (4, 0), (3, 3)]
