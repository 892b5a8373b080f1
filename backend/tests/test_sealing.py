"""Secrets at rest."""

import pytest
from gitleague.core.sealing import BrokenSealError, Sealer
from gitleague.core.settings import Settings


def sealer(key: str = "k" * 32) -> Sealer:
    return Sealer(Settings(_env_file=None, secret_key=key))


def test_what_is_sealed_can_be_opened_and_not_read():
    sealed = sealer().seal("whsec_\u00e4", place="webhook:1")
    assert "whsec" not in sealed
    assert sealer().unseal(sealed, place="webhook:1") == "whsec_\u00e4"
    assert sealer().seal("whsec_\u00e4", place="webhook:1") != sealed


@pytest.mark.parametrize("sealed", ["", "v1:", "v1:AAAA", "nonsense", "v1:" + "A" * 80])
def test_what_was_never_sealed(sealed):
    with pytest.raises(BrokenSealError):
        sealer().unseal(sealed, place="webhook:1")


def test_it_belongs_to_one_place_and_one_key():
    sealed = sealer().seal("secret", place="webhook:1")
    with pytest.raises(BrokenSealError):
        sealer().unseal(sealed, place="webhook:2")
    with pytest.raises(BrokenSealError):
        sealer("q" * 32).unseal(sealed, place="webhook:1")


def test_what_an_earlier_key_sealed_can_be_opened_and_sealed_anew():
    old, new = "o" * 32, "n" * 32
    sealed = sealer(old).seal("secret", place="repo:1")
    both = Sealer(Settings(_env_file=None, secret_key=new, old_secret_keys=f"{'x' * 32}, {old}"))
    assert both.unseal(sealed, place="repo:1") == "secret"
    assert not both.is_current(sealed, place="repo:1")
    assert both.is_current(both.seal("secret", place="repo:1"), place="repo:1")
