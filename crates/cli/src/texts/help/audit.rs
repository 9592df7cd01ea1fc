//! Help texts of `audit …`.

use super::{Text, t};

pub(super) const HELP: &[(&str, Text)] = &[
    (
        "audit",
        t(
            "The audit trail in the database of a service: verify, export, prune",
            "Het auditspoor in de database van een dienst: controleren, exporteren, opruimen",
        ),
    ),
    (
        "audit verify",
        t(
            "Verify the audit trail against its checkpoints, and name each row and checkpoint that was altered, removed or added. Keep the last checkpoint that it prints outside the database: with --expect, a later run shows whether the end of the trail was cut off. The service may keep running",
            "Controleer het auditspoor tegen zijn controlepunten, en noem elke regel en elk controlepunt dat is gewijzigd, verwijderd of toegevoegd. Bewaar het laatste controlepunt dat het toont buiten de database: met --expect laat een latere controle zien of het einde van het spoor is afgekapt. De dienst mag blijven draaien",
        ),
    ),
    (
        "audit export",
        t(
            "Write the rows of the audit trail to standard output, each with the checkpoint that covers it. Accounts and actors are keyed hashes. This verifies nothing. In CSV, an apostrophe comes before a text that a spreadsheet would run as a formula",
            "Schrijf de regels van het auditspoor naar de standaarduitvoer, elk met het controlepunt dat haar dekt. Accounts en uitvoerders zijn hashes met een sleutel. Dit controleert niets. In CSV staat een apostrof voor een tekst die een rekenblad als formule zou uitvoeren",
        ),
    ),
    (
        "audit prune",
        t(
            "Remove old rows of the audit trail. They are verified first, and a checkpoint records the removal. Without that, a removal counts as tampering",
            "Verwijder oude regels van het auditspoor. Ze worden eerst gecontroleerd, en een controlepunt legt het verwijderen vast. Zonder dat geldt verwijderen als knoeien",
        ),
    ),
    (
        "audit-keys",
        t(
            "The key file of the service",
            "Het sleutelbestand van de dienst",
        ),
    ),
    (
        "audit-tenant",
        t(
            "Only the trail of this tenant",
            "Alleen het spoor van deze tenant",
        ),
    ),
    ("prune-tenant", t("The tenant's id", "Het id van de tenant")),
    (
        "expect",
        t(
            "A checkpoint that the chain of the tenant must contain, as an earlier run printed it",
            "Een controlepunt dat de keten van de tenant moet bevatten, zoals een eerdere controle het toonde",
        ),
    ),
    ("format", t("JSON lines or CSV", "JSON-regels of CSV")),
    (
        "keep_days",
        t(
            "How many days rows are kept",
            "Hoeveel dagen regels bewaard blijven",
        ),
    ),
];
