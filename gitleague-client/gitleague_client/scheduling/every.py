"""How often a clock starts a sync, in the words of each clock."""

from __future__ import annotations

from enum import Enum


class Every(str, Enum):
    HOURLY = "hourly"
    DAILY = "daily"
    QUARTER = "15min"


# Not on the hour, when every other job in the world starts.
CRON = {Every.HOURLY: "17 * * * *", Every.DAILY: "17 5 * * *", Every.QUARTER: "*/15 * * * *"}
CALENDAR = {Every.HOURLY: "hourly", Every.DAILY: "daily", Every.QUARTER: "*:0/15"}
