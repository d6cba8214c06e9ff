"""What the page for the screen says by itself: English, and the keys of the translations in `templates/_shared`."""
from __future__ import annotations

SCREEN = (
    "Answers",
    "{done} of {total} rows answered",
    "Save answers",
    "Load answers",
    "Only rows without an answer",
    "Search the rows",
    "Show search and more",
    "Answers to send back are saved as a file.",
    "Not yet saved as a file. This browser keeps the answers until then.",
    "Not yet saved as a file. This browser keeps nothing: save before you close the page.",
    "Saved as {file}. Send that file back.",
    "The answers name no reviewer: fill in “Reviewed by”.",
    "The answers kept in this browser were put back. They are not yet saved as a file.",
    "{count} answers loaded.",
    "{count} answers have no place in this document.",
    "This file holds no saved answers.",
    "These answers belong to {document}.",
    "The answers on this page are replaced. Go on?",
    "No row matches.",
    "Answers cannot be saved here, because scripts are switched off. Fill in the Word file instead.",
)
