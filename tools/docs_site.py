"""What `make docs` adds to the pages of docs/: those that stand elsewhere or are made from code.

A hook of MkDocs; its functions are named as MkDocs calls them.
"""

import json
import os
import re
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parents[1]
ELSEWHERE = {"architecture.md": "ARCHITECTURE.md", "security.md": "SECURITY.md"}
MADE = {
    **{ROOT / path: name for name, path in ELSEWHERE.items()},
    ROOT / "docs" / "decisions": "decisions.md",
    ROOT / "docs" / "openapi.json": "api.md",
}
API = """# The API

Every route needs `Authorization: Bearer` with an API key or a token, but for those that sign
somebody in. Errors are `application/problem+json`; see [errors](errors.md). Lists answer `items`,
`total`, `page` and `pages`. The whole description, with every field, is `/api/v1/openapi.json` of
your server.

"""
LINK = re.compile(r"\[([^\]]+)\]\(([^)#\s]+)(#[^)\s]*)?\)")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    made = {"api.md": api_page(), "decisions.md": decisions_page()}
    for name, path in ELSEWHERE.items():
        made[name] = within_docs((ROOT / path).read_text(encoding="utf-8"))
    for name, text in made.items():
        files.append(File.generated(config, name, content=text))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """A link that leaves the pages names a file of the checkout, and is shown as that."""
    docs = Path(config.docs_dir)

    def mended(link: re.Match[str]) -> str:
        words, target, _ = link.groups()
        if "://" in target:
            return link[0]
        place = (docs / page.file.src_uri).parent / target
        made = MADE.get(place.resolve())
        if made:
            return f"[{words}]({os.path.relpath(docs / made, (docs / page.file.src_uri).parent)})"
        inside = place.resolve().is_relative_to(docs) or files.get_file_from_path(target)
        return link[0] if inside else f"{words} (`{place.resolve().relative_to(ROOT)}`)"

    return LINK.sub(mended, markdown)


def within_docs(text: str) -> str:
    """A page of the root, as it stands among those of docs/."""

    def moved(link: re.Match[str]) -> str:
        words, target, anchor = link.groups()
        for name, path in ELSEWHERE.items():
            if target == path:
                return f"[{words}]({name}{anchor or ''})"
        if target.startswith("docs/") and target.endswith((".md", ".png")):
            return f"[{words}]({target.removeprefix('docs/')}{anchor or ''})"
        return link[0] if "://" in target else f"{words} (`{target}`)"

    return LINK.sub(moved, text)


def decisions_page() -> str:
    pages = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))
    titles = [page.read_text(encoding="utf-8").splitlines()[0].lstrip("# ") for page in pages]
    rows = [
        f"- [{title}](decisions/{page.name})" for title, page in zip(titles, pages, strict=True)
    ]
    return "# Decisions\n\nWhat was decided, why, and what it costs.\n\n" + "\n".join(rows) + "\n"


def api_page() -> str:
    """Every route of docs/openapi.json, by what it is about."""
    described = json.loads((ROOT / "docs" / "openapi.json").read_text(encoding="utf-8"))
    groups: dict[str, list[str]] = {}
    for path, methods in described["paths"].items():
        for method, route in methods.items():
            group = (route.get("tags") or ["server"])[0]
            groups.setdefault(group, []).append(row_of(method, path, route))
    tables = [
        f"## {group.capitalize()}\n\n| route | what it does | it takes |\n| --- | --- | --- |\n"
        + "\n".join(rows)
        for group, rows in groups.items()
    ]
    return API + "\n\n".join(tables) + "\n"


def row_of(method: str, path: str, route: dict[str, Any]) -> str:
    takes = [f"`{one['name']}`" for one in route.get("parameters", []) if one["in"] == "query"]
    if "requestBody" in route:
        takes.append("a body")
    what = " ".join(route.get("description", "").split()).replace("|", "\\|")
    return f"| `{method.upper()} {path}` | {what} | {', '.join(takes)} |"
