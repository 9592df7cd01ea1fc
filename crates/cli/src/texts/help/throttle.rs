//! What `--help` says of `throttle …`.

use super::{Text, t};

pub(super) const HELP: &[(&str, Text)] = &[
    (
        "throttle",
        t(
            "Attempt budgets, and what they are worth against guessing",
            "Budgetten van pogingen, en wat ze waard zijn tegen raden",
        ),
    ),
    (
        "throttle explain",
        t(
            "Show how many tries a stranger gets from an hour to ten years, and the chance that one is right. Without arguments for the codes of a service as it is by default",
            "Toon hoeveel pogingen een vreemde krijgt van een uur tot tien jaar, en de kans dat er een goed is. Zonder argumenten voor de codes van een dienst zoals die standaard is",
        ),
    ),
    (
        "configurations",
        t(
            "Configurations to show side by side: a name, and what differs from the options, such as strict:burst=3,refill=1h,hard-stop=50. All options below are settings too, as far as --successes",
            "Configuraties om naast elkaar te tonen: een naam, en wat er anders is dan de opties, zoals streng:burst=3,refill=1h,hard-stop=50. De opties hieronder zijn ook instellingen, tot en met --successes",
        ),
    ),
    (
        "burst",
        t(
            "Tries that may follow each other at once, 1 to 1000; 5 by default",
            "Pogingen die meteen na elkaar mogen, 1 tot en met 1000; standaard 5",
        ),
    ),
    (
        "refill",
        t(
            "The time in which one try comes back, such as 90s, 15m or 1h 30m; 15m by default",
            "De tijd waarin er één poging terugkomt, zoals 90s, 15m of 1h 30m; standaard 15m",
        ),
    ),
    (
        "hard_stop",
        t(
            "Failures in a row after which only recovery helps, 1 to 100, or none; 100 by default",
            "Mislukkingen op rij waarna alleen herstel nog helpt, 1 tot en met 100, of none; standaard 100",
        ),
    ),
    (
        "backoff",
        t(
            "Waits that double: failures without a wait, the first wait and the longest, such as 4/30s/1h; none by default",
            "Wachttijden die verdubbelen: mislukkingen zonder wachten, de eerste wachttijd en de langste, zoals 4/30s/1h; standaard none",
        ),
    ),
    (
        "lifetime",
        t(
            "Failures after which an authenticator has to be replaced, 1 to 100000, or none; none by default",
            "Mislukkingen waarna een authenticator vervangen moet worden, 1 tot en met 100000, of none; standaard none",
        ),
    ),
    (
        "codes",
        t(
            "How many codes there are, all equally likely; 1000000 by default, for six digits",
            "Hoeveel codes er zijn, alle even waarschijnlijk; standaard 1000000, voor zes cijfers",
        ),
    ),
    (
        "accepted",
        t(
            "How many of them are right at any moment; 3 by default",
            "Hoeveel daarvan er op elk moment goed zijn; standaard 3",
        ),
    ),
    (
        "successes",
        t(
            "How often the owner succeeds in a year, each time counted as a recovery, which hands out a fresh budget; 0 by default",
            "Hoe vaak het de eigenaar in een jaar lukt, telkens geteld als een herstel, dat een nieuw budget geeft; standaard 0",
        ),
    ),
    (
        "within",
        t(
            "The most that the chance of a year may be, from 0 to below 1; above it the exit code is 1",
            "Hoe groot de kans van een jaar mag zijn, van 0 tot onder 1; daarboven is de afsluitcode 1",
        ),
    ),
    (
        "svg",
        t(
            "Write the same as a chart to this file, in place of what is there",
            "Schrijf hetzelfde als grafiek naar dit bestand, in plaats van wat er staat",
        ),
    ),
    ("NAME:SETTINGS", t("NAME:SETTINGS", "NAAM:INSTELLINGEN")),
    ("TIME", t("TIME", "TIJD")),
];
