"""A `.mailmap` names the same person for authors, committers and co-authors."""

from pathlib import Path

import pytest
from gitleague_client.commit import Commit, Person
from gitleague_client.git import open_repository
from gitleague_client.scan.jobs import Jobs
from gitleague_client.scan.log import scan
from gitleague_client.scan.mailmap import Mailmap
from histories import Step, import_steps, make_repository, put, run_git

MAILMAP = """\
# Names of the team
Grace Hopper <grace@example.com>
Grace Hopper <grace@example.com> <ghopper@old.example.com>
Grace Hopper <grace@example.com> G. Hopper <shared@example.com>
<linus@example.com> <linus@home.example.com>
Zoë 🏀 <zoe@example.com> <ZOE@EXAMPLE.ORG>
"""

PEOPLE = [  # as written, as meant
    (("ghopper", "ghopper@old.example.com"), ("Grace Hopper", "grace@example.com")),
    (("ghopper", "GHopper@Old.Example.com"), ("Grace Hopper", "grace@example.com")),
    (("grace", "grace@example.com"), ("Grace Hopper", "grace@example.com")),
    (("G. Hopper", "shared@example.com"), ("Grace Hopper", "grace@example.com")),
    (("g. hopper", "shared@example.com"), ("Grace Hopper", "grace@example.com")),
    (("Ada", "shared@example.com"), ("Ada", "shared@example.com")),
    (("Linus at home", "linus@home.example.com"), ("Linus at home", "linus@example.com")),
    (("zoe", "zoe@example.org"), ("Zoë 🏀", "zoe@example.com")),
    (("Mallory", "mallory@example.com"), ("Mallory", "mallory@example.com")),
    (("", "ghopper@old.example.com"), ("Grace Hopper", "grace@example.com")),
]
STRANGE = [  # what a trailer may hold and no mailmap can
    ("", ""),
    ("nobody", ""),
    ("", "only@example.com"),
    ("  ", " "),
    ("a" * 50_000, "b" * 50_000),
    ("tab\there", "with blank@example.com"),
    ("<", "x"),
    ("ü\x85\u2028", "\x1b[31m@example.com"),
    ("carriage\r", "return\r"),
]


@pytest.fixture(scope="module")
def repo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = make_repository(tmp_path_factory.mktemp("mailmap") / "repo")
    steps = [Step(b"Mailmap", [put(b".mailmap", MAILMAP.encode())])]
    for (name, email), _ in PEOPLE:
        person = f"{name} <{email}>".lstrip().encode()
        trailer = f"Title\n\nCo-authored-by: {name} <{email}>\n".encode()
        steps.append(Step(trailer, [put(b"a", person)], author=person, committer=person))
    import_steps(path, steps)
    run_git(path, "checkout", "-q", "main")
    return path


def scanned_in(path: Path) -> list[Commit]:
    repository = open_repository(path)
    return list(scan(repository, repository.missing([repository.tips()[0].sha], []), jobs=Jobs(2)))


def assert_as_meant(commits: list[Commit]) -> None:
    assert len(commits) == 1 + len(PEOPLE)
    for commit, (_, meant) in zip(commits[1:], PEOPLE, strict=True):
        assert (commit.author_name, commit.author_email) == meant
        assert (commit.committer_name, commit.committer_email) == meant
        assert commit.coauthors == [Person(*meant)]


def test_authors_committers_and_coauthors_are_named_alike(repo: Path):
    assert_as_meant(scanned_in(repo))


def test_the_message_stays_as_it_was_written(repo: Path):
    commit = scanned_in(repo)[1]
    assert commit.message_body == "Co-authored-by: ghopper <ghopper@old.example.com>"


def test_a_bare_repository_has_its_mailmap_too(repo: Path, tmp_path: Path):
    run_git(tmp_path, "clone", "-q", "--bare", str(repo), "bare.git")
    assert_as_meant(scanned_in(tmp_path / "bare.git"))


def test_a_linked_worktree_has_its_mailmap_too(repo: Path, tmp_path: Path):
    run_git(repo, "worktree", "add", "-q", "--detach", str(tmp_path / "beside"))
    assert_as_meant(scanned_in(tmp_path / "beside"))


def test_a_folder_in_the_work_tree_has_its_mailmap_too(repo: Path):
    (repo / "folder").mkdir(exist_ok=True)
    assert_as_meant(scanned_in(repo / "folder"))


def test_two_trailers_of_one_person_are_two_names_of_theirs(tmp_path: Path):
    """Who is credited once is the server's business; the client says what is written."""
    repo = make_repository(tmp_path)
    message = b"""Together

Co-authored-by: g <ghopper@old.example.com>
Co-authored-by: h <h@example.com>
Co-developed-by: G. Hopper <shared@example.com>
"""
    import_steps(repo, [Step(message, [put(b".mailmap", MAILMAP.encode())])])
    run_git(repo, "checkout", "-q", "main")
    grace = Person("Grace Hopper", "grace@example.com")
    assert scanned_in(repo)[0].coauthors == [grace, Person("h", "h@example.com"), grace]


def test_without_a_mailmap_names_stay(tmp_path: Path):
    repo = make_repository(tmp_path)
    message = b"Title\n\nCo-authored-by: ghopper <ghopper@old.example.com>\n"
    import_steps(repo, [Step(message, [put(b"a", b"a")])])
    (commit,) = scanned_in(repo)
    assert commit.coauthors == [Person("ghopper", "ghopper@old.example.com")]


@pytest.mark.parametrize(("written", "meant"), PEOPLE)
def test_each_person_is_asked_for_once(
    repo: Path, written: tuple[str, str], meant: tuple[str, str]
):
    with Mailmap(open_repository(repo)) as mailmap:
        first = mailmap.person(*written)
        assert first == Person(*meant)
        assert mailmap.person(*written) == first


@pytest.mark.parametrize(("name", "email"), STRANGE)
def test_a_strange_person_does_not_disturb_the_next(repo: Path, name: str, email: str):
    with Mailmap(open_repository(repo)) as mailmap:
        strange = mailmap.person(name, email)
        assert len(strange.name) <= 10_000
        assert len(strange.email) <= 10_000
        for written, meant in PEOPLE:
            assert mailmap.person(*written) == Person(*meant)


def test_more_people_than_are_remembered_are_still_told_apart(repo: Path):
    with Mailmap(open_repository(repo)) as mailmap:
        for number in range(25_000):
            found = mailmap.person(f"Player {number}", f"player{number}@example.com")
            assert found == Person(f"Player {number}", f"player{number}@example.com")
        assert mailmap.person("g", "ghopper@old.example.com").name == "Grace Hopper"
