"""Reads a mail as a mail program would, and says in JSON what is in it.

Usage: mail_report.py MESSAGE.eml DIRECTORY

The images are written into DIRECTORY. Every defect that Python's parser notes, in a header or a part, is
reported, so that a mail which only a lenient reader understands is found out.
"""

import json
import re
import sys
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from html.parser import HTMLParser
from pathlib import Path

INLINE = {"a", "b", "code", "em", "i", "span", "strong"}  # tags that do not part one word from the next
LINE_LIMIT = 998  # octets without the line end: RFC 5322, section 2.1.1


class HtmlFacts(HTMLParser):
    """What the HTML part refers to, and the text a person would read in it."""

    def __init__(self) -> None:
        super().__init__()
        self.lang = None
        self.links: list[str] = []
        self.images: list[dict] = []
        self.tags: set[str] = set()
        self.words: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag, attrs) -> None:
        found = dict(attrs)
        self.tags.add(tag)
        self.words.append("" if tag in INLINE else " ")
        if tag == "html":
            self.lang = found.get("lang")
        if tag == "a" and found.get("href"):
            self.links.append(found["href"])
        if tag == "img":
            self.images.append({"src": found.get("src"), "alt": found.get("alt")})
        if tag in ("style", "script", "title"):
            self.silent += 1

    def handle_endtag(self, tag) -> None:
        if tag in ("style", "script", "title"):
            self.silent -= 1

    def handle_data(self, data) -> None:
        if not self.silent:
            self.words.append(data)


def shape(part: EmailMessage):
    """The nesting of the parts: a content type, or a content type with a list of its parts."""
    if part.is_multipart():
        return [part.get_content_type(), [shape(child) for child in part.iter_parts()]]
    return part.get_content_type()


def images(message: EmailMessage, directory: Path, stem: str) -> list[dict]:
    found = []
    for part in message.walk():
        if part.get_content_maintype() != "image":
            continue
        path = directory / f"{stem}-image{len(found) + 1}.{part.get_content_subtype()}"
        path.write_bytes(part.get_content())
        found.append(
            {
                "contentId": str(part["Content-ID"] or "").strip("<>"),
                "disposition": part.get_content_disposition(),
                "filename": part.get_filename(),
                "type": part.get_content_type(),
                "file": str(path),
            }
        )
    return found


def defects(message: EmailMessage) -> list[str]:
    of_parts = [defect for part in message.walk() for defect in part.defects]
    of_headers = [defect for part in message.walk() for _, value in part.items() for defect in value.defects]
    return [f"{type(defect).__name__}: {defect}" for defect in of_parts + of_headers]


def report(source: Path, directory: Path) -> dict:
    raw = source.read_bytes()
    message = BytesParser(policy=policy.SMTP).parsebytes(raw)
    text_part = message.get_body(("plain",))
    html_part = message.get_body(("html",))
    text = text_part.get_content() if text_part else ""
    html = html_part.get_content() if html_part else ""
    facts = HtmlFacts()
    facts.feed(html)
    return {
        "headers": [[name, str(value)] for name, value in message.items()],
        "subject": str(message["Subject"] or ""),
        "from": [address.addr_spec for address in message["From"].addresses] if message["From"] else [],
        "to": [address.addr_spec for address in message["To"].addresses] if message["To"] else [],
        "shape": shape(message),
        "text": text,
        "html": html,
        "htmlText": re.sub(r"\s+", " ", "".join(facts.words)).strip(),
        "htmlLang": facts.lang,
        "htmlTags": sorted(facts.tags),
        "htmlImages": facts.images,
        "links": facts.links,
        "textLinks": re.findall(r"https?://[^\s<>\"]+", text),
        "images": images(message, directory, source.stem),
        "bytes": len(raw),
        "longestLine": max(len(line.rstrip(b"\r")) for line in raw.split(b"\n")),
        "lineLimit": LINE_LIMIT,
        "defects": defects(message),
    }


def main() -> None:
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    directory = Path(sys.argv[2])
    directory.mkdir(parents=True, exist_ok=True)
    json.dump(report(Path(sys.argv[1]), directory), sys.stdout)


if __name__ == "__main__":
    main()
