"""A workbook's bytes without a clock: the same content packed again always gives the same file."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any

_STAMP = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</dcterms:\2>)")
_FIXED = rb"\g<1>2000-01-01T00:00:00Z\g<3>"


def packed(workbook: Any) -> bytes:
    """An openpyxl workbook as a file."""
    first = io.BytesIO()
    workbook.save(first)
    second = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(first.getvalue())) as before,
        zipfile.ZipFile(second, "w", zipfile.ZIP_DEFLATED) as after,
    ):
        for entry in sorted(
            before.infolist(), key=lambda e: (e.filename != "[Content_Types].xml", e.filename)
        ):
            kept = zipfile.ZipInfo(entry.filename, (1980, 1, 1, 0, 0, 0))
            kept.compress_type = zipfile.ZIP_DEFLATED
            kept.external_attr = 0o600 << 16
            data = before.read(entry.filename)
            after.writestr(kept, _STAMP.sub(_FIXED, data) if entry.filename.startswith("docProps/") else data)
    return second.getvalue()
