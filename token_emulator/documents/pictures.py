"""Pictures in a PDF: where their ink is, its colour, whether the ground is transparent."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Final

from pdfminer.layout import LTImage
from pdfminer.pdftypes import PDFStream, resolve1
from pdfminer.psparser import PSLiteral
from PIL import Image

Box = tuple[float, float, float, float]
"""Left, bottom, right, top, in points."""
MOST_PIXELS: Final = 16_000_000
"""Of a picture that is decoded."""


@dataclass(frozen=True)
class Picture:
    """One image."""

    box: Box
    """Of what is inked: what is transparent around it does not count."""
    lossless: bool
    """False for JPEG."""
    transparent: bool
    """Whether it has a soft mask with fully transparent parts."""
    colour: tuple[float, float, float]
    """Mean red, green, blue of what is inked, from 0 to 1."""

    @property
    def hue(self) -> str:
        """Its colour in a word: red, blue, black, or other."""
        red, green, blue = self.colour
        if max(self.colour) - min(self.colour) < 0.15:
            return "black" if max(self.colour) < 0.5 else "other"
        if red == max(self.colour) and red - max(green, blue) > 0.2:
            return "red"
        if blue == max(self.colour) and blue - red > 0.15:
            return "blue"
        return "other"


def read_picture(found: LTImage) -> Picture:
    """A picture as it was laid out by pdfminer."""
    image, alpha = _decoded(found.stream), _mask(found.stream)
    left, bottom, right, top = found.bbox
    box: Box = (left, bottom, right, top)
    colour = (1.0, 1.0, 1.0)
    if image is not None:
        sheet = image.convert("RGB")
        ink = (alpha.resize(sheet.size) if alpha is not None else _not_white(sheet)).point(
            lambda level: 255 * (level > 64)
        )
        if bounds := ink.getbbox():
            across, down = (right - left) / sheet.width, (top - bottom) / sheet.height
            box = (
                left + bounds[0] * across,
                top - bounds[3] * down,
                left + bounds[2] * across,
                top - bounds[1] * down,
            )
            colour = _mean(sheet, ink)
    filters = {name.name for name, _ in found.stream.get_filters() if isinstance(name, PSLiteral)}
    clear = alpha is not None and alpha.getextrema()[0] == 0
    return Picture(box, not filters & {"DCTDecode", "DCT", "JPXDecode"}, clear, colour)


def _mean(sheet: Image.Image, ink: Image.Image) -> tuple[float, float, float]:
    """Mean colour where there is ink."""
    total = ink.histogram()[255] or 1
    channels = []
    for band in sheet.split():
        counts = band.histogram(ink)
        channels.append(round(sum(level * number for level, number in enumerate(counts)) / total / 255, 3))
    return channels[0], channels[1], channels[2]


def _not_white(sheet: Image.Image) -> Image.Image:
    return sheet.convert("L").point(lambda level: 255 * (level < 240))


def _decoded(stream: PDFStream) -> Image.Image | None:
    """The pixels; None for kinds of images that nothing here reads."""
    size = int(resolve1(stream.get_any(("W", "Width")))), int(resolve1(stream.get_any(("H", "Height"))))
    if size[0] * size[1] > MOST_PIXELS:
        return None
    data = stream.get_data()
    try:
        if data[:2] == b"\xff\xd8":
            return Image.open(io.BytesIO(data))
        if resolve1(stream.get_any(("BPC", "BitsPerComponent"), 8)) != 8:
            return None
        octets = len(data) // (size[0] * size[1])
        mode = {1: "L", 3: "RGB", 4: "CMYK"}.get(octets)
        return None if mode is None else Image.frombytes(mode, size, data[: octets * size[0] * size[1]])
    except (OSError, ValueError, Image.DecompressionBombError):
        return None


def _mask(stream: PDFStream) -> Image.Image | None:
    mask = resolve1(stream.get("SMask"))
    image = _decoded(mask) if isinstance(mask, PDFStream) else None
    return None if image is None else image.convert("L")
