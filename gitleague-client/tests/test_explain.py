"""`explain` says what the server says, to the last digit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import Commissioner
from gitleague_client.api import League
from gitleague_client.commit import Commit
from gitleague_client.explain import Explainer
from gitleague_client.git import open_repository
from gitleague_client.rules.defaults import DEFAULT_RULES, Rules
from gitleague_client.rules.score import IMPACT_UNIT, STAT_UNIT
from gitleague_client.scan.jobs import Jobs
from gitleague_client.scan.log import scan
from histories import Step, import_steps, make_nasty_history, put, run_git
from waiting import wait_until

HELPERS = ["Ada <ADA@example.com>", "Grace <grace@example.com>", "G <grace@example.com>"]
TEAM = [b"Ada <ada@example.com>", b"A. L. <ada@example.com>", b"Grace <grace@example.com>"]


@pytest.fixture(scope="module")
def mended(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All that a real history has held, and then commits that mend one another."""
    path = make_nasty_history(tmp_path_factory.mktemp("explain") / "site", 400)
    for number in range(24):
        shas = run_git(path, "rev-list", "HEAD").decode().split()
        target = shas[(number * 7) % 30]
        text = (
            f"Fix {number}\n\nFixes: {target[:9]}",
            f"Undo {number}\n\nThis reverts commit {target}.",
            f"Undo {number}\n\nTHIS REVERTS COMMIT\n{shas[0][:12]}",
            f"LEAGUE-{number} debug\n\n" + "".join(map("Co-authored-by: {}\n".format, HELPERS)),
            f"Add {number}\n\nCo-authored-by: {HELPERS[0]}\nAssisted-by: a machine",
        )[number % 5]
        change = put(b"mended/%d" % number, b"line\n" * (number * 90))
        step = Step(text.encode(), [change], author=TEAM[number % 3])
        import_steps(path, [step], onto=shas[0])
    return path


def server_says(ada: Commissioner) -> Iterator[tuple[Any, ...]]:
    """Each credit of each player, as their cards show it."""
    found = ada.server.ask(
        "GET", f"/projects/{ada.project_id}/standings?period=all&bots=true&limit=100"
    )
    assert found["pages"] == 1
    for row in found["items"]:
        player, page, pages = row["player"]["id"], 1, 1
        while page <= pages:
            plays = ada.server.ask("GET", f"/players/{player}/commits?limit=100&page={page}")
            pages = plays["pages"]
            page += 1
            for play in plays["items"]:
                lines = tuple(tuple(line.values()) for line in play["working"])
                yield play["sha"], play["role"], play["impact"], lines


def scanned(path: Path) -> list[Commit]:
    repository = open_repository(path)
    tips = [tip.sha for tip in repository.tips()]
    return list(scan(repository, repository.missing(tips, []), jobs=Jobs(2)))


def client_says(path: Path, commits: list[Commit], rules: Rules) -> Iterator[tuple[Any, ...]]:
    repository = open_repository(path)
    explainer = Explainer(repository, [tip.sha for tip in repository.tips()], rules)
    for commit in commits:
        for credit in explainer.credits(commit):
            lines = tuple(
                (
                    line.stat,
                    line.reason,
                    line.amount,
                    line.cap,
                    line.each / STAT_UNIT,
                    line.points / STAT_UNIT,
                )
                for line in credit.working.lines
            )
            role = "coauthor" if credit.as_coauthor else "author"
            yield commit.sha, role, credit.working.impact / IMPACT_UNIT, lines


def test_over_a_whole_history_both_say_the_same(ada: Commissioner, mended: Path):
    """Also when the rules change: they come from the server, as `explain` gets them."""
    ada.write({"path": str(mended), "git_url": "git@example.org:team/site.git"})
    assert ada.sync().code == 0
    commits = scanned(mended)
    theirs = Counter(server_says(ada))
    ours = Counter(client_says(mended, commits, DEFAULT_RULES))
    scored = {sha for sha, *_ in theirs}
    copies = {sha for sha, *_ in ours} - scored  # another commit counts for those
    assert len(copies) < 20
    assert Counter(each for each in ours.elements() if each[0] in scored) == theirs
    stats = {line[0] for *_, lines in theirs for line in lines}
    assert stats == {"pts", "reb", "ast", "blk", "stl", "tov", "jt", "cc"}
    assert any("given back" in line[1] for *_, lines in theirs for line in lines)
    for ai_assisted, percent in (("ignore", 0), ("weight", 37)):
        rules = rules_in_force(ada, ai_assisted=ai_assisted, ai_weight="0.37")
        theirs = Counter(server_says(ada))
        ours = Counter(client_says(mended, commits, rules))
        scored = {sha for sha, *_ in theirs}
        assert Counter(each for each in ours.elements() if each[0] in scored) == theirs
        reasons = {line[1] for *_, lines in theirs for line in lines}
        assert f"AI-assisted: {percent} % counts" in reasons


def rules_in_force(ada: Commissioner, **changes: str) -> Rules:
    place = f"/projects/{ada.project_id}/rules"
    ada.server.ask("PATCH", place, changes=changes)
    wait_until(
        lambda: not ada.server.ask("GET", place)["pending"], "the rules are in force", pause=0.1
    )
    with League(ada.url, ada.key) as league:
        return league.rules(ada.project_id).rules


def test_the_working_is_shown(ada: Commissioner, site: dict[str, str]):
    path = Path(site["path"])
    head = run_git(path, "rev-parse", "HEAD").decode().strip()
    body = b"Fix it\n\nCo-authored-by: Grace <grace@example.com>"
    import_steps(path, [Step(body, [put(b"long", b"x\n" * 1200)])], onto=head)
    sha = run_git(path, "rev-parse", "HEAD").decode().strip()
    ada.write(site)
    done = ada.run("explain", sha[:10])
    assert done.code == 0, done.err
    assert done.out == (
        f"{sha[:12]}  Fix it\n"
        "\n"
        "  Ada Lovelace <ada@example.com>\n"
        "    PTS      10.00  for the commit\n"
        "    PTS    1000.00  1,200 lines added x 1.00, at most 1,000 count\n"
        "    BLK      15.00  a fix\n"
        "    CC        1.50  a clean title\n"
        "    impact 1028.45  = 1010.00 PTS x 1.00 + 15.00 BLK x 1.20 + 1.50 CC x 0.30\n"
        "\n"
        "  Grace <grace@example.com> (co-author)\n"
        "    AST       5.00  named as a co-author\n"
        "    impact    4.00  = 5.00 AST x 0.80\n"
    )
    (told,) = ada.run("explain", sha, "--json").results
    assert [credit["impact"] for credit in told["credits"]] == [1028.45, 4.0]


def test_a_commit_that_a_ruling_takes_out_of_the_game(ada: Commissioner, site: dict[str, str]):
    path = Path(site["path"])
    head = run_git(path, "rev-parse", "HEAD").decode().strip()
    import_steps(path, [Step(b"Add", [put(b"long", b"x\n" * 100_000)])], onto=head)
    sha = run_git(path, "rev-parse", "HEAD").decode().strip()
    ada.write(site)
    league = f"/projects/{ada.project_id}"
    ada.server.ask("PATCH", f"{league}/referee", changes={"since": "2000-01-01"})
    assert ada.sync().code == 0
    rulings = f"{league}/rulings?sha={sha}"
    wait_until(
        lambda: ada.server.ask("GET", rulings)["items"],
        "the referee has looked by itself, a moment after a push",
        pause=0.1,
    )
    (found,) = ada.server.ask("GET", rulings)["items"]
    (told,) = ada.run("explain", sha, "--json").results
    assert (told["is_penalized"], len(told["credits"])) == (False, 1)
    ada.server.ask("POST", f"{league}/rulings/{found['id']}/uphold", reason="Copied.")
    assert "it counts for nothing" in ada.run("explain", sha).out
    (told,) = ada.run("explain", sha, "--json").results
    assert (told["is_penalized"], told["credits"]) == (True, [])


@pytest.mark.parametrize(
    ("sha", "code", "says"),
    [("--all", 2, ""), ("HEAD", 2, "no commit id"), ("d" * 40, 1, "No repository")],
)
def test_what_is_no_commit_is_told(
    ada: Commissioner, site: dict[str, str], sha: str, code: int, says: str
):
    ada.write(site)
    done = ada.run("explain", sha)
    assert done.code == code
    assert says in done.err


def test_a_merge_is_outside_the_game(ada: Commissioner, tmp_path: Path, site: dict[str, str]):
    path = Path(site["path"])
    tree = run_git(path, "rev-parse", "HEAD^{tree}").decode().strip()
    who = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com"]
    parents = ["-p", "HEAD", "-p", "HEAD~3"]
    merge = run_git(path, *who, "commit-tree", tree, *parents, "-m", "Merge").decode().strip()
    ada.write(site)
    done = ada.run("explain", merge)
    assert "outside the game" in done.out
    assert f"no branch that is synced reaches {merge}" in done.err
