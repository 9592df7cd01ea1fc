"""Checks tokens as FORMAT.md says, with the standard library alone. Shares no code with the crate.

Reads lines from the files named, or from standard input; columns are separated by blanks, texts are in
hex with '-' for nothing, and '#' starts a comment. Writes one verdict a line, for every check line:

    key <id> <active|retired|revoked> <32 bytes>
    check <purpose> <tenant> <now> <presented> [expected verdict]
    storeless <purpose> <tenant> <account> <version> <now> <presented> [expected verdict]
    pasted <presented> [expected verdict]

A verdict is ok:<key id>:<expiry>:<selector hash> (without the hash when storeless) or the reason of a
refusal; of a pasted text it is ok:<token, in hex> or malformed. Exits with 1 when one differs from what was
expected.
"""

import base64
import binascii
import fileinput
import hashlib
import hmac
import string
import sys
import unicodedata
import urllib.parse

DAY = 24 * 60 * 60
LONGEST = {b"known-device": 400 * DAY, b"not-me": 400 * DAY, b"trusted-browser": 30 * DAY}
CLOCK_TOLERANCE = 60
LETTERS = frozenset(string.ascii_letters + string.digits + "-_")
SKIPPED = frozenset(
    map(chr, (0x3D, 0xAD, 0x180E, 0xFEFF, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070)))
)


def mac(key, data):
    return hmac.new(key, data, hashlib.sha256).digest()


def lp(*parts):
    return b"".join(len(part).to_bytes(8, "big") + part for part in parts)


def derive(master, label, tenant):
    """HKDF-SHA-256 by hand: extract without salt, then one block of output."""
    info = lp(b"slotwerk/keys/v1/mac", label, tenant)
    return mac(mac(bytes(32), master), info + b"\x01")


def verify(keys, label, purpose, tenant, bound_to, now, presented):
    if len(presented) != 75 or len(tenant) > 255 or any(len(part) > 255 for part in bound_to):
        return "malformed"
    try:
        raw = base64.urlsafe_b64decode(presented + b"=")
    except binascii.Error:
        return "malformed"
    if len(raw) != 56 or base64.urlsafe_b64encode(raw) != presented + b"=" or raw[0] != 1:
        return "malformed"
    header, tag = raw[:24], raw[24:]
    key_id, expiry = int.from_bytes(raw[1:3], "big"), int.from_bytes(raw[3:8], "big")
    state, master = keys.get(key_id, ("unknown", b""))
    if state in ("unknown", "revoked"):
        return state + "-key"
    expected = mac(derive(master, label, tenant), lp(label, purpose, tenant, header, *bound_to))
    if not hmac.compare_digest(tag, expected):
        return "forged"
    if now >= expiry:
        return "expired"
    if expiry > now + LONGEST.get(purpose, DAY) + CLOCK_TOLERANCE:
        return "expiry-too-far"
    if bound_to:
        return f"ok:{key_id}:{expiry}"
    selector_hash = hashlib.sha256(lp(b"slotwerk/reset/v1/selector", raw[8:24])).hexdigest()
    return f"ok:{key_id}:{expiry}:{selector_hash}"


def read_pasted(presented):
    """What a page reads at the end of a link: 75 letters, and nothing after them that goes on with one."""
    if len(presented) > 512:
        return "malformed"
    token = ""
    for c in urllib.parse.unquote_to_bytes(presented).decode("utf-8", "replace"):
        if len(token) == 75:
            return "malformed" if c.isascii() and c.isalnum() else f"ok:{token.encode().hex()}"
        if c in LETTERS:
            token += c
        elif not (c.isspace() or c in SKIPPED or unicodedata.category(c) == "Cc"):
            return "malformed"
    return f"ok:{token.encode().hex()}" if len(token) == 75 else "malformed"


def main():
    keys, failed = {}, 0
    text = lambda column: b"" if column == "-" else bytes.fromhex(column)
    for line in fileinput.input(encoding="ascii"):
        kind, *rest = line.split("#")[0].split() or [""]
        if kind == "":
            continue
        if kind == "key":
            keys[int(rest[0])] = (rest[1], text(rest[2]))
            continue
        if kind == "pasted":
            presented, *expected = rest
        elif kind == "check":
            purpose, tenant, now, presented, *expected = rest
            label, bound_to = b"slotwerk/reset/v1", ()
        elif kind == "storeless":
            purpose, tenant, account, version, now, presented, *expected = rest
            label = b"slotwerk/reset/v1/storeless"
            bound_to = (text(account), int(version).to_bytes(8, "big"))
        else:
            sys.exit(f"line {fileinput.lineno()}: {kind}?")
        if kind == "pasted":
            verdict = read_pasted(text(presented))
        else:
            verdict = verify(keys, label, text(purpose), text(tenant), bound_to, int(now), text(presented))
        print(verdict)
        if expected and expected != [verdict]:
            print(f"line {fileinput.lineno()}: {verdict}, not {expected[0]}", file=sys.stderr)
            failed = 1
    sys.exit(failed)


if __name__ == "__main__":
    main()
