"""The list of faults fits the code: a line that changed is changed there too."""

from pathlib import Path

import pytest
from faults import ROOT, Fault, faults


def test_there_are_as_many_as_were_promised() -> None:
    assert len(faults()) >= 40
    assert {fault.package for fault in faults()} == {"backend", "gitleague-client"}


@pytest.mark.parametrize(
    "fault", faults(), ids=lambda fault: f"{Path(fault.file).name}: {fault.line}"
)
def test_it_can_be_put_in(fault: Fault) -> None:
    sound = (ROOT / fault.file).read_text(encoding="utf-8")
    faulty = fault.put_into(sound)
    compile(faulty, fault.file, "exec")
    assert faulty != sound
    assert [path for path in fault.tests if not (ROOT / path).exists()] == []
