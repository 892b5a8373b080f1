"""Text that others wrote, for XML: what XML does not know, and what turns lines around, is gone."""

import re

_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TURNS_AROUND = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def clean(text: str) -> str:
    return _TURNS_AROUND.sub("", _NO_XML.sub("\ufffd", text))
