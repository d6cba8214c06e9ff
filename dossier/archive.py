"""One market's dossier as a zip file, in the folders of the IMDRF table of contents, with a manifest of its own."""
from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from dossier import output
from dossier.evidence import EvidenceFile
from dossier.output import Entry, File, Folder
from dossier.product import Evidence
from dossier.records import Library
from dossier.remote import Address

# Headings of IMDRF/RPS WG/N9 (edition 2, 27 March 2018) and N13; the documents that are ours stand where a reader of the
# table of contents looks for them: the letter under 1.01, lists of requirements under 1.04, the evidence index under 3.03.
PLACES = {"cover-letter": "1.01", "dossier-checklist": "1.04", "evidence-index": "3.03", "labelling-checklist": "5", "disclosure-note": "3.05.05.11"}
CHAPTERS = {"1": "1-regional-administrative", "2": "2-submission-context", "3": "3-non-clinical-evidence", "4": "4-clinical-evidence", "5": "5-labelling-and-promotional-material", "6A": "6A-quality-management-system-procedures", "6B": "6B-quality-management-system-device-specific"}
UNPLACED = "2-submission-context"
EPOCH = (1980, 1, 1, 0, 0, 0)


def pack(folder: Folder | Address, product: str, market: str, entries: Sequence[Entry], evidence: Sequence[tuple[Evidence, EvidenceFile, Path]], library: Library, regulation: str) -> File:
    """The dossier of one product in one market, packed: the files of these entries, which lie in the folder, and the evidence files that are given.

    Raises DossierError for a file that cannot be read.
    """
    members: dict[str, tuple[bytes, Entry]] = {}
    for entry in entries:
        content = folder.read(entry["path"])
        place = placed(PLACES.get(entry["document"]["kind"], ""))
        members[f"{place}/{entry['path'].rsplit('/', 1)[1]}"] = (content, entry)
    for document, state, path in evidence:
        if state.present:
            members[_free(members, placed(heading(document, library, regulation)), document)] = (path.read_bytes(), {"product": product, "evidence": document.id})
    locales = sorted({entry["document"]["locale"] for entry in entries})
    name = f"{product}/{market}/{market.upper()}_dossier_{product}_{'_'.join(locales)}.zip"
    return File(name, _zipped(members), {"product": product, "market": market, "archive": {"files": len(members)}})


def _free(members: Mapping[str, object], place: str, document: Evidence) -> str:
    """The name of an evidence file in its folder; with the id in front where another file has taken it, on Windows too."""
    file = Path(document.file)
    name = f"{output.plain_name(file.stem)}{file.suffix}"
    taken = {member.casefold() for member in members}
    return f"{place}/{name}" if f"{place}/{name}".casefold() not in taken else f"{place}/{output.plain_name(document.id)}-{name}"


def placed(number: str) -> str:
    """The folder of a heading: its chapter, and the heading's number below it.

    >>> placed("3.05.05.11"), placed("5"), placed("6A.08"), placed("")
    ('3-non-clinical-evidence/3.05.05.11', '5-labelling-and-promotional-material', '6A-quality-management-system-procedures/6A.08', '2-submission-context')
    """
    chapter = CHAPTERS.get(number.split(".")[0], UNPLACED)
    return f"{chapter}/{number}" if "." in number and chapter != UNPLACED else chapter


def heading(document: Evidence, library: Library, regulation: str) -> str:
    """The heading under which an evidence document stands: that of the first evidence item it shows for which one is known."""
    for shown in document.shows:
        kind = library.kinds.get(shown.lower())
        for reference in kind.kind.imdrf if kind is not None else ():
            if (reference.source == "imdrf-n13") == (regulation == "ivdr"):
                return reference.clause.split(",")[0].strip()
    return ""


def _zipped(members: Mapping[str, tuple[bytes, Entry]]) -> bytes:
    files = [{**{key: value for key, value in entry.items() if key != "made"}, "path": name, "sha256": output.sha256(content), "size": len(content)} for name, (content, entry) in sorted(members.items())]
    manifest = (json.dumps({"schema": output.SCHEMA, "files": files}, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in _ordered({name: content for name, (content, _) in members.items()}, manifest):
            info = zipfile.ZipInfo(name, EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            archive.writestr(info, content)
    return stream.getvalue()


def _ordered(members: Mapping[str, bytes], manifest: bytes) -> Iterable[tuple[str, bytes]]:
    yield from sorted(members.items())
    yield output.MANIFEST, manifest
