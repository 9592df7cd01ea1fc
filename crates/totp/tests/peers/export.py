"""otpa, as a peer that writes Google Authenticator exports.

    export.py          reads otpauth URIs, writes otpauth-migration URIs of ten accounts each
    export.py vectors  writes the vectors of ../vectors/export.txt that it can make
"""

import sys
from dataclasses import replace

from otpa.migration import otpauth_link_to_params, params_to_migration, payload_to_migration_link
from otpa.models import Algorithm, DigitCount, MigrationPayload, OtpParameters, OtpType


def vectors():
    secret = b"abcdefghijklmnopqrst"
    plain = OtpParameters(secret, "Noord:jan", "Noord")
    print("ok\tNoord\tjan\tSHA1\t6", payload_to_migration_link(MigrationPayload([plain], 0, 0)), sep="\t")
    for label, change in (
        ("ok\tNoord\tjan\tSHA1\t6", {}),
        ("ok\tNoord\tjan\tSHA256\t8", {"algorithm": Algorithm.SHA256, "digits": DigitCount.EIGHT}),
        ("ok\tNoord\tjan\tSHA512\t6", {"algorithm": Algorithm.SHA512}),
        ("ok\tNoord\tjan\tSHA1\t6", {"algorithm": Algorithm.UNSPECIFIED, "digits": DigitCount.UNSPECIFIED}),
        ("ok\tNoord\tjan\tSHA1\t6", {"name": "jan"}),
        ("ok\tNoord\tjan\tSHA1\t6", {"name": "Noord: jan"}),
        ("ok\tNoord\tjan\tSHA1\t6", {"issuer": ""}),
        ("ok\t-\tjan\tSHA1\t6", {"issuer": "", "name": "jan"}),
        ("ok\tZo\u00eb & Zonen\ta+b@c.example\tSHA1\t6", {"issuer": "Zo\u00eb & Zonen", "name": "a+b@c.example"}),
        ("ok\tNoord\tjan\tSHA1\t6", {"unique_id": "9f0c5c1e"}),
        ("refused\tCounterBased\tNoord\tjan", {"type": OtpType.HOTP, "counter": 7}),
        ("refused\tType\tNoord\tjan", {"type": OtpType.UNSPECIFIED}),
        ("refused\tAlgorithm\tNoord\tjan", {"algorithm": Algorithm.MD5}),
        ("refused\tSecret(TooShort { bytes: 10 })\tNoord\tjan", {"secret": secret[:10]}),
        ("refused\tSecret(TooLong { bytes: 65 })\tNoord\tjan", {"secret": secret * 3 + b"uvwxy"}),
        ("refused\tSecret(TooShort { bytes: 0 })\tNoord\tjan", {"secret": b""}),
        ("refused\tNames(EmptyLabel(Account))\tNoord\t", {"name": "Noord:"}),
        ("refused\tNames(Colon(Account))\tNoord\tZuid:jan", {"name": "Zuid:jan"}),
    ):
        print(label, payload_to_migration_link(MigrationPayload([replace(plain, **change)])), sep="\t")
    for label, payload in (
        ("bad\tVersion", MigrationPayload([plain], version=3)),
        ("bad\tEmpty", MigrationPayload([])),
        ("bad\tMalformed", MigrationPayload([plain], batch_size=2, batch_index=2)),
    ):
        print(label, payload_to_migration_link(payload), sep="\t")


if sys.argv[1:] == ["vectors"]:
    vectors()
else:
    accounts = [otpauth_link_to_params(line.rstrip("\n")) for line in sys.stdin]
    for link in params_to_migration(accounts, batch_id=7):
        print(link)
