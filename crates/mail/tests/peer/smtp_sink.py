"""A mail server that tells what it received.

Prints its port on the first line, then one JSON object a line for each message, parsed by Python's own
`email` package. Ends when its standard input is closed. Needs aiosmtpd (PyPI).
"""

import asyncio
import email
import email.policy
import json
import sys

from aiosmtpd.smtp import SMTP


def structure(part):
    if part.is_multipart():
        inner = ",".join(structure(child) for child in part.iter_parts())
        return f"{part.get_content_type()}({inner})"
    return part.get_content_type()


def describe(envelope):
    content = envelope.original_content
    message = email.message_from_bytes(content, policy=email.policy.default)
    parts = list(message.walk())
    [sender] = message["From"].addresses
    text = message.get_body(("plain",))
    html = message.get_body(("html",))
    return {
        "mail_from": envelope.mail_from,
        "rcpt_tos": envelope.rcpt_tos,
        "size": len(content),
        "from_name": sender.display_name,
        "from_address": sender.addr_spec,
        "to": [address.addr_spec for address in message["To"].addresses],
        "headers": {name.lower(): str(value) for name, value in message.items()},
        "header_count": len(message.items()),
        "date": int(message["Date"].datetime.timestamp()),
        "structure": structure(message),
        "defects": sum(len(part.defects) for part in parts)
        + sum(len(value.defects) for value in message.values()),
        "text": text.get_content().replace("\r\n", "\n"),
        "html": html.get_content().replace("\r\n", "\n"),
        "charsets": [text.get_content_charset(), html.get_content_charset()],
        "images": [
            {
                "content_id": part["Content-ID"],
                "disposition": part.get_content_disposition(),
                "png": part.get_content().hex(),
            }
            for part in parts
            if part.get_content_maintype() == "image"
        ],
    }


class Sink:
    async def handle_DATA(self, server, session, envelope):
        print(json.dumps(describe(envelope)), flush=True)
        return "250 kept"


async def main():
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(Sink(), hostname="sink.example"), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


asyncio.run(main())
