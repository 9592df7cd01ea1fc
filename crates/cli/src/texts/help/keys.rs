//! What `--help` says of `keys …`.

use super::{Text, t};

pub(super) const HELP: &[(&str, Text)] = &[
    (
        "keys",
        t(
            "The key ring of a service: new, list, prepare, rotate, retire, reseal, revoke. A change writes the file anew, wholly or not at all, and comments in it are lost",
            "De sleutelring van een dienst: maken, tonen, klaarzetten, wisselen, uitdienen, herverzegelen, intrekken. Een verandering schrijft het bestand opnieuw, helemaal of niet, en commentaar erin gaat verloren",
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
        "keys reseal",
        t(
            "Seal the stored secrets and mails of a service again under the active key, and show what another key still seals. First bring the key file to every node: a node with the old file goes on sealing under the old key. The service may keep running, and a run that was interrupted may be repeated. Recovery codes, links and sessions keep the key that they were made under",
            "Verzegel de opgeslagen geheimen en mails van een dienst opnieuw onder de actieve sleutel, en toon wat een andere sleutel nog verzegelt. Breng het sleutelbestand eerst naar elke node: een node met het oude bestand blijft onder de oude sleutel verzegelen. De dienst mag blijven draaien, en een onderbroken run mag opnieuw. Herstelcodes, links en sessies houden de sleutel waarmee ze gemaakt zijn",
        ),
    ),
    (
        "keys revoke",
        t(
            "Wipe a retired key. Links, tickets, sessions, remembered browsers and recovery codes made under it end at once, and its names in the audit trail are not recognised any more. Refused while a stored secret or mail is sealed under it: reseal first, on every database that uses the file. Cannot be undone",
            "Wis een uitgediende sleutel. Links, tickets, sessies, onthouden browsers en herstelcodes ervan vervallen meteen, en zijn namen in het auditspoor worden niet meer herkend. Geweigerd zolang een opgeslagen geheim of mail eronder verzegeld is: herverzegel eerst, in elke database die het bestand gebruikt. Niet terug te draaien",
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
    (
        "lose_sealed",
        t(
            "Do not look into a database: every authenticator, set-up and mail that is still sealed under the key is lost, or every password if it is a pepper's",
            "Kijk niet in een database: elke authenticator, instelling en mail die nog onder de sleutel verzegeld is gaat verloren, of elk wachtwoord als het die van een pepper is",
        ),
    ),
    ("yes", t("Do it without asking", "Doe het zonder te vragen")),
];
