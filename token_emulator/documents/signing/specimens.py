"""Specimen signatures and seals of people and bodies that do not exist: transparent PNG, marked MÔ PHỎNG.

The same name gives the same picture.
"""

from __future__ import annotations

import hashlib
import io
import math
import random
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from token_emulator.documents.fonts import BOLD, SERIF, register_fonts

INK: Final = (22, 48, 168)
SEAL_RED: Final = (206, 22, 32)
MARK: Final = "MÔ PHỎNG"
DOTS_PER_MM: Final = 12
"""About 300 dots an inch."""
FINER: Final = 3
"""How much larger pictures are drawn, to be smoothed by shrinking."""
SPECIMENS: Final = 32
"""Pictures that are remembered."""
SIGNATURE_MM: Final = (44.0, 20.0)
"""Size of a signature's picture."""


@lru_cache(SPECIMENS)
def specimen_signature(name: str, size: tuple[float, float] = SIGNATURE_MM, ink: tuple[int, int, int] = INK) -> bytes:
    """A scribble for a name, in blue ink, `size` in mm. Raises FontsMissing."""
    scale = DOTS_PER_MM * FINER
    width, height = (round(side * scale) for side in size)
    pen = random.Random(hashlib.sha256(f"signature {name}".encode()).digest())
    sheet = Image.new("L", (width, height), 0)
    draw = ImageDraw.Draw(sheet)
    initials = max(2, min(5, len(name.split())))
    baseline, left, step = 0.5 * height, 0.1 * width, 0.62 * width / initials
    points = [(left, baseline)]
    for place in range(initials):
        x = left + place * step
        tall = (0.36 if place in (0, initials - 1) else 0.2) * height * pen.uniform(0.8, 1.1)
        points += [
            (x + step * pen.uniform(0.1, 0.3), baseline - tall),
            (x + step * pen.uniform(0.35, 0.6), baseline + tall * pen.uniform(0.3, 0.8)),
            (x + step * pen.uniform(0.2, 0.5), baseline - tall * pen.uniform(0.0, 0.3)),
            (x + step, baseline + tall * pen.uniform(-0.2, 0.2)),
        ]
    points += [(0.9 * width, baseline - 0.3 * height), (0.55 * width, baseline + 0.22 * height)]
    points += [(0.12 * width, baseline + 0.24 * height), (0.93 * width, baseline + 0.12 * height)]
    stroke = list(_curve(points))
    for place, (x, y) in enumerate(stroke):
        weight = scale * (0.28 + 0.16 * math.sin(place / 23) + 0.05 * math.sin(place / 7))
        draw.ellipse((x - weight, y - weight, x + weight, y + weight), fill=255)
    font = ImageFont.truetype(str(register_fonts()[SERIF]), round(2.6 * scale))
    draw.text((width / 2, height - 0.2 * scale), MARK, font=font, anchor="mb", fill=210)
    return _png(sheet, ink)


@lru_cache(SPECIMENS)
def specimen_seal(body: str, diameter: float = 36, ink: tuple[int, int, int] = SEAL_RED) -> bytes:
    """A round seal with a body's name, in red ink, `diameter` in mm. Raises FontsMissing."""
    scale = DOTS_PER_MM * FINER
    side = round(diameter * scale)
    middle = side / 2
    sheet = Image.new("L", (side, side), 0)
    draw = ImageDraw.Draw(sheet)
    for radius, line in ((1.0, 0.9), (0.93, 0.25), (0.6, 0.35)):
        reach = middle * radius
        draw.ellipse(
            (middle - reach, middle - reach, middle + reach, middle + reach), outline=235, width=round(line * scale)
        )
    fonts = register_fonts()
    _around(sheet, body.upper(), ImageFont.truetype(str(fonts[BOLD]), round(0.105 * side)), 0.765 * middle)
    small = ImageFont.truetype(str(fonts[BOLD]), round(0.085 * side))
    _star(draw, middle, middle - 0.16 * middle, 0.26 * middle)
    draw.text((middle, middle + 0.22 * middle), MARK, font=small, anchor="mm", fill=235)
    _star(draw, middle, middle + 0.765 * middle, 0.09 * middle)
    return _png(sheet, ink)


def _curve(points: list[tuple[float, float]]) -> Iterator[tuple[float, float]]:
    """Points along a Catmull-Rom spline."""
    padded = [points[0], *points, points[-1]]
    for before, start, end, after in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        steps = max(8, int(math.dist(start, end) / 2))
        for step in range(steps):
            at = step / steps
            yield tuple(  # type: ignore[misc]
                0.5
                * (
                    2 * one
                    + (two - zero) * at
                    + (2 * zero - 5 * one + 4 * two - three) * at**2
                    + (3 * one - zero - 3 * two + three) * at**3
                )
                for zero, one, two, three in zip(before, start, end, after, strict=True)
            )


def _around(sheet: Image.Image, text: str, font: ImageFont.FreeTypeFont, radius: float) -> None:
    """Letters along the upper part of a circle, outwards."""
    middle = sheet.width / 2
    widths = [font.getlength(letter) + 0.012 * sheet.width for letter in text]
    arc = sum(widths) / radius
    most = math.radians(290)
    squeeze = min(1.0, most / arc)
    angle = -arc * squeeze / 2
    for letter, width in zip(text, widths, strict=True):
        half = width * squeeze / radius / 2
        angle += half
        tile = Image.new("L", (round(font.size * 2), round(font.size * 2)), 0)
        ImageDraw.Draw(tile).text((tile.width / 2, tile.height / 2), letter, font=font, anchor="mm", fill=235)
        if squeeze < 1:
            narrow = tile.resize((max(1, round(tile.width * squeeze)), tile.height))
            tile = Image.new("L", tile.size, 0)
            tile.paste(narrow, ((tile.width - narrow.width) // 2, 0))
        turned = tile.rotate(-math.degrees(angle), resample=Image.Resampling.BICUBIC)
        x, y = middle + radius * math.sin(angle), middle - radius * math.cos(angle)
        sheet.paste(255, (round(x - turned.width / 2), round(y - turned.height / 2)), turned)
        angle += half


def _star(draw: ImageDraw.ImageDraw, x: float, y: float, radius: float) -> None:
    corners = []
    for place in range(10):
        reach = radius if place % 2 == 0 else radius * 0.382
        turn = math.pi * place / 5
        corners.append((x + reach * math.sin(turn), y - reach * math.cos(turn)))
    draw.polygon(corners, fill=235)


def _png(drawn: Image.Image, ink: tuple[int, int, int]) -> bytes:
    """The drawing in one ink, transparent where nothing is drawn."""
    alpha = drawn.resize((drawn.width // FINER, drawn.height // FINER), Image.Resampling.LANCZOS)
    picture = Image.new("RGBA", alpha.size, (*ink, 0))
    picture.putalpha(alpha)
    out = io.BytesIO()
    picture.save(out, "PNG", dpi=(DOTS_PER_MM * 25.4,) * 2)
    return out.getvalue()
