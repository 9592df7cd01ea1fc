//! Help texts of `budgets …`.

use super::{Text, t};

pub(super) const HELP: &[(&str, Text)] = &[
    (
        "budgets",
        t(
            "The attempt budgets in the database of a service: clear",
            "De budgetten van pogingen in de database van een dienst: wissen",
        ),
    ),
    (
        "budgets clear",
        t(
            "Give budgets back, after a clock that was wrong or after an attack: of an account, a login name or an address, or without any of these the mails of the tenant as a whole. Failures in the life of an authenticator still count. One row of the audit trail reports it. The service may keep running",
            "Geef budgetten terug, na een klok die verkeerd stond of na een aanval: van een account, een inlognaam of een adres, of zonder een daarvan de mails van de tenant als geheel. Mislukkingen in het leven van een authenticator blijven tellen. Een regel in het auditspoor meldt het. De dienst mag blijven draaien",
        ),
    ),
    (
        "ring-of-service",
        t(
            "The key file of the service",
            "Het sleutelbestand van de dienst",
        ),
    ),
    (
        "budgets-tenant",
        t("The tenant's id", "Het id van de tenant"),
    ),
    (
        "budgets-account",
        t(
            "The account's id: sign-ins, codes, recovery codes, set-up, mails and comparisons with earlier passwords",
            "Het id van het account: inloggen, codes, herstelcodes, instellen, mails en vergelijken met eerdere wachtwoorden",
        ),
    ),
    (
        "login",
        t(
            "A login name as it is typed, whether or not somebody has it: sign-ins under a name nobody has, and requests for a link",
            "Een inlognaam zoals die getypt wordt, of iemand die nu heeft of niet: inloggen onder een naam van niemand, en het aanvragen van een link",
        ),
    ),
    (
        "address",
        t(
            "A client's IP address: sign-ins and requests for a link",
            "Het IP-adres van een client: inloggen en het aanvragen van een link",
        ),
    ),
];
