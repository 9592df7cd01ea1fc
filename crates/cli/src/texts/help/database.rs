//! Help texts of `database …` and `schema …`.

use super::{Text, t};

pub(super) const HELP: &[(&str, Text)] = &[
    (
        "database",
        t(
            "The database of a service: after-restore",
            "De database van een dienst: na het terugzetten",
        ),
    ),
    (
        "database after-restore",
        t(
            "Run this after a backup was restored, or after a failover that lost the last writes. In one transaction it ends every session, link, sign-in and enrolment, and raises the epoch of every account. Everybody signs in again. Stop the service first",
            "Voer dit uit nadat een reservekopie is teruggezet, of na een failover waarbij de laatste schrijfacties verloren gingen. In één transactie beëindigt het elke sessie, link, aanmelding en activering, en verhoogt het de epoch van elk account. Iedereen logt opnieuw in. Stop eerst de dienst",
        ),
    ),
    (
        "database-address",
        t(
            "The database of the service: the path of an SQLite file, postgres://… or mysql://…. Without this option, the variable SLOTWERK_DATABASE_URL gives it, which keeps a password out of the list of processes. It must exist; older tables are brought up to date",
            "De database van de dienst: het pad van een SQLite-bestand, postgres://… of mysql://…. Zonder deze optie geeft de variabele SLOTWERK_DATABASE_URL hem; dat houdt een wachtwoord uit de lijst van processen. Ze moet bestaan; oudere tabellen worden bijgewerkt",
        ),
    ),
    (
        "restore-yes",
        t(
            "Confirms that everybody is signed out",
            "Bevestigt dat iedereen uitgelogd wordt",
        ),
    ),
    (
        "schema",
        t(
            "The tables of the store, and the rights of a role, as SQL scripts: print, grants",
            "De tabellen van de opslag, en de rechten van een rol, als SQL-scripts: tonen, rechten",
        ),
    ),
    (
        "schema print",
        t(
            "Print the tables as a script for a migration tool of yours. Each version ends by recording itself, so that the service finds the work done",
            "Toon de tabellen als script voor een eigen migratietool. Elke versie eindigt met het vastleggen van zichzelf, zodat de dienst het werk gedaan vindt",
        ),
    ),
    (
        "schema grants",
        t(
            "Print the rights that the role of a service needs, if it changes no tables itself",
            "Toon de rechten die de rol van een dienst nodig heeft als die zelf geen tabellen verandert",
        ),
    ),
    (
        "schema-dialect",
        t(
            "The dialect: sqlite, postgres, or mysql for MariaDB and MySQL",
            "Het dialect: sqlite, postgres, of mysql voor MariaDB en MySQL",
        ),
    ),
    (
        "schema-after",
        t(
            "Print the versions after this one only; without it, all of them",
            "Toon alleen de versies na deze; zonder deze optie alle",
        ),
    ),
    (
        "schema-role",
        t(
            "The name of the role: ASCII letters, digits and `_`",
            "De naam van de rol: ASCII-letters, cijfers en `_`",
        ),
    ),
];
