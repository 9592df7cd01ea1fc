"""Writes ../vectors/tokens.txt: tokens made and damaged in Python, for both verifiers."""

import base64
import hashlib
import pathlib
import string

from verify_token import LONGEST, derive, lp, mac

OUT = pathlib.Path(__file__).resolve().parent.parent / "vectors" / "tokens.txt"
NOW = 1_790_000_000
DAY = 86_400
RESET, TENANT = b"password-reset", b"tenant-a"
KEYS = {
    7: ("active", bytes(range(32))),
    3: ("retired", hashlib.sha256(b"slotwerk-reset test key 3").digest()),
    65535: ("retired", bytes([0xFF]) * 32),
    9: ("revoked", hashlib.sha256(b"slotwerk-reset test key 9").digest()),
    8: ("absent", hashlib.sha256(b"slotwerk-reset test key 8").digest()),
}
lines = []


def selector(seed):
    return hashlib.sha256(b"selector " + seed).digest()[:16]


def raw(key=7, purpose=RESET, tenant=TENANT, expiry=NOW + 3600, seed=b"", version=1, bound_to=()):
    header = bytes([version]) + key.to_bytes(2, "big") + expiry.to_bytes(5, "big") + selector(seed)
    label = b"slotwerk/reset/v1/storeless" if bound_to else b"slotwerk/reset/v1"
    return header + mac(derive(KEYS[key][1], label, tenant), lp(label, purpose, tenant, header, *bound_to))


def b64(value):
    return base64.urlsafe_b64encode(value).rstrip(b"=")


def hexed(value):
    return value.hex() or "-"


def ok(key=7, expiry=NOW + 3600, seed=b""):
    return f"ok:{key}:{expiry}:{hashlib.sha256(lp(b'slotwerk/reset/v1/selector', selector(seed))).hexdigest()}"


def check(verdict, presented, purpose=RESET, tenant=TENANT, now=NOW):
    lines.append(f"check {hexed(purpose)} {hexed(tenant)} {now} {hexed(presented)} {verdict}")


def storeless(verdict, presented, account=b"account-7", version=3, purpose=RESET, tenant=TENANT, now=NOW):
    lines.append(f"storeless {hexed(purpose)} {hexed(tenant)} {hexed(account)} {version} {now} {hexed(presented)} {verdict}")


def pasted(token, presented):
    verdict = f"ok:{token.hex()}" if token else "malformed"
    lines.append(f"pasted {hexed(presented.encode())} {verdict}")


def title(text):
    lines.append(f"\n# {text}")


title("Genuine, under the active and the retired keys, at both ends of their time.")
for key in (7, 3, 65535):
    for expiry in (NOW + 1, NOW + 3600, NOW + DAY, 2**40 - 1):
        token = b64(raw(key=key, expiry=expiry, seed=bytes([key % 251])))
        good = ok(key, expiry, bytes([key % 251]))
        check("expiry-too-far" if expiry == 2**40 - 1 else good, token)
        check(good, token, now=expiry - 1)
        check(good, token, now=expiry - DAY - 60)
        check("expiry-too-far", token, now=expiry - DAY - 61)
        check("expiry-too-far", token, now=0)
        check("expired", token, now=expiry)
        check("expired", token, now=2**64 - 1)
check("expired", b64(raw(expiry=0)), now=0)

title("Every purpose and some tenants, at their own place and at each other's.")
purposes = [b"password-reset", b"sign-in", b"confirm-address", b"not-me", b"known-device", b"not-me-links", b"trusted-browser"]
tenants = [b"", b"a", b"tenant-a", "gemeente ’s-Hertogenbosch \U0001f511".encode(), b"t" * 255]
for at, purpose in enumerate(purposes):
    token = b64(raw(purpose=purpose, seed=purpose))
    for other in purposes:
        check(ok(seed=purpose) if other == purpose else "forged", token, purpose=other)
for at in range(len(tenants)):
    token = b64(raw(tenant=tenants[at], seed=tenants[at]))
    for other in tenants:
        check(ok(seed=tenants[at]) if other == tenants[at] else "forged", token, tenant=other)
token = b64(raw(purpose=b"sign-in", tenant=b"x", seed=b"moved"))
check("forged", token, purpose=b"sign-inx", tenant=b"")
check("forged", token, purpose=b"sign-i", tenant=b"nx")
check("forged", token, purpose=b"x", tenant=b"sign-in")
check("malformed", b64(raw(tenant=b"t" * 256)), tenant=b"t" * 256)

title("An expiry further away than the purpose's longest lifetime and a minute: the clock that issued it ran ahead.")
bound_to = (b"account-7", (3).to_bytes(8, "big"))
for purpose in (*purposes, b"invoice-link"):
    longest = LONGEST.get(purpose, DAY)
    for ahead, good in ((longest, True), (longest + 60, True), (longest + 61, False), (200 * DAY, longest > 200 * DAY), (2000 * DAY, False)):
        seed = purpose + b" ahead"
        token = b64(raw(purpose=purpose, expiry=NOW + ahead, seed=seed))
        check(ok(7, NOW + ahead, seed) if good else "expiry-too-far", token, purpose=purpose)
        token = b64(raw(purpose=purpose, expiry=NOW + ahead, seed=seed, bound_to=bound_to))
        storeless(f"ok:7:{NOW + ahead}" if good else "expiry-too-far", token, purpose=purpose)
far = bytearray(raw(expiry=NOW + 200 * DAY))
far[55] ^= 1
check("forged", b64(far))

title("A bit flipped in every byte. In byte 2 that makes key 7 into key 3, which is there.")
for at in range(56):
    damaged = bytearray(raw())
    damaged[at] ^= 1 << (at % 8)
    verdict = "malformed" if at == 0 else "unknown-key" if at == 1 else "forged"
    check(verdict, b64(damaged))

title("Keys: absent, revoked, swapped. The tags are right for the key that is named, or was.")
check("unknown-key", b64(raw(key=8)))
check("unknown-key", b64(raw(key=8)), now=NOW + 9999)
check("revoked-key", b64(raw(key=9)))
check("revoked-key", b64(raw(key=9)), now=NOW + 9999)
swapped = bytearray(raw(key=7))
swapped[1:3] = (3).to_bytes(2, "big")
check("forged", b64(swapped))
check("forged", b64(swapped), now=NOW + 9999)

title("Versions, with right tags.")
for version in (0, 2, 255):
    check("malformed", b64(raw(version=version)))

title("Spellings of a genuine token that are not its own.")
body = next(body for n in range(99) if {45, 95} <= set(b64(body := raw(seed=bytes([n])))))  # has '-' and '_'
token = b64(body)
alphabet = (string.ascii_uppercase + string.ascii_lowercase + string.digits + "-_").encode()
last = alphabet.index(token[-1:])
for spare in (1, 2, 3):
    check("malformed", token[:-1] + alphabet[last + spare : last + spare + 1])
for text in (
    b"", b" ", token[:-1], token[1:], token + b"A", token + b"=", token + b"==", b" " + token, token + b" ",
    token + b"\n", token + b"\0", token[:-1] + b"=", token[:-1] + b" ", token[:-1] + b"\n", token[:-1] + b"\0",
    b" " + token[1:], base64.b64encode(body).rstrip(b"="), base64.b64encode(body), token.replace(b"-", b"+", 1),
    token.replace(b"_", b"/", 1), token.swapcase(), token[::-1], token + token, body.hex().encode(), b64(body[:-1]),
    b64(body + b"\0"), b64(bytes(56)), b"A" * 75, b"_" * 75, b"." * 75, token[:-2] + "é".encode(),
    token[:-3] + "\u212a".encode(), token[:37] + b"%" + token[38:], b"A" * 10000,
):
    check("malformed", text)

title("Storeless tokens: account and version of the credential count too, and the kinds do not mix.")
bound_to = (b"account-7", (3).to_bytes(8, "big"))
token = b64(raw(bound_to=bound_to))
good = f"ok:7:{NOW + 3600}"
storeless(good, token)
storeless(good, token, now=NOW + 3599)
storeless("expired", token, now=NOW + 3600)
for account, version in ((b"account-7", 2), (b"account-7", 4), (b"account-7", 2**64 - 1), (b"account-8", 3), (b"", 3)):
    storeless("forged", token, account=account, version=version)
storeless("forged", token, tenant=b"tenant-b")
storeless("malformed", token, account=b"a" * 256)
check("forged", token)
storeless("forged", b64(raw()))

title("Links as mails bring them back: what follows the token goes, and so does what breaks a line within it.")
token = b64(body)
half, rest = token[:31].decode(), token[31:].decode()
whole = half + rest
for after in (
    "", ".", ")", ">", ",", "=", "%20", "/", ";", "!", "'", '"', "]", "}", "»", "”", "’", "…", "*", "|", "\\", "`", ":", "?", "_", "-", "~",
    " ", "\t", "\r\n", "\n", "\0", "\u200b", "\u00a0", "\ufeff", "\u2060", "\u00ad", "。", "を", "%E2%80%8B", "%C2%A0", "%3E", "%29.", "%0D%0A",
    ").", ">.", "/.", "/%20", "=3D", "=20", "=\r\n", "?utm_source=mail", "&a=b", "#top", "<", "</a>", " and then", "\"><b>", ">>", "%", "%2", "%zz", "%ff", "%F0%9F",
):
    pasted(token, whole + after)
for between in ("=", "=\r\n", "=\n", "\r\n", "\n ", " ", "\t", "\u200b", "\u200d", "\u00ad", "\ufeff", "\u2060", "%0D%0A", "%3D%0D%0A", "%E2%80%8B", "%20"):
    pasted(token, half + between + rest)
    pasted(token, half + between + rest + between + ".")
pasted(token, " " + whole)
pasted(token, "\ufeff" + whole)
pasted(token, whole.replace("-", "%2D").replace("_", "%5f"))
pasted(token, whole + "." * (512 - 75))
for bad in (
    "", "=", " ", ".", whole[:-1], whole[:-1] + ".", whole[1:], whole + "A", whole + "0", whole + "%41", whole + whole, "(" + whole, "<" + whole + ">",
    half + "." + rest, half + "/" + rest, half + "+" + rest, half + ")" + rest, half + "é" + rest, whole + "." * (513 - 75), "A" * 512, "=" * 512, "%" * 75, "é" * 75,
):
    pasted(None, bad)
pasted(None, "%ff" + whole)
pasted(None, half + "%e2%80" + rest)

with open(OUT, "w", encoding="ascii") as out:
    out.write("""\
# Written by tests/peer/make_tokens.py; read by tests/vectors.rs and tests/peer/verify_token.py.
#
# Columns are separated by one blank. Purposes, tenants, accounts and presented texts are UTF-8 in hexadecimal, with
# '-' for nothing; numbers are decimal, times in seconds since the Unix epoch.
#
#   key <id> <active|retired|revoked> <the 32 bytes of the master key, in hexadecimal>
#   check <purpose> <tenant> <now> <presented> <verdict>
#   storeless <purpose> <tenant> <account> <version of the credential> <now> <presented> <verdict>
#   pasted <presented> <verdict>
#
# The verdict of check and storeless is ok:<key id>:<expiry>:<selector hash, in hexadecimal>, without the hash when
# storeless; or malformed, unknown-key, revoked-key, forged, expired or expiry-too-far (see "Checking" in FORMAT.md).
# That of pasted is ok:<the token that was read, in hexadecimal> or malformed (see "Links from mails" there).
# Revoked keys have their bytes here only to make tokens with.
""")
    for key, (state, master) in KEYS.items():
        if state != "absent":
            out.write(f"key {key} {state} {master.hex()}\n")
    out.write("\n".join(lines) + "\n")
