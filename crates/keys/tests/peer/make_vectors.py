"""Writes derive.txt and sealed.txt into ../vectors. Independent of the Rust code: HKDF and HMAC from
Python's hmac and hashlib, XChaCha20-Poly1305 from libsodium by way of PyNaCl (pip install PyNaCl)."""

import hashlib
import hmac
import pathlib

from nacl.bindings import crypto_aead_xchacha20poly1305_ietf_encrypt as xchacha20poly1305

HERE = pathlib.Path(__file__).resolve().parent.parent / "vectors"


def sha256_hmac(key, data):
    return hmac.new(key, data, hashlib.sha256).digest()


def lp(part):
    return len(part).to_bytes(8, "big") + part


def derive(label, master, purpose, tenant):
    """RFC 5869, no salt, one block of output."""
    info = lp(label) + lp(purpose) + lp(tenant)
    return sha256_hmac(sha256_hmac(bytes(32), master), info + b"\x01")


def text(value):
    return value.hex() or "-"


MASTERS = {
    1: bytes(range(32)),
    258: hashlib.sha256(b"slotwerk-keys test master 258").digest(),
    65535: bytes([0xFF]) * 32,
}
SCOPES = [
    (b"invoice-link", b"tenant-a"),
    (b"a", b"bc"),
    (b"ab", b"c"),
    (b"abc", b""),
    (b"", b"abc"),
    (b"", b""),
    ("sleutel-é".encode(), "gemeente ’s-Hertogenbosch \U0001f511".encode()),
    (b"p" * 300, b"\x00" * 70),
]
PARTS = [[], [b""], [b"", b""], [b"ab", b"c"], [b"a", b"bc"], [b"abc"], [bytes(range(256)), b"x" * 200]]
SEALED = [
    (b"account-7", b"the secret"),
    (b"", b""),
    (b"row", bytes(range(64))),
    (b"s" * 100, b"x" * 200),
]

with open(HERE / "derive.txt", "w", encoding="ascii") as out:
    out.write("# Tags under derived keys, by tests/peer/make_vectors.py (Python's hmac and hashlib).\n")
    out.write("# All but the first column in hex, '-' is empty, parts are separated by commas,\n")
    out.write("# and 'none' is no part at all.\n")
    out.write("# key-id master purpose tenant parts tag\n")
    for key_id, master in MASTERS.items():
        for purpose, tenant in SCOPES:
            key = derive(b"slotwerk/keys/v1/mac", master, purpose, tenant)
            for parts in PARTS:
                tag = sha256_hmac(key, b"".join(lp(part) for part in parts))
                listed = ",".join(text(part) for part in parts) or "none"
                out.write(f"{key_id} {master.hex()} {text(purpose)} {text(tenant)} {listed} {tag.hex()}\n")

with open(HERE / "sealed.txt", "w", encoding="ascii") as out:
    out.write("# Sealed values, by tests/peer/make_vectors.py (libsodium 1.0.x through PyNaCl).\n")
    out.write("# All but the first column in hex, '-' is empty.\n")
    out.write("# key-id master purpose tenant subject nonce plaintext sealed\n")
    for key_id, master in MASTERS.items():
        for purpose, tenant in SCOPES:
            key = derive(b"slotwerk/keys/v1/seal", master, purpose, tenant)
            for subject, plaintext in SEALED:
                nonce = hashlib.sha256(b"nonce" + purpose + b"/" + subject).digest()[:24]
                header = b"\x01" + key_id.to_bytes(2, "big")
                box = header + nonce + xchacha20poly1305(plaintext, header + subject, nonce, key)
                columns = [master, purpose, tenant, subject, nonce, plaintext, box]
                out.write(f"{key_id} {' '.join(text(column) for column in columns)}\n")
