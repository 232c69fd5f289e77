"""What keeps a PDF from being read aloud, or makes a report too long."""

from io import BytesIO
from typing import Any

import pikepdf
import pypdfium2


def words_of(content: bytes) -> str:
    """On one line, since a long name may be broken."""
    document = pypdfium2.PdfDocument(content)
    text = " ".join(page.get_textpage().get_text_bounded() for page in document)
    return " ".join(text.split())


def faults(content: bytes, language: str, title: str) -> list[str]:
    """Of a progress report: two charts, two pages at most."""
    found = faults_of_any(content, language, title)
    with pikepdf.open(BytesIO(content)) as pdf:
        root: Any = pdf.Root
        elements = _structure(root.StructTreeRoot) if "/StructTreeRoot" in root else []
        figures = [one for one in elements if str(one.S) == "/Figure"]
        if len(figures) != 2 or any(len(str(one.get("/Alt", ""))) <= 40 for one in figures):
            found.append("two figures in words")
        if not 1 <= len(pdf.pages) <= 2:
            found.append("one or two pages")
    return found


def faults_of_any(content: bytes, language: str, title: str) -> list[str]:
    with pikepdf.open(BytesIO(content)) as pdf:
        root: Any = pdf.Root
        elements = _structure(root.StructTreeRoot) if "/StructTreeRoot" in root else []
        kinds = [str(one.S) for one in elements]
        headings = [kind for kind in kinds if kind.startswith("/H") and kind[2:].isdigit()]
        told = pdf.open_metadata()
        right = {
            "marked": bool(root.get("/MarkInfo", {}).get("/Marked", False)),
            "language": str(root.get("/Lang", "")) == language,
            "title": told.get("dc:title") == title,
            "title shown": bool(root.get("/ViewerPreferences", {}).get("/DisplayDocTitle", False)),
            "PDF/UA-1": told.get("pdfuaid:part") == "1",
            "one first heading": headings[:1] == ["/H1"] and headings.count("/H1") == 1,
            "headings below it": len(headings) > 2 and set(headings[1:]) == {"/H2"},
            "heads of tables": "/Table" in kinds and kinds.count("/TH") > kinds.count("/Table"),
        }
    return [name for name, is_right in right.items() if not is_right]


def alternatives(content: bytes) -> list[str]:
    """Of the figures, in reading order."""
    with pikepdf.open(BytesIO(content)) as pdf:
        root: Any = pdf.Root
        found = _structure(root.StructTreeRoot)
        return [str(one.Alt) for one in found if str(one.S) == "/Figure"]


def _structure(element: Any) -> list[Any]:
    """The elements of the structure tree below one, in reading order."""
    children = element.get("/K", [])
    found = list[Any]()
    for child in children if isinstance(children, pikepdf.Array) else [children]:
        if isinstance(child, pikepdf.Dictionary) and "/S" in child:
            found += [child, *_structure(child)]
    return found
