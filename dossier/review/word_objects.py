"""What stands in a Word file and is no text: pictures, drawings, handwriting, embedded objects, files put in whole.

Word holds a picture as `<w:drawing>…<a:blip/>`, an older one as `<w:pict>…<v:imagedata/>`, a sheet of Excel as
`<w:object>`, and a file that it has not merged yet as `<w:altChunk/>`. A text box is a drawing too; its words are read.
"""
from __future__ import annotations

from typing import Any

from dossier.blocks import one_line
from dossier.review.word_text import W, shown

_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
_D = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}"
_WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
_V = "{urn:schemas-microsoft-com:vml}"
_ALWAYS = frozenset(f"{W}{name}" for name in ("object", "contentPart", "movie", "altChunk", "subDoc"))
_DRAWN = frozenset((f"{W}drawing", f"{W}pict"))
_WITHIN = (f"{_A}blip", f"{_V}imagedata", f"{_C}chart", f"{_D}relIds", f"{W}contentPart")
_WORDS = (f"{W}t", f"{_V}textpath")


def is_object(node: Any) -> bool:
    """Whether the element itself is something that words do not replace: a drawing that holds words alone is not."""
    if node.tag in _ALWAYS:
        return True
    if node.tag not in _DRAWN or not len(node):
        return False
    return next(node.iter(*_WITHIN), None) is not None or next(node.iter(*_WORDS), None) is None


def drawn_words(root: Any) -> str:
    """The words in a chart, a diagram or a drawing, paragraph by paragraph; of a chart its labels too. Each once, since Word writes them twice."""
    paragraphs = ["".join(text.text or "" for text in paragraph.iter(f"{_A}t")) for paragraph in root.iter(f"{_A}p")]
    labels = [text.text or "" for labels in root.iter(f"{_C}strCache", f"{_C}strLit") for text in labels.iter(f"{_C}v")]
    return " | ".join(dict.fromkeys(text for each in (*paragraphs, *labels) if (text := one_line(each))))


def descriptions(root: Any) -> list[str]:
    """What pictures and drawings are said to show, in their alternative text."""
    told = [*(drawing.get("descr", "") for drawing in root.iter(f"{_WP}docPr")), *(shape.get("alt", "") for shape in root.iter(f"{_V}shape"))]
    return list(dict.fromkeys(text for each in told if (text := one_line(each))))


def holds_object(node: Any) -> bool:
    """Whether something below is one, as far as it is shown."""
    waiting = [shown(node)]
    while waiting:
        child = next(waiting[-1], None)
        if child is None:
            waiting.pop()
        elif is_object(child):
            return True
        else:
            waiting.append(shown(child))
    return False
