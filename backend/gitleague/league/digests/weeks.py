"""When a week is told: on Tuesday at nine in the league's time zone.

Its awards wait as long for those who push late.
"""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

AFTER = timedelta(days=2, hours=9)  # from the beginning of a week's last day


def week_told_at(moment: datetime, zone: ZoneInfo) -> date:
    """The last day of the newest week whose time to be told has come."""
    ended = moment.astimezone(zone).replace(tzinfo=None) - AFTER
    return ended.date() - timedelta(days=(ended.weekday() + 1) % 7)
