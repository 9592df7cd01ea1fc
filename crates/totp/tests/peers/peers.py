"""pyotp, as a peer of this crate.

Reads lines of tab-separated fields: secret (Base32), time, algorithm, digits, period, issuer, account, a code
of ours, a wrong code, a URI of ours. Writes for each: pyotp's code, whether it accepts ours, whether it
accepts the wrong one, its URI, and what it reads in ours: secret, algorithm, digits, period, issuer, account.
"""

import hashlib
import sys

import pyotp

DIGESTS = {"SHA1": hashlib.sha1, "SHA256": hashlib.sha256, "SHA512": hashlib.sha512}

for line in sys.stdin:
    secret, time, algorithm, digits, period, issuer, account, ours, wrong, uri = line.rstrip("\n").split("\t")
    totp = pyotp.TOTP(
        secret,
        digits=int(digits),
        digest=DIGESTS[algorithm],
        name=account,
        issuer=issuer,
        interval=int(period),
    )
    read = pyotp.parse_uri(uri)
    print(
        totp.at(int(time)),
        "yes" if totp.verify(ours, for_time=int(time)) else "no",
        "yes" if totp.verify(wrong, for_time=int(time)) else "no",
        totp.provisioning_uri(),
        read.secret,
        read.digest().name.upper(),
        read.digits,
        read.interval,
        read.issuer,
        read.name,
        sep="\t",
    )
