"""Scans share their git processes: never more than `jobs`, and nobody waits for a glutton."""

import os
import threading
from pathlib import Path

from conftest import Commissioner, make_site
from gitleague_client.scan.jobs import Jobs
from waiting import SECONDS, wait_until

# Each one that begins counts those that still live, itself among them.
COUNTING_GIT = """\
#!/bin/sh
case " $* " in *" diff-tree "*)
    echo $$ >> {folder}/begun
    while read -r pid; do ! kill -0 "$pid" || echo "$pid"; done < {folder}/begun 2>/dev/null |
        wc -l >> {folder}/seen ;;
esac
exec {git} "$@"
"""


def taken(jobs: Jobs) -> threading.Thread:
    thread = threading.Thread(target=jobs.take, daemon=True)
    thread.start()
    return thread


def test_there_are_as_many_as_were_asked_for():
    jobs = Jobs(2)
    jobs.take()
    assert jobs.take_spare()
    assert not jobs.take_spare()
    jobs.give_back()
    assert jobs.take_spare()


def test_there_is_at_least_one():
    assert Jobs(0).take_spare()


def test_who_has_none_waits_until_one_is_free():
    jobs = Jobs(1)
    jobs.take()
    other = taken(jobs)
    wait_until(lambda: jobs._waiting, "the thread waits")
    other.join(0.05)
    assert other.is_alive()
    jobs.give_back()
    other.join(SECONDS)
    assert not other.is_alive()


def test_nobody_takes_a_second_one_before_who_has_none():
    jobs = Jobs(1)
    jobs.take()
    other = taken(jobs)
    wait_until(lambda: jobs._waiting, "the thread waits")
    jobs.give_back()
    assert not jobs.take_spare()
    other.join(SECONDS)
    assert not other.is_alive()


def test_all_repositories_of_a_sync_share_their_processes(ada: Commissioner, tmp_path: Path):
    names = ["large", *(f"small-{number}" for number in range(6))]
    sites = [make_site(tmp_path / name, 900 if name == "large" else 20) for name in names]
    ada.write(*sites, jobs=2)
    programs = tmp_path / "bin"
    programs.mkdir()
    git = programs / "git"
    real = next(Path(place, "git") for place in os.get_exec_path() if Path(place, "git").exists())
    git.write_text(COUNTING_GIT.format(git=real, folder=tmp_path / "counted"))
    git.chmod(0o755)
    (tmp_path / "counted").mkdir()
    done = ada.run("sync", "--json", PATH=f"{programs}:{os.environ['PATH']}")
    assert done.code == 0, done.err
    assert {result["repo"]: result["inserted"] for result in done.results} == ada.held()
    seen = [int(line) for line in (tmp_path / "counted" / "seen").read_text().split()]
    assert max(seen) == 2
