"""Awards and plays as an Atom feed (RFC 4287)."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from xml.etree import ElementTree as ET

from gitleague_client.rules.score import IMPACT_UNIT

from gitleague.league.awards.names import name_of
from gitleague.league.awards.shelf import AwardRow
from gitleague.league.markup import clean
from gitleague.projects.leagues import ProjectRow

MEDIA_TYPE = "application/atom+xml; charset=utf-8"


def atom(project: ProjectRow, awards: Sequence[AwardRow], *, public_url: str) -> bytes:
    feed = ET.Element("feed", {"xmlns": "http://www.w3.org/2005/Atom"})
    _add(feed, "id", f"urn:uuid:{project.id}")
    _add(feed, "title", f"{project.name}: awards and plays")
    _add(feed, "updated", _moment(changed_at(project, awards)))
    place = f"{public_url}/api/v1/projects/{project.id}/feed.atom"
    ET.SubElement(feed, "link", {"rel": "self", "href": place})
    ET.SubElement(feed, "link", {"href": f"{public_url}/projects/{project.id}"})
    _add(feed, "generator", "The Git League")
    for award in awards:
        _entry(feed, project, award, public_url)
    made: bytes = ET.tostring(feed, encoding="utf-8", xml_declaration=True)
    return made


def changed_at(project: ProjectRow, awards: Sequence[AwardRow]) -> datetime:
    return max((award.given_at for award in awards), default=project.created_at)


def _entry(feed: ET.Element, project: ProjectRow, award: AwardRow, public_url: str) -> None:
    entry = ET.SubElement(feed, "entry")
    # One of each kind begins on a day: the entry stays the same when an award is given anew.
    named = uuid.uuid5(project.id, f"{award.kind}:{award.first}")
    _add(entry, "id", f"urn:uuid:{named}")
    _add(entry, "title", f"{name_of(award.kind)}: {award.player_name}")
    _add(entry, "updated", _moment(award.given_at))
    _add(ET.SubElement(entry, "author"), "name", award.player_name)
    ET.SubElement(entry, "link", {"href": f"{public_url}/players/{award.player_id}"})
    ET.SubElement(entry, "category", {"term": award.kind})
    _add(entry, "summary", _summary(award))


def _summary(award: AwardRow) -> str:
    days = f"{award.first}" if award.first == award.last else f"{award.first} to {award.last}"
    score = f"{award.score / IMPACT_UNIT:,.1f}"
    if award.sha is None:
        return f"{days}. Score {score}."
    title, repo = award.working.get("title", ""), award.working.get("repo", "")
    return f"{days}. {title} ({repo}, {award.sha[:10]}). Impact {score}."


def _add(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, name).text = clean(text)


def _moment(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
