"""Suggested file names: safe on every system, made from titles that people wrote."""

import re
import unicodedata

LONGEST = 80
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?=\.|$)", re.IGNORECASE)  # devices on Windows


def slug(title: str, otherwise: str = "optlab") -> str:
    """`title` in 1 to 80 of `A-Za-z0-9._-`; `otherwise` where nothing of it is left."""
    plain = unicodedata.normalize("NFKD", title)
    words = re.sub(r"[^A-Za-z0-9._-]+", "-", "".join(c for c in plain if not unicodedata.combining(c)))
    name = re.sub(r"-*\.[-.]*", ".", re.sub(r"-{2,}", "-", words)).strip(".-")[:LONGEST].rstrip(".-")
    return _RESERVED.sub(r"\g<0>_", name, count=1) if _RESERVED.match(name) else name or otherwise
