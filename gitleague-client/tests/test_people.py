"""Who is a player, who is a machine, and who is named in a message."""

import pytest
from gitleague_client.rules.people import address_of, is_assistant, is_bot
from gitleague_client.rules.trailers import Reference, Relation, coauthors_in, references_in
from hypothesis import given
from hypothesis import strategies as st

SHA = "1234567890abcdef1234567890abcdef12345678"
HIDDEN = "users.noreply.github.com"


@pytest.mark.parametrize(
    ("name", "email"),
    [
        ("dependabot[bot]", f"49699333+dependabot[bot]@{HIDDEN}"),
        ("Dependabot", "support@example.com"),
        ("dependabot-preview[bot]", "x@example.com"),
        ("anything", f"1+anything[BOT]@{HIDDEN}"),
        ("renovate", ""),
        ("Renovate Bot", "bot@renovateapp.com"),
        ("renovate-bot", "x@example.com"),
        ("github-actions", "x@example.com"),
        ("GitHub Actions", "actions@github.com"),
        ("github-actions[bot]", "x@example.com"),
        ("gitlab-bot", "x@example.com"),
        ("pre-commit-ci", "x@example.com"),
        ("semantic-release-bot", "x@example.com"),
        ("Travis CI", "x@example.com"),
        (" Jenkins ", "x@example.com"),
        ("release-please", "x@example.com"),
        ("Our Own Bot", "x@example.com"),
        ("our-own-bot", "x@example.com"),
    ],
)
def test_a_bot_is_known_by_its_name_or_address(name: str, email: str):
    assert is_bot(name, email)


@pytest.mark.parametrize(
    ("name", "email"),
    [
        ("Ada Lovelace", "ada@example.com"),
        ("", ""),
        ("Robot Smith", "robot@example.com"),
        ("Jane Talbot", "jane@talbot.example.com"),
        ("Abbot", "abbot@example.com"),
        ("Bottas", "bot@example.com"),
        ("Travis Smith", "travis@example.com"),
        ("Jenkins Smith", "jenkins@example.com"),
        ("Claude Monet", "claude@example.com"),
        ("bot", "bots@example.com"),
    ],
)
def test_a_human_is_no_bot(name: str, email: str):
    assert not is_bot(name, email)


@pytest.mark.parametrize(
    ("name", "email"),
    [
        ("Claude", "noreply@anthropic.com"),
        ("Claude Opus 4.5", "noreply@anthropic.com"),
        ("Claude Code", "ada@example.com"),
        ("claude-code", ""),
        ("Claude Sonnet 4", "claude@example.com"),
        ("Claude", ""),
        ("Claude", "no-reply@example.com"),
        ("claude[bot]", f"209825114+claude[bot]@{HIDDEN}"),
        ("Anything", "NoReply@Anthropic.com"),
        ("Copilot", f"175728472+Copilot@{HIDDEN}"),
        ("copilot-swe-agent[bot]", f"198982749+Copilot@{HIDDEN}"),
        ("GitHub Copilot", "copilot@github.com"),
        ("Anything", "copilot@github.com"),
        ("Cursor Agent", "cursoragent@cursor.com"),
        ("Cursor", "cursoragent@cursor.com"),
        ("aider (gpt-4o)", "aider@aider.chat"),
        ("aider", "noreply@aider.chat"),
        ("Codex", "codex@openai.com"),
        ("OpenAI Codex", "noreply@openai.com"),
        ("ChatGPT", "x@example.com"),
        ("Gemini CLI", "x@example.com"),
        ("gemini-code-assist[bot]", f"176961590+gemini-code-assist[bot]@{HIDDEN}"),
        ("Devin AI", f"158243242+devin-ai-integration[bot]@{HIDDEN}"),
        ("google-labs-jules[bot]", f"161369871+google-labs-jules[bot]@{HIDDEN}"),
        ("Jules", ""),
        ("Amazon Q Developer", "x@example.com"),
        ("Windsurf", "x@example.com"),
    ],
)
def test_an_assistant_is_no_player(name: str, email: str):
    assert is_assistant(name, email)


@pytest.mark.parametrize(
    ("name", "email"),
    [
        ("Claude", "claude@example.com"),
        ("Claude", f"123+claude@{HIDDEN}"),
        ("Claude Monet", "claude.monet@example.com"),
        ("Claude Monet", f"monet@{HIDDEN}"),
        ("Claude-Emmanuel Dupont", "ced@example.com"),
        ("Claude-Alain", "ca@example.com"),
        ("Claudette Colbert", ""),
        ("Jean-Claude", ""),
        ("Devin", "devin@example.com"),
        ("Devin Booker", ""),
        ("Jules", "jules@example.com"),
        ("Jules Verne", ""),
        ("Gemini Rossi", "gemini@example.com"),
        ("Amp", "amp@example.com"),
        ("Ada Lovelace", "ada@anthropic.com"),
        ("Grace Hopper", "grace@openai.com"),
        ("Linus", "linus@cursor.com"),
        ("Paul", "paul@aider.chat"),
        ("Ada", "noreply@example.com"),
        ("Ada", "noreply@notanthropic.com"),
        ("", ""),
    ],
)
def test_a_human_of_the_same_name_or_house_is_a_player(name: str, email: str):
    assert not is_assistant(name, email)


@pytest.mark.parametrize(
    ("email", "address"),
    [
        ("ada@example.com", "ada@example.com"),
        ("  Ada@Example.COM ", "ada@example.com"),
        ("ada+league@example.com", "ada+league@example.com"),
        (f"123+Ada@{HIDDEN}", f"ada@{HIDDEN}"),
        (f"Ada@{HIDDEN}", f"ada@{HIDDEN}"),
        ("123-ada@users.noreply.gitlab.com", "ada@users.noreply.gitlab.com"),
        (f"123-ada@{HIDDEN}", f"123-ada@{HIDDEN}"),
        ("123+ada@example.com", "123+ada@example.com"),
        ("7-ada@users.noreply.codeberg.org", "7-ada@users.noreply.codeberg.org"),
        ("", ""),
        ("ada", ""),
        ("ada@localhost", "ada@localhost"),
        ("root@localhost", ""),
        ("none@none", ""),
        ("NoReply@GitHub.com", ""),
        ("unknown@unknown.local", ""),
        ("a" * 400 + "@example.com", ""),
    ],
)
def test_an_address_joins_its_spellings_and_is_nobodys_where_tools_wrote_it(
    email: str, address: str
):
    assert address_of(email) == address


@given(name=st.text(), email=st.text())
def test_any_name_and_address_has_answers(name: str, email: str):
    assert isinstance(is_bot(name, email), bool)
    assert isinstance(is_assistant(name, email), bool)
    assert address_of(address_of(email)) == address_of(email)


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("Co-authored-by: Grace <grace@example.com>", [("Grace", "grace@example.com")]),
        ("CO-AUTHORED-BY:Grace<g@x>", [("Grace", "g@x")]),
        ("Co-developed-by: Grace <g@x>", [("Grace", "g@x")]),
        ("  \tCo-authored-by:\t Grace \t <  g@x >", [("Grace", "g@x")]),
        ("Co-authored-by: <g@x>", [("", "g@x")]),
        ("Co-authored-by: Grace <>", [("Grace", "")]),
        ("Co-authored-by: Zoë 🏀 <zoë@éx.com>\r\nx", [("Zoë 🏀", "zoë@éx.com")]),
        ("Co-authored-by: A <a@x>\nCo-authored-by: B <b@x>", [("A", "a@x"), ("B", "b@x")]),
        ("Co-authored-by: A <a@x>\n\nCo-authored-by: A <a@x>", [("A", "a@x")]),
        ("Co-authored-by: A <a@x>\n\nmore text\n", [("A", "a@x")]),
        ("Co-authored-by: A <a@x> and B <b@x>", [("A", "a@x")]),
        ("Co-authored-by: Grace", []),
        ("Co-authored-by: Grace\n<g@x>", []),
        ("Co-authored-by: Grace <g@x", []),
        ("> Co-authored-by: Quoted <q@x>", []),
        ("Not Co-authored-by: Grace <g@x>", []),
        ("Signed-off-by: Grace <g@x>", []),
        ("Reviewed-by: Grace <g@x>", []),
        ("", []),
    ],
)
def test_co_authors_are_read_from_their_trailers(message: str, expected: list[tuple[str, str]]):
    assert coauthors_in(message) == expected


FIXES, REVERTS = Relation.FIXES, Relation.REVERTS


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (f"Fixes: {SHA}", [(FIXES, SHA)]),
        ('fixes: 1234567 ("A title")', [(FIXES, "1234567")]),
        ("Fixes: commit 1234567", [(FIXES, "1234567")]),
        ("Fixes: ABCDEF01", [(FIXES, "abcdef01")]),
        ("Fixes: 1234567\nFixes: 7654321", [(FIXES, "1234567"), (FIXES, "7654321")]),
        ("Fixes: 1234567\nFixes: 1234567", [(FIXES, "1234567")]),
        (f"Fixes: {'a' * 64}", [(FIXES, "a" * 64)]),
        (f"Fixes: {'a' * 65}", []),
        ("Fixes: 123456", []),
        ("Fixes: 12345678g", []),
        ("Fixes: #1234567", []),
        ("Fixes 1234567", []),
        ("It fixes: 1234567", []),
        (f"This reverts commit {SHA}.", [(REVERTS, SHA)]),
        (f"This reverts commit\n{SHA}.", [(REVERTS, SHA)]),
        (f"(This Reverts Commit {SHA})", [(REVERTS, SHA)]),
        ("This reverts commit 1234567, reversing\nchanges.", [(REVERTS, "1234567")]),
        ("This reverts commits 1234567", []),
        (
            "This reverts commit 1234567.\n\nFixes: 1234567",
            [(FIXES, "1234567"), (REVERTS, "1234567")],
        ),
        ("", []),
    ],
)
def test_other_commits_are_read_from_the_message(
    message: str, expected: list[tuple[Relation, str]]
):
    assert references_in(message) == [Reference(*found) for found in expected]


@given(message=st.text())
def test_any_message_names_people_and_commits_or_none(message: str):
    for name, email in coauthors_in(message):
        assert not {"\n", "<", ">"} & {*name, *email}
    for reference in references_in(message):
        assert 7 <= len(reference.sha) <= 64
        assert int(reference.sha, 16) >= 0
