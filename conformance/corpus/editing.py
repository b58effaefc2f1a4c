"""What is done to a file that has been signed: by those who would deceive, and by those who may."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import timedelta

from asn1crypto import cms
from lxml import etree
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader

from conformance.corpus.documents import SPACE
from conformance.corpus.evidence import Given
from conformance.corpus.model import instant
from conformance.corpus.pdf_making import keep_evidence, stamp_pdf, writer, written
from conformance.corpus.world import World

Edit = Callable[[bytes, World, Given], bytes]
DS = "http://www.w3.org/2000/09/xmldsig#"
OTHER_TEXT = b"BT /F1 13 Tf 70 500 Td (Kinh phi: 900.000.000 dong.) Tj ET"


# --- PDF, in place -----------------------------------------------------------------------------------------------


def move_text(content: bytes, world: World, given: Given) -> bytes:
    """Change a number in the page's content, in place."""
    del world, given
    return _replaced(content, rb"70 770", b"70 710")


def swap_pages(content: bytes, world: World, given: Given) -> bytes:
    """Put the annex before the letter, in place."""
    del world, given
    return re.sub(rb"/Kids \[ (\d+ 0 R) (\d+ 0 R) \]", rb"/Kids [ \2 \1 ]", content, count=1)


def cut(content: bytes, world: World, given: Given) -> bytes:
    """Lose the end of the file."""
    del world, given
    return content[: len(content) * 2 // 3]


def spoil_signature(content: bytes, world: World, given: Given) -> bytes:
    """Change an octet of the signature value itself, in place."""
    del world, given
    if content.startswith(b"%PDF"):
        start = content.index(b"/Contents <") + len(b"/Contents <")
        der = bytes.fromhex(content[start : content.index(b">", start)].decode())
        spoilt = _spoilt(der).hex().encode()
        return content[:start] + spoilt + content[start + len(spoilt) :]
    if content.startswith(b"<"):
        root = etree.fromstring(content)
        value = next(root.iter(f"{{{DS}}}SignatureValue"))
        text = str(value.text)
        value.text = ("B" if text[5] != "B" else "C").join((text[:5], text[6:]))
        octets: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True)
        return octets
    return _spoilt(content)


# --- PDF, by updates that append ---------------------------------------------------------------------------------


def replace_text(content: bytes, world: World, given: Given) -> bytes:
    """Shadow attack, replace: the page's content is another from now on."""
    del given
    out = writer(content, world)
    page = _page(out, 0)
    page[pdf_name("/Contents")] = out.add_object(generic.StreamObject(stream_data=OTHER_TEXT))
    out.update_container(page)
    return written(out)


def cover_text(content: bytes, world: World, given: Given) -> bytes:
    """Shadow attack, hide: a white box with other words is laid over the page as a comment that is shown."""
    del given
    out = writer(content, world)
    look = generic.StreamObject(
        dict_data=generic.DictionaryObject(
            {
                pdf_name("/Type"): pdf_name("/XObject"),
                pdf_name("/Subtype"): pdf_name("/Form"),
                pdf_name("/BBox"): generic.ArrayObject(map(generic.NumberObject, (0, 0, 400, 40))),
            }
        ),
        stream_data=b"1 1 1 rg 0 0 400 40 re f",
    )
    box = {
        "/Type": pdf_name("/Annot"),
        "/Subtype": pdf_name("/FreeText"),
        "/Rect": generic.ArrayObject(map(generic.NumberObject, (60, 640, 460, 680))),
        "/Contents": generic.pdf_string("Kinh phí: 900.000.000 đồng."),
        "/F": generic.NumberObject(4),
        "/DA": generic.pdf_string("/Helv 13 Tf 0 g"),
        "/AP": generic.DictionaryObject({pdf_name("/N"): out.add_object(look)}),
    }
    _annotate(out, box)
    return written(out)


def change_pages(content: bytes, world: World, given: Given) -> bytes:
    """Shadow attack, hide and replace: the catalogue names another tree of pages."""
    del given
    out = writer(content, world)
    text = out.add_object(generic.StreamObject(stream_data=OTHER_TEXT))
    old = _page(out, 0)
    page = generic.DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/Page"),
            pdf_name("/MediaBox"): old["/MediaBox"],
            pdf_name("/Resources"): old.raw_get("/Resources"),
            pdf_name("/Contents"): text,
        }
    )
    reference = out.add_object(page)
    tree = generic.DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/Pages"),
            pdf_name("/Count"): generic.NumberObject(1),
            pdf_name("/Kids"): generic.ArrayObject([reference]),
        }
    )
    page[pdf_name("/Parent")] = out.root[pdf_name("/Pages")] = out.add_object(tree)
    out.update_root()
    return written(out)


def add_page(content: bytes, world: World, given: Given) -> bytes:
    """Append a page."""
    del given
    out = writer(content, world)
    old = _page(out, 0)
    page = generic.DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/Page"),
            pdf_name("/Parent"): old.raw_get("/Parent"),
            pdf_name("/MediaBox"): old["/MediaBox"],
            pdf_name("/Resources"): old.raw_get("/Resources"),
            pdf_name("/Contents"): out.add_object(generic.StreamObject(stream_data=OTHER_TEXT)),
        }
    )
    tree = out.root["/Pages"]
    tree["/Kids"].append(out.add_object(page))
    tree[pdf_name("/Count")] = generic.NumberObject(3)
    out.update_container(tree)
    return written(out)


def remove_page(content: bytes, world: World, given: Given) -> bytes:
    """Take the annex away."""
    del given
    out = writer(content, world)
    tree = out.root["/Pages"]
    del tree["/Kids"][1]
    tree[pdf_name("/Count")] = generic.NumberObject(1)
    out.update_container(tree)
    return written(out)


def change_font(content: bytes, world: World, given: Given) -> bytes:
    """Shadow attack by the font: the letters are drawn as others."""
    del given
    out = writer(content, world)
    fonts = _page(out, 0)["/Resources"]["/Font"]
    name = next(iter(fonts))
    fonts[name] = out.add_object(
        generic.DictionaryObject(
            {
                pdf_name("/Type"): pdf_name("/Font"),
                pdf_name("/Subtype"): pdf_name("/Type1"),
                pdf_name("/BaseFont"): pdf_name("/Symbol"),
            }
        )
    )
    out.update_container(fonts)
    return written(out)


def add_script(content: bytes, world: World, given: Given) -> bytes:
    """Have a script run when the file is opened."""
    del given
    out = writer(content, world)
    out.root[pdf_name("/OpenAction")] = generic.DictionaryObject(
        {pdf_name("/S"): pdf_name("/JavaScript"), pdf_name("/JS"): generic.pdf_string("app.alert('!')")}
    )
    out.update_root()
    return written(out)


def attach(content: bytes, world: World, given: Given) -> bytes:
    """Attach a file."""
    del given
    out = writer(content, world)
    names = generic.DictionaryObject({pdf_name("/Names"): generic.ArrayObject()})
    out.root[pdf_name("/Names")] = generic.DictionaryObject({pdf_name("/EmbeddedFiles"): out.add_object(names)})
    out.update_root()
    return written(out)


def overwrite_signature(content: bytes, world: World, given: Given) -> bytes:
    """Empty the first signature's dictionary by an update."""
    del given
    out = writer(content, world)
    field = out.root["/AcroForm"]["/Fields"][0]
    field[pdf_name("/V")] = out.add_object(generic.DictionaryObject({pdf_name("/Type"): pdf_name("/Sig")}))
    out.update_container(field)
    return written(out)


def add_comment(content: bytes, world: World, given: Given) -> bytes:
    """Add a comment, as a reader may."""
    del given
    out = writer(content, world)
    box = {
        "/Type": pdf_name("/Annot"),
        "/Subtype": pdf_name("/Text"),
        "/Rect": generic.ArrayObject(map(generic.NumberObject, (500, 700, 520, 720))),
        "/Contents": generic.pdf_string("Đã xem"),
    }
    _annotate(out, box)
    return written(out)


def keep_status(content: bytes, world: World, given: Given) -> bytes:
    """Put the evidence into the file (PAdES-LT)."""
    return keep_evidence(content, world, given, ("g2-state", "g2-services"))


def stamp_document(content: bytes, world: World, given: Given) -> bytes:
    """Put a timestamp on the whole document, an hour after `signing`."""
    del given
    return stamp_pdf(content, world, instant("signing") + timedelta(hours=1))


# --- XML ---------------------------------------------------------------------------------------------------------


def change_xml(content: bytes, world: World, given: Given) -> bytes:
    """Change a figure in the text."""
    del world, given
    return _replaced(content, b"100.000.000", b"900.000.000")


def change_annex(content: bytes, world: World, given: Given) -> bytes:
    """Change a word in the annex."""
    del world, given
    return _replaced(content, "Trung tâm".encode(), "Tập đoàn".encode())


def wrap_xml(content: bytes, world: World, given: Given) -> bytes:
    """Signature wrapping: what is signed moves into a corner, other words take its place."""
    del world, given
    root = etree.fromstring(content)
    annex = next(root.iter(f"{{{SPACE}}}PhuLuc"))
    corner = etree.SubElement(root, f"{{{SPACE}}}Khac")
    other = etree.fromstring(etree.tostring(annex))
    other.set("Id", "phu-luc-2")
    other[0].text = "PHỤ LỤC KHÁC (MÔ PHỎNG)"
    root.replace(annex, other)
    corner.append(annex)
    octets: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True)
    return octets


# --- CMS ---------------------------------------------------------------------------------------------------------


def change_cms(content: bytes, world: World, given: Given) -> bytes:
    """Change a figure in what is enclosed."""
    del world, given
    return _replaced(content, b"100.000.000", b"900.000.000")


# --- any ---------------------------------------------------------------------------------------------------------


def unsign(content: bytes, world: World, given: Given) -> bytes:
    """Take the signatures away."""
    del world, given
    if content.startswith(b"%PDF"):
        return content[: content.index(b"%%EOF") + len(b"%%EOF\n")]
    root = etree.fromstring(content)
    for node in list(root.iter(f"{{{DS}}}Signature")):
        node.getparent().remove(node)
    octets: bytes = etree.tostring(root)
    return octets


def replace_all(content: bytes, world: World, given: Given) -> bytes:
    """Something else altogether."""
    del content, world, given
    return "Đây không phải văn bản ký số.\n".encode()


EDITS: Mapping[str, Edit] = {
    edit.__name__.replace("_", "-"): edit
    for edit in (
        move_text, swap_pages, cut, spoil_signature, replace_text, cover_text, change_pages, add_page, remove_page,
        change_font, add_script, attach, overwrite_signature, add_comment, keep_status, stamp_document, change_xml,
        change_annex, wrap_xml, change_cms, unsign, replace_all,
    )
}  # fmt: skip
"""By the name that cases use."""


def _replaced(content: bytes, pattern: bytes, by: bytes) -> bytes:
    found = re.sub(re.escape(pattern), by, content, count=1)
    if found == content:
        raise ValueError(f"{pattern!r} is not in the document")
    return found


def _spoilt(der: bytes) -> bytes:
    info = cms.ContentInfo.load(der)
    value = info["content"]["signer_infos"][0]["signature"].native
    at = der.index(value) + len(value) - 4
    return der[:at] + bytes([der[at] ^ 1]) + der[at + 1 :]


def _page(out: IncrementalPdfFileWriter, number: int) -> generic.DictionaryObject:
    reader: PdfFileReader = out.prev
    page = reader.root["/Pages"]["/Kids"].raw_get(number)
    found: generic.DictionaryObject = out.get_object(page.reference)
    return found


def _annotate(out: IncrementalPdfFileWriter, box: Mapping[str, object]) -> None:
    page = _page(out, 0)
    dictionary = generic.DictionaryObject({pdf_name(name): value for name, value in box.items()})
    have = page.get("/Annots", generic.ArrayObject())
    page[pdf_name("/Annots")] = generic.ArrayObject([*have, out.add_object(dictionary)])
    out.update_container(page)
