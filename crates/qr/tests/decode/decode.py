"""Reads symbols with two decoders, zbarimg and zxing-cpp.

Each line of standard input is one picture: its file, then optionally, behind tabs, a box to cut out
("left,top,right,bottom" in pixels) and the quality of a JPEG to put it through. A .txt file is drawn from
its half blocks. For each a line is printed: what zbarimg read, what zxing-cpp read, and the brightness of
the last pixel, 0 to 255.
"""

import io
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as xml
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path

import zxingcpp
from PIL import Image

Image.MAX_IMAGE_PIXELS = None
MODULE_PX = 6
BATCH = 40
# Upper and lower half of a character: whether there is ink.
HALVES = {"█": (1, 1), "▀": (1, 0), "▄": (0, 1), " ": (0, 0)}


def drawn(text, ink):
    lines = text.splitlines()
    picture = Image.new("L", (len(lines[0]), 2 * len(lines)), 255 - ink)
    for y, line in enumerate(lines):
        for x, character in enumerate(line):
            for half, inked in enumerate(HALVES[character]):
                if inked:
                    picture.putpixel((x, 2 * y + half), ink)
    return picture.resize((picture.width * MODULE_PX, picture.height * MODULE_PX), Image.Resampling.NEAREST)


@lru_cache(maxsize=2)
def opened(file):
    if file.endswith(".txt"):
        dark_ground = not file.endswith(".light.txt")
        return drawn(Path(file).read_text(encoding="utf-8"), 255 if dark_ground else 0)
    return Image.open(file).convert("RGB")


def prepared(line):
    file, box, quality = (line.split("\t") + ["", ""])[:3]
    picture = opened(file)
    if box:
        picture = picture.crop([int(side) for side in box.split(",")])
    if quality:
        jpeg = io.BytesIO()
        picture.save(jpeg, "JPEG", quality=int(quality))
        picture = Image.open(jpeg)
    return picture


QR_ONLY = ["-q", "-Sdisable", "-Sqrcode.enable"]


def raw(file):
    """The XML of zbarimg garbles what is not Latin-1; by itself a text comes out whole."""
    run = subprocess.run(["zbarimg", "--raw", *QR_ONLY, file], capture_output=True, check=True)
    return run.stdout.decode().rstrip("\n")


def by_zbarimg(files):
    """What was read in each of the files, by file; files without a symbol are left out."""
    run = subprocess.run(["zbarimg", "--xml", *QR_ONLY, *files], capture_output=True, check=False)
    # 4: at least one picture without a symbol.
    if run.returncode not in (0, 4):
        raise RuntimeError(run.stderr.decode())
    space = "{http://zbar.sourceforge.net/2008/barcode}"
    found = {}
    for source in xml.fromstring(run.stdout).iter(f"{space}source"):
        for data in source.iter(f"{space}data"):
            found[source.get("href")] = raw(source.get("href")) if data.get("format") else data.text
    return found


def read(lines):
    """A tab-separated line of output for each; the pictures zbarimg is given are gone at the end."""
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for number, line in enumerate(lines):
            picture = prepared(line).convert("L")
            file = f"{folder}/{number}.pgm"
            picture.save(file)
            barcodes = zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormat.QRCode)
            zxing = barcodes[0].text if barcodes else ""
            last_pixel = picture.getpixel((picture.width - 1, picture.height - 1))
            rows.append((file, zxing, last_pixel))
        zbar = by_zbarimg([file for file, _, _ in rows])
    return [f"{zbar.get(file, '')}\t{zxing}\t{last_pixel}" for file, zxing, last_pixel in rows]


def main():
    lines = [line.rstrip("\n") for line in sys.stdin]
    # Few at a time: thousands of pictures without compression would fill a small disk.
    batches = [lines[at : at + BATCH] for at in range(0, len(lines), BATCH)]
    with ThreadPoolExecutor(2) as pool:
        for rows in pool.map(read, batches):
            print(*rows, sep="\n")


main()
