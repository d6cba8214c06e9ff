"""The checklist once, in a process that has loaded nothing yet: `python -m tests.bench.cold docx pdf`."""
from __future__ import annotations

import sys
from collections.abc import Sequence

from tests.bench import content


def main(formats: Sequence[str]) -> None:
    document = content.checklist()
    if "docx" in formats:
        from dossier.render import docx

        docx.render(document)
    if "pdf" in formats:
        from dossier.render import pdf

        pdf.render(document)


if __name__ == "__main__":
    main(sys.argv[1:])
