"""Writes ../vectors/tokens.txt: tokens made and damaged in Python, for both verifiers."""

import base64
import hashlib
import pathlib
import string

from verify_token import derive, lp, mac

OUT = pathlib.Path(__file__).resolve().parent.parent / "vectors" / "tokens.txt"
NOW = 1_790_000_000
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


def storeless(verdict, presented, account=b"account-7", version=3, tenant=TENANT, now=NOW):
    lines.append(f"storeless {hexed(RESET)} {hexed(tenant)} {hexed(account)} {version} {now} {hexed(presented)} {verdict}")


def title(text):
    lines.append(f"\n# {text}")


title("Genuine, under the active and the retired keys, at both ends of their time.")
for key in (7, 3, 65535):
    for expiry in (NOW + 1, NOW + 3600, NOW + 86400, 2**40 - 1):
        token = b64(raw(key=key, expiry=expiry, seed=bytes([key % 251])))
        check(ok(key, expiry, bytes([key % 251])), token)
        check(ok(key, expiry, bytes([key % 251])), token, now=expiry - 1)
        check("expired", token, now=expiry)
        check("expired", token, now=2**64 - 1)
check("expired", b64(raw(expiry=0)), now=0)

title("Every purpose and some tenants, at their own place and at each other's.")
purposes = [b"password-reset", b"sign-in", b"confirm-address", b"not-me", b"known-device"]
tenants = [b"", b"a", b"tenant-a", "gemeente ’s-Hertogenbosch \U0001f511".encode(), b"t" * 255]
for at, purpose in enumerate(purposes):
    token = b64(raw(purpose=purpose, seed=purpose))
    for other in purposes:
        check(ok(seed=purpose) if other == purpose else "forged", token, purpose=other)
    token = b64(raw(tenant=tenants[at], seed=tenants[at]))
    for other in tenants:
        check(ok(seed=tenants[at]) if other == tenants[at] else "forged", token, tenant=other)
token = b64(raw(purpose=b"sign-in", tenant=b"x", seed=b"moved"))
check("forged", token, purpose=b"sign-inx", tenant=b"")
check("forged", token, purpose=b"sign-i", tenant=b"nx")
check("forged", token, purpose=b"x", tenant=b"sign-in")
check("malformed", b64(raw(tenant=b"t" * 256)), tenant=b"t" * 256)

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

with open(OUT, "w", encoding="ascii") as out:
    out.write("# Written by tests/peer/make_tokens.py; read by tests/vectors.rs and tests/peer/verify_token.py,\n")
    out.write("# which says what the columns are. Revoked keys have their bytes here only to make tokens with.\n")
    for key, (state, master) in KEYS.items():
        if state != "absent":
            out.write(f"key {key} {state} {master.hex()}\n")
    out.write("\n".join(lines) + "\n")
