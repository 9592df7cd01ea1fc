"""Python's peers of this crate: argon2-cffi, bcrypt, Django and hashlib.

    peers.py make    reads passwords, hashes each with every peer and form
    peers.py check   reads passwords and Argon2id hashes, has argon2-cffi and Django verify them

Lines of tab-separated fields, passwords as UTF-8 in hexadecimal. `make` writes
`form, password, stored`; `check` reads `password, stored` and writes `peer, verdict`.
"""

import base64
import hashlib
import json
import os
import struct
import sys

import argon2
import bcrypt
import django
from argon2.low_level import Type, hash_secret, hash_secret_raw
from django.conf import settings

HASHERS = (
    "PBKDF2PasswordHasher",
    "PBKDF2SHA1PasswordHasher",
    "Argon2PasswordHasher",
    "BCryptSHA256PasswordHasher",
    "BCryptPasswordHasher",
    "ScryptPasswordHasher",
)
settings.configure(PASSWORD_HASHERS=[f"django.contrib.auth.hashers.{name}" for name in HASHERS])
django.setup()

from django.contrib.auth.hashers import check_password, get_hasher  # noqa: E402


def b64(data):
    return base64.b64encode(data).decode()


def phc64(data):
    return b64(data).rstrip("=")


def django_forms(password):
    for name, cost in (("pbkdf2_sha256", 1000), ("pbkdf2_sha1", 1300)):
        hasher = get_hasher(name)
        yield name, hasher.encode(password, hasher.salt(), iterations=cost)
    hasher = get_hasher("scrypt")
    yield "scrypt", hasher.encode(password, hasher.salt(), n=1024, r=8, p=3)
    hasher = get_hasher("argon2")
    hasher.memory_cost, hasher.time_cost, hasher.parallelism = 1024, 2, 2
    yield "argon2", hasher.encode(password, hasher.salt())
    hasher = get_hasher("bcrypt_sha256")
    hasher.rounds = 5
    yield "bcrypt_sha256", hasher.encode(password, hasher.salt())
    hasher = get_hasher("bcrypt")
    hasher.rounds = 5
    if len(password.encode()) <= 72:
        yield "bcrypt", hasher.encode(password, hasher.salt())


def bcrypt_forms(secret):
    # The library refuses more than 72 bytes.
    if len(secret) <= 72:
        for prefix in (b"2a", b"2b"):
            yield prefix.decode(), bcrypt.hashpw(secret, bcrypt.gensalt(4, prefix)).decode()
        stored = bcrypt.hashpw(secret, bcrypt.gensalt(4)).decode()
        yield "2y", stored.replace("$2b$", "$2y$", 1)


def argon2_forms(secret):
    for variant in (Type.D, Type.I, Type.ID):
        for version in (16, 19):
            stored = hash_secret(secret, os.urandom(16), 3, 256, 2, 32, variant, version).decode()
            if version == 16:
                # As written before the version was part of the form.
                yield f"{variant.name}-unversioned", stored.replace("$v=16", "", 1)
            yield f"{variant.name}-{version}", stored


def keycloak_forms(secret):
    """What Keycloak's providers write, as `secretData credentialData` with a blank between."""
    salt = os.urandom(16)
    for variant, name in ((Type.D, "d"), (Type.I, "i"), (Type.ID, "id")):
        for version, number in (("1.0", 16), ("1.3", 19)):
            raw = hash_secret_raw(secret, salt, 5, 512, 1, 32, variant, number)
            extra = {
                "hashLength": ["32"],
                "memory": ["512"],
                "type": [name],
                "version": [version],
                "parallelism": ["1"],
            }
            yield f"argon2{name}-{version}", credential("argon2", salt, raw, 5, extra)
    for name, digest, length in (
        ("pbkdf2", "sha1", 64),
        ("pbkdf2-sha256", "sha256", 64),
        ("pbkdf2-sha512", "sha512", 64),
    ):
        raw = hashlib.pbkdf2_hmac(digest, secret, salt, 900, length)
        yield name, credential(name, salt, raw, 900, {})


def credential(algorithm, salt, raw, iterations, extra):
    secret = {"value": b64(raw), "salt": b64(salt), "additionalParameters": {}}
    data = {"hashIterations": iterations, "algorithm": algorithm, "additionalParameters": extra}
    return " ".join(json.dumps(part, separators=(",", ":")) for part in (secret, data))


def openssl_forms(secret):
    """hashlib: the PHC strings of scrypt and PBKDF2."""
    salt = os.urandom(16)
    for length in (32, 64):
        raw = hashlib.scrypt(secret, salt=salt, n=512, r=4, p=2, dklen=length)
        yield f"scrypt-{length}", f"$scrypt$ln=9,r=4,p=2${phc64(salt)}${phc64(raw)}"
    for name, digest, length in (
        ("pbkdf2", "sha1", 20),
        ("pbkdf2-sha256", "sha256", 32),
        ("pbkdf2-sha512", "sha512", 64),
    ):
        raw = hashlib.pbkdf2_hmac(digest, secret, salt, 700, length)
        yield f"phc-{name}", f"${name}$i=700,l={length}${phc64(salt)}${phc64(raw)}"


def aspnet_forms(secret):
    salt = os.urandom(16)
    raw = hashlib.pbkdf2_hmac("sha1", secret, salt, 1000, 32)
    yield "v2", b64(b"\0" + salt + raw)
    for number, digest in enumerate(("sha1", "sha256", "sha512")):
        raw = hashlib.pbkdf2_hmac(digest, secret, salt, 800, 32)
        yield f"v3-{digest}", b64(struct.pack(">BIII", 1, number, 800, len(salt)) + salt + raw)


def make():
    for line in sys.stdin:
        shown = line.strip("\n")
        secret = bytes.fromhex(shown)
        families = (
            ("django", django_forms(secret.decode())),
            ("bcrypt", bcrypt_forms(secret)),
            ("argon2-cffi", argon2_forms(secret)),
            ("keycloak", keycloak_forms(secret)),
            ("hashlib", openssl_forms(secret)),
            ("aspnet", aspnet_forms(secret)),
        )
        for family, forms in families:
            for form, stored in forms:
                print(f"{family}:{form}", shown, stored, sep="\t")


def check():
    for line in sys.stdin:
        shown, stored = line.strip("\n").split("\t")
        secret = bytes.fromhex(shown)
        try:
            verdict = argon2.PasswordHasher().verify(stored, secret)
        except argon2.exceptions.VerifyMismatchError:
            verdict = False
        print("argon2-cffi", "yes" if verdict else "no", sep="\t")
        verdict = check_password(secret.decode(), "argon2" + stored)
        print("django", "yes" if verdict else "no", sep="\t")


{"make": make, "check": check}[sys.argv[1]]()
