"""Writes ../vectors/handles.txt: account handles made without the crate, with libsodium by way of ctypes."""

import base64
import ctypes
import ctypes.util
import pathlib

from verify_token import lp, mac

OUT = pathlib.Path(__file__).resolve().parent.parent / "vectors" / "handles.txt"
SODIUM = ctypes.CDLL(ctypes.util.find_library("sodium") or "libsodium.so.23")
KEYS = {7: bytes(range(32)), 258: bytes([0xFF]) * 32}


def encrypt(key, nonce, associated, plaintext):
    out = ctypes.create_string_buffer(len(plaintext) + 16)
    failed = SODIUM.crypto_aead_xchacha20poly1305_ietf_encrypt(
        out, None, plaintext, ctypes.c_ulonglong(len(plaintext)),
        associated, ctypes.c_ulonglong(len(associated)), None, nonce, key,
    )
    assert failed == 0
    return out.raw


def handle(key_id, purpose, tenant, account, nonce):
    info = lp(b"slotwerk/keys/v1/seal", b"slotwerk/reset/v1/account/" + purpose, tenant)
    key = mac(mac(bytes(32), KEYS[key_id]), info + b"\x01")
    header = b"\x01" + key_id.to_bytes(2, "big")
    return base64.urlsafe_b64encode(header + nonce + encrypt(key, nonce, header, account)).rstrip(b"=")


with open(OUT, "w", encoding="ascii") as out:
    out.write("# Written by tests/peer/make_handles.py; read by tests/handle.rs. Texts in hex, '-' for nothing.\n")
    out.write("# key id, key, purpose, tenant, account, nonce, handle\n")
    for at, (key_id, purpose, tenant, account) in enumerate((
        (7, b"not-me", b"tenant-a", b"account-7"),
        (7, b"known-device", b"", b""),
        (258, b"not-me", b"t" * 255, b"a" * 255),
        (258, b"password-reset", "gemeente ’s-Hertogenbosch".encode(), "personeelsnummer é".encode()),
    )):
        nonce = bytes([at + 1]) * 24
        made = handle(key_id, purpose, tenant, account, nonce)
        columns = [KEYS[key_id], purpose, tenant, account, nonce]
        out.write(" ".join([str(key_id)] + [column.hex() or "-" for column in columns] + [made.decode()]) + "\n")
