"""What a sync sends, and how it goes on after anything that can happen on the way."""

import gzip
import json
import signal
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from conftest import Commissioner, Server, make_key, make_site
from faults import CUT, LOST_ANSWER, Fault, Proxy, answer
from histories import make_repository, run_git
from waiting import wait_until

NOW = {"Retry_After": "0"}


def test_it_works(ada: Commissioner, site: dict[str, str]) -> None:
    ada.write(site)
    done = ada.run("sync")
    assert (done.code, done.out) == (0, "site  30 commits sent (30 in the league)\n")
    assert ada.held() == {"site": 30}


def test_nothing_new_is_two_requests(ada: Commissioner, site: dict[str, str], proxy: Proxy) -> None:
    ada.write(site)
    ada.sync()
    proxy.seen.clear()
    done = ada.run("sync")
    assert done.out == "site  nothing new (30 in the league)\n"
    assert proxy.asked() == ["GET status", "POST refs"]


def test_a_commit_more_is_all_that_is_sent(ada: Commissioner, site: dict[str, str]) -> None:
    ada.write(site)
    ada.sync()
    run_git(Path(site["path"]), "update-ref", "refs/heads/main", _commit_on(Path(site["path"])))
    (result,) = ada.sync().results
    assert (result["found"], result["inserted"], result["total_commits"]) == (1, 1, 31)


def _commit_on(path: Path, parent: str = "main") -> str:
    tree = f"{parent}^{{tree}}"
    return run_git(path, "commit-tree", tree, "-p", parent, "-m", "More").decode().strip()


def test_batches_are_as_large_as_both_sides_want(
    ada: Commissioner, site: dict[str, str], proxy: Proxy
) -> None:
    ada.write(site, batch_size=8)
    (result,) = ada.sync().results
    assert result["inserted"] == 30
    sizes = [len(body["commits"]) for body in _pushed(proxy)]
    assert sizes == [8, 8, 8, 6]


def _pushed(proxy: Proxy) -> list[dict[str, list[dict[str, object]]]]:
    return [
        json.loads(gzip.decompress(seen.body))
        for seen in proxy.seen
        if seen.path.endswith("/commits")
    ]


def test_parents_go_before_children(ada: Commissioner, tmp_path: Path, proxy: Proxy) -> None:
    ada.write(make_site(tmp_path / "large", 200), batch_size=30)
    ada.sync()
    sent: set[object] = set()
    for body in _pushed(proxy):
        for commit in body["commits"]:
            assert sent.issuperset(commit["parents"])  # type: ignore[arg-type]
            sent.add(commit["sha"])
    assert len(sent) == 200


@pytest.mark.parametrize(
    "fault",
    [
        CUT,
        LOST_ANSWER,
        answer(503, **NOW),
        answer(429, **NOW),
        answer(502, b"<html>Bad gateway</html>"),
        answer(504),
    ],
    ids=["cut", "answer lost", "503", "429", "502", "504"],
)
def test_it_tries_each_request_again(
    ada: Commissioner, site: dict[str, str], proxy: Proxy, fault: Fault
) -> None:
    ada.write(site, max_retries=1)
    for end in ("/status", "/rules", "/commits", "/refs"):
        proxy.fail(end, fault)
    assert ada.sync().code == 0
    assert proxy.faults == []
    tried = ["GET status", "GET rules", "POST commits", "POST refs"]
    assert proxy.asked() == [each for request in tried for each in (request, request)]
    assert ada.held() == {"site": 30}


def test_it_waits_as_long_as_the_server_says(
    ada: Commissioner, site: dict[str, str], proxy: Proxy
) -> None:
    ada.write(site)
    proxy.fail("/commits", answer(503, Retry_After="2"))
    started = time.monotonic()
    done = ada.sync()
    assert time.monotonic() - started >= 2
    assert "Trying again in 2 s" in done.err


def test_a_wait_that_is_too_long_ends_the_sync(
    ada: Commissioner, site: dict[str, str], proxy: Proxy
) -> None:
    ada.write(site)
    proxy.fail("/commits", answer(503, Retry_After="86400"))
    assert ada.sync().code == 4
    assert ada.sync().code == 0
    assert ada.held() == {"site": 30}


@pytest.mark.parametrize("fault", [CUT, LOST_ANSWER, answer(503, **NOW)])
def test_what_was_cut_off_is_resumed(
    ada: Commissioner, site: dict[str, str], proxy: Proxy, fault: Fault
) -> None:
    ada.write(site, batch_size=10, max_retries=0)
    proxy.fail("/commits", fault)
    first = ada.sync()
    assert first.code == 4
    assert "resumes" in first.err
    proxy.seen.clear()
    (result,) = ada.sync().results
    arrived = 10 if fault.arrives else 0
    assert (result["found"], result["total_commits"]) == (30 - arrived, 30)
    assert len(_pushed(proxy)) == 3 - arrived // 10


def test_batches_that_are_too_large_are_halved(
    ada: Commissioner, site: dict[str, str], proxy: Proxy
) -> None:
    ada.write(site)
    proxy.fail("/commits", answer(413), answer(413))
    done = ada.sync()
    assert (done.code, done.results[0]["inserted"]) == (0, 30)
    assert [len(body["commits"]) for body in _pushed(proxy)] == [30, 15, 7, 8, 15]
    assert ada.held() == {"site": 30}


def test_a_refused_commit_does_not_sink_the_others(
    ada: Commissioner, tmp_path: Path, proxy: Proxy
) -> None:
    """As a server sees a newer client, or an older one with a bug."""
    bad = run_git(Path(make_site(tmp_path / "odd", 3)["path"]), "rev-parse", "main~1").decode()
    ada.write({"path": str(tmp_path / "odd"), "git_url": "git@example.org:team/odd.git"})

    def spoil(body: bytes) -> bytes:
        if not body:
            return body
        sent = json.loads(gzip.decompress(body))
        for commit in sent.get("commits", []):
            if commit["sha"] == bad.strip():
                commit["additions"] = -1
        return gzip.compress(json.dumps(sent).encode())

    proxy.spoil = spoil
    done = ada.sync()
    (result,) = done.results
    assert (done.code, result["inserted"]) == (1, 2)
    (refused,) = result["refused"]
    assert (refused["sha"], refused["field"]) == (bad.strip(), "additions")
    assert refused["reason"] in done.err
    # The walk passes it, and --full tries it again.
    (again,) = ada.sync().results
    assert (again["found"], again["total_commits"]) == (0, 2)
    proxy.spoil = bytes
    (full,) = ada.sync("--full").results
    assert (full["found"], full["inserted"], full["total_commits"]) == (3, 1, 3)


def test_a_dry_run_sends_nothing(ada: Commissioner, site: dict[str, str], proxy: Proxy) -> None:
    ada.write(site)
    done = ada.run("sync", "--dry-run")
    assert done.out == "site  30 commits would be sent (0 in the league)\n"
    assert proxy.asked() == ["GET status"]
    assert ada.held() == {}


def test_prune_takes_back_what_a_force_push_left(ada: Commissioner, site: dict[str, str]) -> None:
    path = Path(site["path"])
    ada.write(site)
    ada.sync()
    run_git(path, "update-ref", "refs/heads/main", _commit_on(path, "main~3"))
    (result,) = ada.sync().results
    assert (result["inserted"], result["total_commits"]) == (1, 31)
    gone = int(run_git(path, "rev-list", "--count", "main", "--not", "main~1")) + 2
    (result,) = ada.sync("--prune").results
    assert result["pruned"] == gone == 3
    assert ada.held() == {"site": 28}


def test_prune_keeps_what_another_branch_holds(ada: Commissioner, site: dict[str, str]) -> None:
    path = Path(site["path"])
    run_git(path, "update-ref", "refs/heads/feature", _commit_on(path, "main"))
    ada.write({**site, "branches": ["*"]})
    assert ada.sync().results[0]["inserted"] == 31
    ada.write(site)
    (result,) = ada.sync("--prune").results
    assert (result["pruned"], result["total_commits"]) == (0, 31)


def test_what_is_not_published_yet_is_told(ada: Commissioner, site: dict[str, str]) -> None:
    clone = Path(site["path"]).with_name("clone")
    run_git(clone.parent, "clone", "-q", site["path"], str(clone))
    run_git(clone, "update-ref", "refs/heads/main", _commit_on(clone, "main"))
    ada.write({**site, "path": str(clone)})
    done = ada.run("sync")
    assert "30 commits sent" in done.out
    assert "1 commit of your own branch not pushed to origin yet" in done.err


def test_a_proxy_does_not_see_the_key_on_its_way_to_this_machine(
    ada: Commissioner, site: dict[str, str]
) -> None:
    ada.write(site)
    with socket.create_server(("127.0.0.1", 0)) as eavesdropper:
        eavesdropper.settimeout(0)
        address = f"http://127.0.0.1:{eavesdropper.getsockname()[1]}"
        done = ada.run("sync", http_proxy=address, HTTP_PROXY=address, ALL_PROXY=address)
        assert done.code == 0, done.err
        with pytest.raises(BlockingIOError):
            eavesdropper.accept()


def test_thousands_of_branches_are_no_trouble(ada: Commissioner, site: dict[str, str]) -> None:
    path = Path(site["path"])
    sha = run_git(path, "rev-parse", "main").decode().strip()
    refs = [f"{sha} refs/heads/b{number:05}\n" for number in range(10_001)]
    (path / ".git" / "packed-refs").write_text("".join(refs))
    assert run_git(path, "for-each-ref", "refs/heads/").count(b"\n") == 10_002
    ada.write({**site, "branches": ["*"]})
    assert ada.sync("--prune").results[0]["inserted"] == 30


def test_one_that_fails_does_not_stop_the_others(
    ada: Commissioner, site: dict[str, str], tmp_path: Path
) -> None:
    empty = {"path": str(make_repository(tmp_path / "empty")), "git_url": "https://x.org/empty"}
    nowhere = {"path": "nowhere", "git_url": "https://x.org/nowhere"}
    ada.write(nowhere, empty, site)
    done = ada.sync()
    assert done.code == 1
    assert [(result["repo"], result["ok"]) for result in done.results] == [
        ("nowhere", False),
        ("empty", False),
        ("site", True),
    ]
    assert "There is nothing at" in done.err
    assert "no commit yet" in done.err


def test_a_repository_by_name(ada: Commissioner, site: dict[str, str], tmp_path: Path) -> None:
    ada.write(site, make_site(tmp_path / "other", 3))
    assert [result["repo"] for result in ada.sync("--repo", "other").results] == ["other"]
    wrong = ada.sync("--repo", "oter")
    assert (wrong.code, "site, other" in wrong.err) == (2, True)


def test_without_write_repos_a_new_repository_says_what_to_do(
    ada: Commissioner, server: Server, site: dict[str, str]
) -> None:
    ada = ada._replace(key=make_key(server, ada.project_id, "sync:commits"))
    ada.write(site)
    done = ada.sync()
    assert done.code == 1
    assert "write:repos" in done.err


def test_a_pulled_repository_says_how_to_migrate(
    ada: Commissioner, server: Server, site: dict[str, str]
) -> None:
    repo = {"git_url": site["git_url"], "sync_method": "pull_celery"}
    server.ask("POST", f"/projects/{ada.project_id}/repos", **repo)
    ada.write(site)
    done = ada.sync()
    assert done.code == 1
    assert "migrate_repos_to_push.py" in done.err
    assert "pulled by the server" in ada.run("status").out
    assert ada.run("--json", "status").results[0]["sync_method"] == "pull_celery"


def test_no_password_leaves_the_machine(
    ada: Commissioner, site: dict[str, str], proxy: Proxy
) -> None:
    path = Path(site["path"])
    run_git(path, "remote", "add", "origin", "https://ada:hunter2@example.org/team/site.git")
    ada.write(
        {"path": str(path)}, {**site, "git_url": "https://hunter2@example.org/x/y", "name": "y"}
    )
    done = ada.sync()
    assert done.code == 0
    everything = (
        done.out
        + done.err
        + "".join(
            f"{seen.path}{seen.headers}{seen.body and gzip.decompress(seen.body)!r}"
            for seen in proxy.seen
        )
    )
    assert "hunter2" not in everything


def test_two_at_once_end_with_all_commits_once(ada: Commissioner, tmp_path: Path) -> None:
    ada.write(make_site(tmp_path / "large", 150), batch_size=25)
    with ThreadPoolExecutor(3) as threads:
        codes = [done.code for done in threads.map(lambda _: ada.sync(), range(3))]
    assert codes == [0, 0, 0]
    assert ada.held() == {"large": 150}


def test_ctrl_c_ends_it_and_the_next_goes_on(
    ada: Commissioner, site: dict[str, str], proxy: Proxy
) -> None:
    ada.write(site, batch_size=5)
    with proxy.gated() as gate, ada.start("sync") as run:
        wait_until(gate.reached.is_set, "a push is on its way")
        run.send_signal(signal.SIGINT)
        _, said = run.communicate()  # it does not wait for the answer
    assert run.returncode == 130, said
    assert b"goes on where it stopped" in said
    assert ada.sync().code == 0
    assert ada.held() == {"site": 30}


def test_the_key_is_sent_over_a_network_only_encrypted(
    ada: Commissioner, site: dict[str, str]
) -> None:
    ada.write(site, api_url="http://league.invalid")
    done = ada.sync()
    assert done.code == 2
    assert "not encrypted" in done.err
    assert ada.sync("--insecure").code == 4  # asked for, and not there
