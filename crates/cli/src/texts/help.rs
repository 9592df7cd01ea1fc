//! What `--help` says, in both languages.

mod audit;
mod budgets;
mod database;
mod keys;
mod password;
mod throttle;

use super::Text;

/// What `--help` says of a command (by its name) or an argument (by its identifier).
pub(crate) fn help(key: &str) -> Option<Text> {
    all()
        .find(|(known, _)| *known == key)
        .map(|(_, text)| *text)
}

fn all() -> impl Iterator<Item = &'static (&'static str, Text)> {
    HELP.iter()
        .chain(password::HELP)
        .chain(keys::HELP)
        .chain(throttle::HELP)
        .chain(budgets::HELP)
        .chain(database::HELP)
        .chain(audit::HELP)
}

const fn t(en: &'static str, nl: &'static str) -> Text {
    Text { en, nl }
}

const HELP: &[(&str, Text)] = &[
    (
        "slotwerk",
        t(
            "Password policies, breach filters, password hashes, keys, attempt budgets and audit trails, for operators and auditors",
            "Wachtwoordbeleid, filters van gelekte wachtwoorden, wachtwoordhashes, sleutels, budgetten van pogingen en auditsporen, voor beheerders en controleurs",
        ),
    ),
    (
        "exit-codes",
        t(
            "Exit codes:\n  0  yes: every requirement is met, nothing wrong was found\n  1  no: a requirement is not met or not known, lint found a violation,\n     a password is in the filter, or not the one of a hash; no approved\n     parameters are as fast as was asked; revoking was not confirmed, or a stored\n     value needs the key; another key still seals something; guessing is\n     likelier than it may be; there was no budget to clear;\n     a part of the audit trail is not protected\n  2  the arguments are wrong\n  3  an input cannot be read, or is malformed\n  4  the output cannot be written (a closed pipe ends quietly)\n  5  the audit trail was altered",
            "Afsluitcodes:\n  0  ja: aan elke eis is voldaan, er is niets mis gevonden\n  1  nee: aan een eis is niet voldaan of ze is niet bekend, lint vond een\n     overtreding, een wachtwoord staat in het filter, of is niet dat van een\n     hash; geen goedgekeurde parameters zijn zo snel als gevraagd; intrekken is\n     niet bevestigd, of een opgeslagen waarde heeft de sleutel nodig; een andere\n     sleutel verzegelt nog iets; raden lukt vaker dan het mag; er was geen\n     budget om te wissen; een deel van het auditspoor is niet beschermd\n  2  de argumenten kloppen niet\n  3  invoer kan niet gelezen worden of klopt niet\n  4  uitvoer kan niet geschreven worden (een gesloten pipe eindigt stil)\n  5  het auditspoor is gewijzigd",
        ),
    ),
    (
        "completions",
        t(
            "Write the script with which a shell completes commands and options",
            "Schrijf het script waarmee een shell opdrachten en opties aanvult",
        ),
    ),
    (
        "shell",
        t(
            "The shell: bash, elvish, fish, powershell or zsh",
            "De shell: bash, elvish, fish, powershell of zsh",
        ),
    ),
    (
        "man",
        t(
            "Write the page of the manual, or with a folder a page for each command",
            "Schrijf de pagina van de handleiding, of met een map een pagina per opdracht",
        ),
    ),
    (
        "man-folder",
        t(
            "A folder that is there, such as ~/.local/share/man/man1",
            "Een map die er is, zoals ~/.local/share/man/man1",
        ),
    ),
    (
        "policy",
        t(
            "Policies: check, lint, explain, generate",
            "Beleid: toetsen, doorlichten, uitleggen, wachtwoorden maken",
        ),
    ),
    (
        "policy check",
        t(
            "Judge a password, or each line of a stream, by a policy. Passwords come from standard input or a file, never from an argument",
            "Beoordeel een wachtwoord, of elke regel van een stroom, volgens een beleid. Wachtwoorden komen van de standaardinvoer of uit een bestand, nooit uit een argument",
        ),
    ),
    (
        "policy lint",
        t(
            "Hold a policy against NIST SP 800-63B-4 and ASVS 5.0",
            "Houd een beleid tegen NIST SP 800-63B-4 en ASVS 5.0",
        ),
    ),
    (
        "policy explain",
        t(
            "Show what a policy comes to, and where each rule is from",
            "Toon waar een beleid op neerkomt, en waar elke regel vandaan komt",
        ),
    ),
    (
        "policy generate",
        t(
            "Make passwords or passphrases that meet a policy, from the entropy of the operating system",
            "Maak wachtwoorden of wachtzinnen die aan een beleid voldoen, uit de entropie van het besturingssysteem",
        ),
    ),
    (
        "blocklist",
        t(
            "Filters of breached passwords: build, query, info, verify",
            "Filters van gelekte wachtwoorden: bouwen, bevragen, bekijken, nazien",
        ),
    ),
    (
        "blocklist build",
        t(
            "Build a filter from public HASH:COUNT text and word lists",
            "Bouw een filter van openbare HASH:AANTAL-tekst en woordenlijsten",
        ),
    ),
    (
        "blocklist query",
        t(
            "Look up a password, or each line of a stream, in a filter",
            "Zoek een wachtwoord, of elke regel van een stroom, op in een filter",
        ),
    ),
    (
        "blocklist info",
        t(
            "Show what the header of a filter says",
            "Toon wat de kop van een filter zegt",
        ),
    ),
    (
        "blocklist verify",
        t(
            "Read a whole filter and hold it against its checksums",
            "Lees een heel filter en houd het tegen zijn controlegetallen",
        ),
    ),
    ("FILE", t("FILE", "BESTAND")),
    ("NAME", t("NAME", "NAAM")),
    ("ADDRESS", t("ADDRESS", "ADRES")),
    ("POLICY", t("POLICY", "BELEID")),
    ("TEXT", t("TEXT", "TEKST")),
    ("DIR", t("DIR", "MAP")),
    (
        "json",
        t(
            "Write JSON for programs, errors too",
            "Schrijf JSON voor programma's, fouten ook",
        ),
    ),
    (
        "lang",
        t(
            "The language of texts; by default that of the locale, else English",
            "De taal van teksten; standaard die van de locale, anders Engels",
        ),
    ),
    (
        "no_progress",
        t(
            "Show no progress; there is none where standard error is no terminal",
            "Toon geen voortgang; zonder terminal als standaardfout is die er niet",
        ),
    ),
    ("help", t("Show this help", "Toon deze hulp")),
    ("version", t("Show the version", "Toon de versie")),
    (
        "policies",
        t(
            "Policy files, TOML or JSON; several are scopes, merged in this order; - is standard input",
            "Beleidsbestanden, TOML of JSON; meer dan één zijn bereiken, in deze volgorde samengevoegd; - is de standaardinvoer",
        ),
    ),
    (
        "blocklists",
        t(
            "A list of passwords to refuse, one a line; may be repeated",
            "Een lijst van wachtwoorden om te weigeren, een per regel; mag herhaald worden",
        ),
    ),
    (
        "common",
        t(
            "Refuse the common passwords of the list that is built in",
            "Weiger de veelgebruikte wachtwoorden van de ingebouwde lijst",
        ),
    ),
    (
        "password_file",
        t(
            "Read the password from this file, less one line end; by default from standard input",
            "Lees het wachtwoord uit dit bestand, zonder één regeleinde; standaard van de standaardinvoer",
        ),
    ),
    (
        "each_line",
        t(
            "Take each line as a password, and show a summary; any number of lines",
            "Neem elke regel als wachtwoord, en toon een samenvatting; hoeveel regels ook",
        ),
    ),
    (
        "user_names",
        t(
            "The name the user signs in with; may be repeated",
            "De naam waarmee de gebruiker inlogt; mag herhaald worden",
        ),
    ),
    (
        "mails",
        t(
            "The user's mail address; may be repeated",
            "Het mailadres van de gebruiker; mag herhaald worden",
        ),
    ),
    (
        "names",
        t(
            "A name of the user; may be repeated",
            "Een naam van de gebruiker; mag herhaald worden",
        ),
    ),
    (
        "breach",
        t(
            "Look the password up in this filter, for rule not-breached",
            "Zoek het wachtwoord op in dit filter, voor regel not-breached",
        ),
    ),
    (
        "new_account",
        t(
            "The account has no earlier password, for rules not-reused and minimum-age",
            "Het account heeft geen eerder wachtwoord, voor de regels not-reused en minimum-age",
        ),
    ),
    (
        "single_factor",
        t(
            "The password is the only factor (the default)",
            "Het wachtwoord is de enige factor (de standaard)",
        ),
    ),
    (
        "with_second_factor",
        t(
            "The password is always followed by a second factor",
            "Na het wachtwoord volgt altijd een tweede factor",
        ),
    ),
    (
        "count",
        t(
            "How many, 1 to 100000; 1 by default",
            "Hoeveel, 1 tot en met 100000; standaard 1",
        ),
    ),
    (
        "length",
        t(
            "How many characters; by default what suits the policy",
            "Hoeveel tekens; standaard wat bij het beleid past",
        ),
    ),
    (
        "passphrase",
        t(
            "Make passphrases of Dutch or English words",
            "Maak wachtzinnen van Nederlandse of Engelse woorden",
        ),
    ),
    (
        "word-count",
        t(
            "How many words in a passphrase",
            "Hoeveel woorden in een wachtzin",
        ),
    ),
    (
        "separator",
        t(
            "What stands between the words of a passphrase",
            "Wat er tussen de woorden van een wachtzin staat",
        ),
    ),
    (
        "hashes",
        t(
            "SHA-1 in hexadecimal, one a line, with :COUNT or without; - is standard input; may be repeated",
            "SHA-1 in hexadecimaal, een per regel, met :AANTAL of zonder; - is de standaardinvoer; mag herhaald worden",
        ),
    ),
    (
        "words",
        t(
            "Passwords, one a line; - is standard input; may be repeated",
            "Wachtwoorden, een per regel; - is de standaardinvoer; mag herhaald worden",
        ),
    ),
    (
        "bits",
        t(
            "Bits kept of each key: one of 65536 or 4294967296 others is taken for it",
            "Bits per sleutel: een van 65536 of 4294967296 andere wordt ervoor aangezien",
        ),
    ),
    (
        "output",
        t(
            "The filter to write, in place of what is there",
            "Het filter om te schrijven, in plaats van wat er staat",
        ),
    ),
    (
        "minimum_count",
        t(
            "Leave out hashes that were seen less often; 1 by default",
            "Laat hashes weg die minder vaak gezien zijn; standaard 1",
        ),
    ),
    (
        "label",
        t(
            "Where the passwords come from, as the filter will say",
            "Waar de wachtwoorden vandaan komen, zoals het filter zal zeggen",
        ),
    ),
    (
        "scratch",
        t(
            "Where temporary files go: 8 bytes a line",
            "Waar tijdelijke bestanden komen: 8 bytes per regel",
        ),
    ),
    (
        "memory",
        t(
            "How much memory to use, in MiB; 256 by default",
            "Hoeveel geheugen te gebruiken, in MiB; standaard 256",
        ),
    ),
    (
        "cache",
        t(
            "How much of the filter to keep in memory, in MiB; 64 by default",
            "Hoeveel van het filter in het geheugen te houden, in MiB; standaard 64",
        ),
    ),
    (
        "filter",
        t(
            "A filter file made by `blocklist build`",
            "Een filterbestand, gemaakt met `blocklist build`",
        ),
    ),
    (
        "sha1",
        t(
            "What is looked up is a SHA-1 in hexadecimal, not a password",
            "Wat opgezocht wordt is een SHA-1 in hexadecimaal, geen wachtwoord",
        ),
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn help_is_in_both_languages() {
        for (key, text) in all() {
            assert!(!text.en.is_empty() && !text.nl.is_empty(), "{key}");
            assert_ne!(text.en, text.nl, "{key}");
        }
    }

    #[test]
    fn nothing_is_explained_twice() {
        let mut keys: Vec<&str> = all().map(|(key, _)| *key).collect();
        keys.sort_unstable();
        let twice = keys.windows(2).find(|pair| pair[0] == pair[1]);
        assert_eq!(twice, None);
    }
}
