"""A real SMTP server on loopback that keeps every message as a file.

Usage: smtp_sink.py --dir DIRECTORY [--port PORT]

Prints "listening 127.0.0.1:PORT" once it accepts connections. Each message becomes NNNN.eml, with the
envelope beside it in NNNN.json; both appear whole, under their final names, or not at all. SIGTERM ends it.
"""

import argparse
import asyncio
import json
import os
import signal
from pathlib import Path

from aiosmtpd.smtp import SMTP

LARGEST_MESSAGE = 4 * 1024 * 1024


class Keep:
    """Writes what arrives; the numbers go on where an earlier sink in the same directory stopped."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.last = max((int(p.stem) for p in directory.glob("*.eml")), default=0)

    async def handle_DATA(self, server, session, envelope) -> str:
        self.last += 1
        facts = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "smtputf8": bool(envelope.smtp_utf8),
        }
        self.write(f"{self.last:04}.json", json.dumps(facts).encode())
        self.write(f"{self.last:04}.eml", envelope.original_content)
        return "250 kept"

    def write(self, name: str, content: bytes) -> None:
        # Written aside and renamed, so that a reader never sees half a message.
        aside = self.directory / f".{name}"
        aside.write_bytes(content)
        os.replace(aside, self.directory / name)


async def serve(directory: Path, port: int) -> None:
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    keep = Keep(directory)
    server = await loop.create_server(
        lambda: SMTP(keep, hostname="sink.example", data_size_limit=LARGEST_MESSAGE, enable_SMTPUTF8=True),
        host="127.0.0.1",
        port=port,
    )
    print(f"listening 127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await stop.wait()
    # Not waited for: a sender may hold its connection open for as long as it likes.
    server.close()


def main() -> None:
    parser = argparse.ArgumentParser(description="an SMTP server that keeps every message as a file")
    parser.add_argument("--dir", required=True, type=Path)
    parser.add_argument("--port", type=int, default=0)
    options = parser.parse_args()
    options.dir.mkdir(parents=True, exist_ok=True)
    asyncio.run(serve(options.dir, options.port))


if __name__ == "__main__":
    main()
