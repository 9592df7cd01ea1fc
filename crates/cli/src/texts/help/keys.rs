//! What `--help` says of `keys …`.

use super::{Text, t};

pub(super) const HELP: &[(&str, Text)] = &[
    (
        "keys",
        t(
            "The key ring of a service: new, list, prepare, rotate, retire, revoke. A change writes the file anew, wholly or not at all, and comments in it are lost",
            "De sleutelring van een dienst: maken, tonen, klaarzetten, wisselen, uitdienen, intrekken. Een verandering schrijft het bestand opnieuw, helemaal of niet, en commentaar erin gaat verloren",
        ),
    ),
    (
        "keys new",
        t(
            "Make a file with one active key, for its owner alone. A file that is there is never replaced",
            "Maak een bestand met één actieve sleutel, voor de eigenaar alleen. Een bestand dat er al is wordt nooit vervangen",
        ),
    ),
    (
        "keys list",
        t(
            "Show each key's number and state, and nothing of the key",
            "Toon van elke sleutel het nummer en de toestand, en niets van de sleutel zelf",
        ),
    ),
    (
        "keys prepare",
        t(
            "Add a new key that verifies and opens, and makes nothing yet: bring the file to every node, then rotate to it",
            "Voeg een nieuwe sleutel toe die controleert en opent, en nog niets maakt: breng het bestand naar elke node, en wissel er dan naartoe",
        ),
    ),
    (
        "keys rotate",
        t(
            "Make a new key active, or with --to a prepared one. The one that was active is retired: what was made under it stays valid until it expires",
            "Maak een nieuwe sleutel actief, of met --to een klaargezette. De sleutel die actief was is dan uitgediend: wat ermee gemaakt is blijft geldig tot het verloopt",
        ),
    ),
    (
        "keys retire",
        t(
            "Put the active key aside for another key of the file. What was made under it stays valid until it expires",
            "Zet de actieve sleutel opzij voor een andere sleutel van het bestand. Wat ermee gemaakt is blijft geldig tot het verloopt",
        ),
    ),
    (
        "keys revoke",
        t(
            "Kill at once whatever was made under a retired key, and wipe the key. Cannot be undone",
            "Maak meteen ongeldig wat er met een uitgediende sleutel gemaakt is, en wis de sleutel. Niet terug te draaien",
        ),
    ),
    (
        "key-file",
        t(
            "The file with the keys, which only its owner can read",
            "Het bestand met de sleutels, dat alleen de eigenaar kan lezen",
        ),
    ),
    (
        "key",
        t("The number of the key", "Het nummer van de sleutel"),
    ),
    (
        "to",
        t(
            "The number of the key, prepared or retired, that becomes active",
            "Het nummer van de sleutel, klaargezet of uitgediend, die actief wordt",
        ),
    ),
    (
        "new_key",
        t(
            "Make a new key, also where the file has one that is newer than the active one",
            "Maak een nieuwe sleutel, ook als het bestand er een heeft die nieuwer is dan de actieve",
        ),
    ),
    ("yes", t("Do it without asking", "Doe het zonder te vragen")),
];
