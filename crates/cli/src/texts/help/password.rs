//! What `--help` says of `password …`.

use super::{Text, t};

pub(super) const HELP: &[(&str, Text)] = &[
    (
        "password",
        t(
            "Password hashes: calibrate, hash, verify, rewrap",
            "Wachtwoordhashes: ijken, maken, controleren, opnieuw inpakken",
        ),
    ),
    (
        "password calibrate",
        t(
            "Measure this machine, and propose Argon2id parameters and a pool that suit it; never below OWASP ASVS 5.0 11.4.2",
            "Meet deze machine, en stel parameters voor Argon2id en een pool voor die erbij passen; nooit onder OWASP ASVS 5.0 11.4.2",
        ),
    ),
    (
        "password hash",
        t(
            "Hash a password with Argon2id. It comes from standard input or a file, never from an argument",
            "Maak een Argon2id-hash van een wachtwoord. Het komt van de standaardinvoer of uit een bestand, nooit uit een argument",
        ),
    ),
    (
        "password verify",
        t(
            "Tell whether a password is the one of a stored hash, and whether the hash is to be replaced",
            "Zeg of een wachtwoord dat van een opgeslagen hash is, en of de hash aan vervanging toe is",
        ),
    ),
    (
        "password rewrap",
        t(
            "Bring stored hashes under the active key of a pepper. Standard input has lines of tenant, tab, account, tab, hash; standard output gets the same lines. What does not open is left out and told by line number",
            "Breng opgeslagen hashes onder de actieve sleutel van een pepper. De standaardinvoer heeft regels van tenant, tab, account, tab, hash; de standaarduitvoer krijgt dezelfde regels. Wat niet opengaat wordt weggelaten, met zijn regelnummer",
        ),
    ),
    (
        "target_ms",
        t(
            "How long one hash may take, in milliseconds, 1 to 10000; 250 by default",
            "Hoelang één hash mag duren, in milliseconden, 1 tot en met 10000; standaard 250",
        ),
    ),
    (
        "memory_mib",
        t(
            "Memory for all hashing together, in MiB, at least 12; 1024 by default",
            "Geheugen voor al het hashen samen, in MiB, minstens 12; standaard 1024",
        ),
    ),
    (
        "workers",
        t(
            "How many hashes at a time, 1 to 256; by default one for each core",
            "Hoeveel hashes tegelijk, 1 tot en met 256; standaard één per kern",
        ),
    ),
    (
        "wait_ms",
        t(
            "How long somebody may wait for a turn, in milliseconds, 1 to 60000; 2000 by default",
            "Hoelang iemand op een beurt mag wachten, in milliseconden, 1 tot en met 60000; standaard 2000",
        ),
    ),
    (
        "samples",
        t(
            "How often each is measured, 1 to 1000; 9 by default",
            "Hoe vaak elk gemeten wordt, 1 tot en met 1000; standaard 9",
        ),
    ),
    (
        "memory_kib",
        t(
            "Memory of a new hash, in KiB; 19456 by default",
            "Geheugen van een nieuwe hash, in KiB; standaard 19456",
        ),
    ),
    (
        "passes",
        t(
            "Passes over the memory for a new hash; 2 by default",
            "Rondes over het geheugen voor een nieuwe hash; standaard 2",
        ),
    ),
    (
        "pepper_keys",
        t(
            "The keys of the pepper that hashes are wrapped under, in a file that only its owner can read",
            "De sleutels van de pepper waaronder hashes ingepakt worden, in een bestand dat alleen de eigenaar kan lezen",
        ),
    ),
    (
        "ring",
        t(
            "The keys of the pepper, in a file that only its owner can read: the active one, and those that were active",
            "De sleutels van de pepper, in een bestand dat alleen de eigenaar kan lezen: de actieve, en die het waren",
        ),
    ),
    (
        "tenant",
        t(
            "The tenant whose account it is, as the service names it; may be empty",
            "De tenant van het account, zoals de dienst die noemt; mag leeg zijn",
        ),
    ),
    (
        "account",
        t(
            "The account that the hash is for, as the service names it; may be empty",
            "Het account waar de hash van is, zoals de dienst dat noemt; mag leeg zijn",
        ),
    ),
    (
        "hash",
        t(
            "The stored hash; other users of this machine can read it here, so name a file, or give - to read it from standard input, on the line after the password",
            "De opgeslagen hash; andere gebruikers van deze machine kunnen hem hier lezen, dus noem een bestand, of geef - om hem van de standaardinvoer te lezen, op de regel na het wachtwoord",
        ),
    ),
    (
        "hash_file",
        t(
            "Read the stored hash from this file, less one line end",
            "Lees de opgeslagen hash uit dit bestand, zonder één regeleinde",
        ),
    ),
    (
        "replacement",
        t(
            "Write the replacement to standard output, if one is due, and the verdict to standard error",
            "Schrijf de vervanging naar de standaarduitvoer, als die nodig is, en het oordeel naar de standaardfout",
        ),
    ),
    (
        "changed_only",
        t(
            "Leave lines out that are under the active key already",
            "Laat regels weg die al onder de actieve sleutel zijn",
        ),
    ),
    (
        "import_plain",
        t(
            "Also wrap hashes that are not wrapped yet: once, from a source where nobody could plant one",
            "Pak ook hashes in die dat nog niet zijn: één keer, uit een bron waar niemand er een kon neerzetten",
        ),
    ),
];
