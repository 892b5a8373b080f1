"""What `schedule` prints and puts in place is run by what it is meant for, where that is here."""

import configparser
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import Commissioner
from installed import Installed, install

AWKWARD = ["plain", "two words", '100% "Ada\'s" $HOME;#', r"back\slash \\ \%", "é ü"]
MARK = "# gitleague-client schedule"
# The crontab of whoever runs the tests is theirs: this one keeps its lines in a file beside it.
CRONTAB = """\
#!/bin/sh
case $1 in
-l) cat "$0.lines" 2>/dev/null || { echo "no crontab for ada" >&2; exit 1; } ;;
-) cat >"$0.lines" ;;
esac
"""


@pytest.fixture(params=AWKWARD)
def installed(request: pytest.FixtureRequest, tmp_path: Path) -> Installed:
    return install(tmp_path / request.param)


@pytest.fixture
def simple(tmp_path: Path) -> Installed:
    return install(tmp_path / "league")


class Crontab:
    def __init__(self, folder: Path, script: str = CRONTAB) -> None:
        folder.mkdir()
        self.path = f"{folder}{os.pathsep}{os.environ['PATH']}"
        self.lines = folder / "crontab.lines"
        (folder / "crontab").write_text(script)
        (folder / "crontab").chmod(0o755)


@pytest.fixture
def crontab(tmp_path: Path) -> Crontab:
    return Crontab(tmp_path / "bin")


def run_as_cron_does(line: str) -> subprocess.CompletedProcess[bytes]:
    """Without environment and folder; a `%` after a backslash is one, any other ends the line."""
    command = line.split(" ", 5)[5]
    assert not re.search(r"(?<!\\)%", command)
    plain = command.replace("\\%", "%")
    return subprocess.run(["sh", "-c", plain], cwd="/", env={}, capture_output=True, check=False)


def test_the_line_of_cron_works(installed: Installed) -> None:
    done = installed.schedule("cron")
    assert (done.code, done.out.count("\n")) == (0, 1)
    assert "crontab -e" in done.err
    installed.stand_in()
    assert run_as_cron_does(done.out.strip()).stderr == b""
    assert installed.called() == installed.scheduled


@pytest.mark.parametrize(
    ("every", "when"),
    [("hourly", "17 * * * *"), ("daily", "17 5 * * *"), ("15min", "*/15 * * * *")],
)
def test_how_often(simple: Installed, every: str, when: str) -> None:
    assert simple.schedule("cron", "--every", every).out.startswith(f"{when} /")


def test_crontab_keeps_all_other_lines(simple: Installed, crontab: Crontab) -> None:
    others = b"# \xe9t\xe9\r\nMAILTO=ada\n\n0 0 * * * backup\n"
    crontab.lines.write_bytes(others)
    assert simple.schedule("cron", "--install", PATH=crontab.path).code == 0
    hourly = crontab.lines.read_bytes()
    assert hourly.startswith(others)
    crontab.lines.write_bytes(hourly + b"1 1 * * * later")
    done = simple.schedule("cron", "--install", "--every", "daily", PATH=crontab.path)
    assert (done.code, done.out) == (0, "your crontab is up to date.\n")
    daily = simple.schedule("cron", "--every", "daily").out.encode()
    assert crontab.lines.read_bytes() == others + daily + b"1 1 * * * later\n"


def test_installing_twice_is_installing_once(simple: Installed, crontab: Crontab) -> None:
    simple.schedule("cron", "--install", PATH=crontab.path)
    once = crontab.lines.read_text()
    crontab.lines.write_text(once * 3)
    simple.schedule("cron", "--install", PATH=crontab.path)
    assert crontab.lines.read_text() == once == simple.schedule("cron").out


def test_a_crontab_that_cannot_be_read_is_not_written(simple: Installed, tmp_path: Path) -> None:
    refusing = Crontab(tmp_path / "no", CRONTAB.replace("no crontab for ada", "you may not"))
    done = simple.schedule("cron", "--install", PATH=refusing.path)
    assert done.code == 1
    assert "`crontab -l` failed: you may not" in done.err
    assert f"with `crontab -e`: {simple.schedule('cron').out}" in done.err
    assert not refusing.lines.exists()


def test_a_crontab_that_refuses_the_line(simple: Installed, tmp_path: Path) -> None:
    refusing = Crontab(tmp_path / "no", CRONTAB.replace('cat >"$0.lines"', "exit 3"))
    done = simple.schedule("cron", "--install", PATH=refusing.path)
    assert (done.code, "`crontab -` failed: exit code 3" in done.err) == (1, True)


def test_without_crontab_there_is_a_remedy(simple: Installed, tmp_path: Path) -> None:
    done = simple.schedule("cron", "--install", PATH=str(tmp_path / "nowhere"))
    assert (done.code, done.out) == (1, "")
    assert "There is no `crontab` on this machine." in done.err
    assert "gitleague-client schedule systemd --install" in done.err


def units(folder: Path) -> list[Path]:
    found = folder / "systemd" / "user"
    return [found / "gitleague-sync.service", found / "gitleague-sync.timer"]


def test_systemd_takes_the_units(installed: Installed, tmp_path: Path) -> None:
    config = tmp_path / "config"
    done = installed.schedule("systemd", "--install", XDG_CONFIG_HOME=str(config))
    assert done.code == 0
    assert "systemctl --user enable --now gitleague-sync.timer" in done.err
    assert done.out == "".join(f"{unit} is up to date.\n" for unit in units(config))
    installed.stand_in()
    if shutil.which("systemd-analyze"):
        # It also says whether the program of ExecStart is there.
        verify = ["systemd-analyze", "verify", "--man=no", *units(config)]
        checked = subprocess.run(verify, capture_output=True, check=False)
        assert (checked.returncode, checked.stderr) == (0, b"")
    subprocess.run(as_systemd_does(units(config)[0]), env={}, cwd="/", check=False)
    assert installed.called() == installed.scheduled


def as_systemd_does(service: Path) -> list[str]:
    """The words of ExecStart, by the rules of systemd.service(5)."""
    parser = configparser.ConfigParser(interpolation=None)
    parser.read(service)
    line = parser["Service"]["ExecStart"]
    words = re.findall(r'"((?:[^"\\]|\\.)*)"|(\S+)', line)
    plain = [re.sub(r"\\(.)", r"\1", quoted) or bare for quoted, bare in words]
    assert not any(re.search(r"(?<!%)(%%)*%(?!%)", word) for word in plain)
    program, *arguments = [word.replace("%%", "%") for word in plain]
    return [program, *(argument.replace("$$", "$") for argument in arguments)]


@pytest.mark.parametrize(
    ("every", "calendar"), [("hourly", "hourly"), ("daily", "daily"), ("15min", "*:0/15")]
)
def test_the_timer_is_one(simple: Installed, tmp_path: Path, every: str, calendar: str) -> None:
    for _ in range(2):
        done = simple.schedule(
            "systemd", "--install", "--every", every, XDG_CONFIG_HOME=str(tmp_path)
        )
        assert done.code == 0
    parser = configparser.ConfigParser()
    parser.read(units(tmp_path)[1])
    assert parser["Timer"]["OnCalendar"] == calendar
    assert parser["Install"]["WantedBy"] == "timers.target"
    if shutil.which("systemd-analyze"):
        subprocess.run(["systemd-analyze", "calendar", calendar], check=True)


def test_units_are_printed_with_their_place(simple: Installed) -> None:
    done = simple.schedule("systemd", XDG_CONFIG_HOME="")
    for unit in units(simple.folder / ".config"):
        assert f"# {unit}\n{MARK}\n[Unit]\n" in done.out
        assert not unit.exists()


def test_a_foreign_unit_stays(simple: Installed, tmp_path: Path) -> None:
    service, timer = units(tmp_path)
    service.parent.mkdir(parents=True)
    timer.write_text("[Timer]\n")
    done = simple.schedule("systemd", "--install", XDG_CONFIG_HOME=str(tmp_path))
    assert (done.code, f"{timer} was made by somebody else" in done.err) == (1, True)
    assert (timer.read_text(), service.exists()) == ("[Timer]\n", False)


def test_a_folder_that_cannot_be_written(simple: Installed, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = simple.schedule("systemd", "--install", XDG_CONFIG_HOME=str(tmp_path / "file"))
    assert done.code == 1
    assert "put in place by hand what it prints" in done.err


def test_a_path_that_no_schedule_can_hold(tmp_path: Path) -> None:
    done = install(tmp_path / "two\nlines").schedule("cron")
    assert (done.code, done.out) == (1, "")
    assert "No schedule can hold the path" in done.err


def test_as_a_module_it_is_started_as_one(simple: Installed) -> None:
    module = Commissioner(simple.folder, None, "", "", "")  # type: ignore[arg-type]
    line = module.run("schedule", "cron", "--json").results[0]["snippet"]
    config = simple.folder / "repos.yaml"
    python = os.path.normpath(sys.executable)
    assert f" {python} -m gitleague_client --config {config} --quiet sync " in line
    assert run_as_cron_does(line).returncode == 3  # the key is none


def test_without_a_configuration_there_is_nothing_to_schedule(simple: Installed) -> None:
    simple.config.unlink()
    assert simple.schedule("cron").code == 2


@pytest.mark.parametrize("arguments", [[], ["carrier-pigeon"], ["cron", "--every", "minute"]])
def test_wrong_use(simple: Installed, arguments: list[str]) -> None:
    assert simple.schedule(*arguments).code == 2
