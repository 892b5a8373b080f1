"""What the routes of jobs give."""

import uuid
from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from gitleague.tables.jobs import JobState


class JobOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: uuid.UUID
    kind: Annotated[str, Field(description="What it does, for example `awards:give`.")]
    state: JobState
    progress: Annotated[int, Field(description="How much of it is done, in percent.")]
    tries: Annotated[int, Field(description="How often it was begun. After five it has failed.")]
    error: Annotated[str | None, Field(description="What went wrong when it was tried last.")]
    created_at: datetime
    finished_at: datetime | None
