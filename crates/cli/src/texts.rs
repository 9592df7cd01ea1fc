//! Everything this program says to people, in both languages. `{0}`, `{1}` … are filled in.

mod examples;
mod help;

pub(crate) use examples::examples;
pub(crate) use help::help;
use slotwerk_policy::Language;
use std::fmt::Display;

/// One text in each language.
#[derive(Clone, Copy)]
pub(crate) struct Text {
    en: &'static str,
    nl: &'static str,
}

impl Text {
    pub(crate) fn r#in(self, language: Language) -> &'static str {
        match language {
            Language::Nl => self.nl,
            _ => self.en,
        }
    }

    pub(crate) fn filled(self, language: Language, values: &[&dyn Display]) -> String {
        let mut filled = String::new();
        let mut rest = self.r#in(language);
        // A value is never looked at again, whatever it holds.
        while let Some((before, after)) = rest.split_once('{') {
            filled.push_str(before);
            let (index, after) = after.split_once('}').unwrap_or(("", after));
            let value = index
                .parse::<usize>()
                .ok()
                .and_then(|index| values.get(index));
            filled.push_str(&value.map(ToString::to_string).unwrap_or_default());
            rest = after;
        }
        filled + rest
    }
}

macro_rules! texts {
    ($($name:ident: $en:literal, $nl:literal;)*) => {
        $(pub(crate) const $name: Text = Text { en: $en, nl: $nl };)*
        #[cfg(test)]
        const ALL: &[(&str, Text)] = &[$((stringify!($name), $name)),*];
    };
}

texts! {
    // Reading and writing.
    UNREADABLE: "cannot be read: {0}", "kan niet gelezen worden: {0}";
    NO_SUCH_FILE: "no such file or directory", "dit bestand of deze map bestaat niet";
    NO_PERMISSION: "permission denied", "geen toegang";
    IS_A_DIRECTORY: "it is a directory", "het is een map";
    NOT_A_DIRECTORY: "a part of the path is not a directory", "een deel van het pad is geen map";
    DISK_FULL: "the disk is full", "de schijf is vol";
    FILE_TOO_LONG: "the file is longer than {0} bytes", "het bestand is langer dan {0} bytes";
    LINE_TOO_LONG: "the line is longer than {0} bytes", "de regel is langer dan {0} bytes";
    IS_UTF16: "this is UTF-16: save it as UTF-8", "dit is UTF-16: sla het op als UTF-8";
    IS_UTF32: "this is UTF-32: save it as UTF-8", "dit is UTF-32: sla het op als UTF-8";
    HAS_NUL: "there is a NUL byte in it: this is UTF-16 or no text; save it as UTF-8",
        "er staat een NUL-byte in: dit is UTF-16 of geen tekst; sla het op als UTF-8";
    NOT_UTF8: "this is not UTF-8", "dit is geen UTF-8";
    NOT_WRITTEN: "standard output cannot be written: {0}", "de standaarduitvoer kan niet geschreven worden: {0}";
    STDIN_TWICE: "only one of the inputs can be standard input",
        "slechts één van de bestanden kan de standaardinvoer zijn";

    // Passwords.
    PROMPT: "Password: ", "Wachtwoord: ";
    PIPE_THE_PASSWORD: "pipe the password to this program, or name a file with --password-file",
        "stuur het wachtwoord via een pipe naar dit programma, of noem een bestand met --password-file";
    PIPE_THE_LINES: "lines are not read from a terminal, where they would be seen: pipe them to this program",
        "regels worden niet van een terminal gelezen, waar ze te zien zouden zijn: stuur ze via een pipe";
    PASSWORD_NOT_UTF8: "the password is not UTF-8", "het wachtwoord is geen UTF-8";
    LINES_NOT_UTF8: "lines that are not UTF-8 or hold a NUL byte, and were not judged: {0}; this is the first",
        "regels die geen UTF-8 zijn of een NUL-byte bevatten en niet beoordeeld werden: {0}; dit is de eerste";
    ATTRIBUTE_TOO_LONG: "a name or address has {0} bytes; at most {1} are compared",
        "een naam of adres heeft {0} bytes; er worden er hoogstens {1} vergeleken";
    TOO_MANY_ATTRIBUTES: "at most {0} names and addresses can be given", "er kunnen hoogstens {0} namen en adressen worden opgegeven";
    ACCEPTED: "accepted", "geaccepteerd";
    REFUSED: "refused", "geweigerd";
    UNDECIDED: "undecided: what is marked ? cannot be known from this (see --breach and --new-account)",
        "onbeslist: wat een ? heeft, valt hieruit niet op te maken (zie --breach en --new-account)";
    CHECKING: "checking", "controleren";
    LINES: "lines", "regels";
    LINES_ACCEPTED: "accepted", "geaccepteerd";
    LINES_REFUSED: "refused", "geweigerd";
    LINES_UNDECIDED: "undecided", "onbeslist";
    UNMET_BY_RULE: "Not met, by rule:", "Niet voldaan, per regel:";
    NOT_JUDGED: " (not judged: {0})", " (niet beoordeeld: {0})";

    // Policies.
    NAME_A_BLOCKLIST: "the policy compares with a blocklist: name one with --blocklist FILE, or give --common",
        "het beleid vergelijkt met een lijst: noem er een met --blocklist BESTAND, of geef --common op";
    LIST_EMPTY: "the blocklist holds no word", "de lijst bevat geen enkel woord";
    LIST_TOO_LARGE: "the blocklist is too large: at most {0} words and {1} bytes are loaded",
        "de lijst is te groot: er worden hoogstens {0} woorden en {1} bytes geladen";
    MAXIMUM_AGE: "A password is replaced when it is this many days old: {0}",
        "Een wachtwoord wordt vervangen als het zoveel dagen oud is: {0}";
    HTML_ATTRIBUTES: "For the input field:", "Voor het invoerveld:";

    VIOLATION: "violation", "overtreding";
    WARNING: "warning", "waarschuwing";
    ADVICE: "advice", "advies";
    FINDINGS: "violations {0}, warnings {1}, advice {2}", "overtredingen {0}, waarschuwingen {1}, adviezen {2}";
    ENTROPY: "entropy of each, in bits: {0}", "entropie van elk, in bits: {0}";
    LENGTH: "the policy accepts {0} to {1} characters, not {2}", "het beleid staat {0} tot en met {1} tekens toe, geen {2}";
    WORDS_DO_NOT_FIT: "this number of words does not fit the policy's lengths: {0}",
        "dit aantal woorden past niet bij de lengtes van het beleid: {0}";
    SEPARATOR: "words cannot be kept apart by this separator, or the policy refuses it",
        "dit scheidingsteken houdt woorden niet uit elkaar, of het beleid weigert het";
    TOO_LITTLE: "the policy leaves too little to draw from", "het beleid laat te weinig over om uit te kiezen";
    NONE_FOUND: "no password was found that the policy accepts", "er is geen wachtwoord gevonden dat het beleid accepteert";
    NO_ENTROPY: "the operating system gave no random bytes", "het besturingssysteem gaf geen toevalsbytes";

    // Filters.
    READING: "reading {0}", "{0} lezen";
    SORTING: "sorting", "sorteren";
    BUILDING: "building", "bouwen";
    LABEL: "the label is longer than {0} bytes or has control characters",
        "het opschrift is langer dan {0} bytes of bevat stuurtekens";
    NOT_A_HASH: "this is not a SHA-1 in 40 hexadecimal digits with an optional :COUNT",
        "dit is geen SHA-1 van 40 hexadecimale cijfers, met of zonder :AANTAL";
    NOTHING_TO_BUILD: "there are no passwords to build a filter from", "er zijn geen wachtwoorden om een filter van te maken";
    MORE_MEMORY: "this many keys need --memory {0}", "voor zoveel sleutels is --memory {0} nodig";
    SKEWED: "the hashes are not distributed as SHA-1 is", "de hashes zijn niet verdeeld zoals SHA-1 dat is";
    TOO_MANY_KEYS: "there are too many keys for one filter: {0}", "er zijn te veel sleutels voor één filter: {0}";
    FILTER_NOT_WRITTEN: "the filter cannot be written: {0}", "het filter kan niet geschreven worden: {0}";
    INPUT_GAVE: "{0}: lines {1}, keys {2}, left out {3}", "{0}: regels {1}, sleutels {2}, weggelaten {3}";
    BUILT: "{0}: keys {1}, bytes {2}, bits a key {3}", "{0}: sleutels {1}, bytes {2}, bits per sleutel {3}";
    DIGEST: "digest {0}", "controlegetal {0}";
    NOT_A_FILTER: "this is not a filter file", "dit is geen filterbestand";
    FILTER_VERSION: "version {0} of the format is not known here", "versie {0} van het formaat is hier niet bekend";
    FILTER_LENGTH: "the filter is {0} bytes long and should be {1}: it was cut off or added to",
        "het filter is {0} bytes lang en zou {1} moeten zijn: er is iets af of bij";
    FILTER_HEADER: "the header of the filter is damaged", "de kop van het filter is beschadigd";
    FILTER_SHARD: "shard {0} of the filter is damaged", "deel {0} van het filter is beschadigd";
    FILTER_DAMAGED: "the filter is damaged", "het filter is beschadigd";
    NOT_SHA1: "this is not a SHA-1 in 40 hexadecimal digits", "dit is geen SHA-1 van 40 hexadecimale cijfers";
    LINES_MALFORMED: "lines that could not be looked up: {0}; this is the first",
        "regels die niet opgezocht konden worden: {0}; dit is de eerste";
    FOUND: "in the filter", "staat in het filter";
    NOT_FOUND: "not in the filter", "staat niet in het filter";
    FOUND_OF: "in the filter: {0} of {1}", "in het filter: {0} van {1}";
    INFO_LABEL: "label {0}", "opschrift {0}";
    INFO_BUILT_AT: "built at {0}", "gemaakt op {0}";
    INFO_KEYS: "keys {0}", "sleutels {0}";
    INFO_BITS: "fingerprint {0} bits: one of {1} other passwords is taken for one in the filter",
        "vingerafdruk {0} bits: een van {1} andere wachtwoorden wordt voor een uit het filter aangezien";
    INFO_SHARDS: "shards {0}", "delen {0}";
    INFO_LENGTH: "bytes {0}, bits a key {1}", "bytes {0}, bits per sleutel {1}";
    UNKNOWN: "an unknown time", "een onbekend tijdstip";
    VERIFIED: "whole: every shard has its checksum", "gaaf: elk deel heeft zijn controlegetal";

    // Password hashes.
    PASSWORD_TOO_LONG: "the password is longer than {0} bytes", "het wachtwoord is langer dan {0} bytes";
    PASSWORD_EMPTY: "the password is empty", "het wachtwoord is leeg";
    PASSWORD_VERIFIED: "verified: it is the password of this hash", "klopt: het is het wachtwoord van deze hash";
    PASSWORD_REJECTED: "rejected: it is not the password of this hash", "klopt niet: het is niet het wachtwoord van deze hash";
    REPLACEMENT_DUE: "a replacement is due: the hash is weaker than today's parameters, or not under today's key",
        "de hash is aan vervanging toe: hij is zwakker dan de parameters van nu, of niet onder de sleutel van nu";
    NOT_COMPUTED: "the hash could not be computed", "de hash kon niet berekend worden";
    NO_MEMORY: "the memory for hashing could not be had: {0} KiB", "het geheugen om te hashen was er niet: {0} KiB";
    BELOW_FLOOR: "{0} KiB with passes {1} is below what is approved (OWASP ASVS 5.0 11.4.2): at least {2} KiB",
        "{0} KiB met rondes {1} is minder dan is goedgekeurd (OWASP ASVS 5.0 11.4.2): minstens {2} KiB";
    MEMORY_OUTSIDE: "memory of {0} KiB is outside {1} to {2} KiB", "geheugen van {0} KiB ligt buiten {1} tot en met {2} KiB";
    PASSES_OUTSIDE: "passes {0} are outside 1 to {1}", "rondes {0} liggen buiten 1 tot en met {1}";
    HASH_MISSING: "there is no stored hash", "er is geen opgeslagen hash";
    HASH_TOO_LONG: "the stored hash is too long: no kind has more than {0} bytes",
        "de opgeslagen hash is te lang: geen soort heeft meer dan {0} bytes";
    HASH_UNKNOWN: "this is not a stored hash of a kind that is known here", "dit is geen opgeslagen hash van een soort die hier bekend is";
    HASH_VERSION: "the stored hash is of an unknown version of Argon2", "de opgeslagen hash is van een onbekende versie van Argon2";
    HASH_PARAMETERS: "the parameters of the stored hash cannot be read", "de parameters van de opgeslagen hash zijn niet te lezen";
    HASH_COST: "the cost of the stored hash is out of bounds", "de opgeslagen hash kost meer dan de grens";
    HASH_DAMAGED: "salt or output of the stored hash was cut off or altered", "zout of uitkomst van de opgeslagen hash is afgekapt of veranderd";
    HASH_WRAPPING: "the stored hash starts as a wrapped one and does not go on as one",
        "de opgeslagen hash begint als een ingepakte en gaat niet zo verder";
    NAME_THE_KEYS: "the hash is wrapped under a pepper: name its keys with --pepper-keys FILE",
        "de hash is ingepakt onder een pepper: noem de sleutels met --pepper-keys BESTAND";
    PEPPER_KEY_UNKNOWN: "the keys have no usable key {0}", "de sleutels bevatten geen bruikbare sleutel {0}";
    PEPPER_NOT_AUTHENTIC: "the wrapped hash was altered, or is another account's or key's",
        "de ingepakte hash is veranderd, of van een ander account of een andere sleutel";
    PEPPER_NOT_WRAPPED: "the stored hash is not wrapped", "de opgeslagen hash is niet ingepakt";
    PEPPER_UNAVAILABLE: "the hash could not be wrapped", "de hash kon niet ingepakt worden";
    KEYS_EXPOSED: "others than its owner have access to the keys: chmod 600", "anderen dan de eigenaar kunnen bij de sleutels: chmod 600";
    KEYS_NOT_OURS: "the key file belongs to another user: its owner must be root or the user who runs this", "het bestand met de sleutels is van een andere gebruiker: de eigenaar moet root zijn, of wie dit uitvoert";
    KEYS_NONE_ACTIVE: "no key is active", "geen sleutel is actief (active)";
    KEYS_FIELDS: "expected an id, a state and a key, separated by blanks", "hier hoort een nummer, een toestand en een sleutel, met spaties ertussen";
    KEYS_ID: "the id must be a number from 0 to 65535 without sign or leading zeros",
        "het nummer moet van 0 tot en met 65535 zijn, zonder teken of voorloopnullen";
    KEYS_STATE: "the state must be active, retired or revoked", "de toestand moet active, retired of revoked zijn";
    KEYS_KEY: "the key must be 32 bytes as 43 characters of unpadded base64url",
        "de sleutel moet 32 bytes zijn, als 43 tekens base64url zonder opvulling";
    KEYS_PLACEHOLDER: "the key is all zeros: a placeholder, not a key", "de sleutel is niets dan nullen: een plaatshouder, geen sleutel";
    KEYS_DUPLICATE_ID: "the id was already given", "het nummer is al eerder gegeven";
    KEYS_DUPLICATE_KEY: "the key was already given under another id", "de sleutel is al eerder gegeven, onder een ander nummer";
    KEYS_SECOND_ACTIVE: "there is already an active key", "er is al een actieve sleutel (active)";
    KEYS_TOO_MANY: "too many keys", "te veel sleutels";
    KEYS_STANDARD_INPUT: "keys are in a file of their own, not on standard input",
        "sleutels staan in een eigen bestand, niet op de standaardinvoer";
    KEYS_NOT_A_FILE: "it is not a regular file, but a directory, a pipe or a device",
        "het is geen gewoon bestand, maar een map, een pipe of een apparaat";
    KEYS_SYMLINK: "it is a symbolic link: name the file that it stands for",
        "het is een symbolische koppeling: noem het bestand waar ze voor staat";
    KEYS_EXIST: "there is a file already, and it is not replaced", "er is al een bestand, en dat wordt niet vervangen";
    KEYS_BUSY: "another process is changing keys in this folder", "een ander proces verandert sleutels in deze map";
    KEYS_NOT_WRITTEN: "the keys cannot be written, and are as they were: {0}",
        "de sleutels kunnen niet geschreven worden, en zijn zoals ze waren: {0}";
    KEYS_NOT_FLUSHED: "the keys were written, but a power cut may still bring the old ones back: {0}",
        "de sleutels zijn geschreven, maar een stroomstoring kan de oude nog terugbrengen: {0}";
    KEYS_UNKNOWN_ID: "there is no key {0}", "er is geen sleutel {0}";
    KEYS_ACTIVE_ID: "key {0} is active and cannot be revoked: rotate first",
        "sleutel {0} is actief en kan niet ingetrokken worden: wissel eerst (rotate)";
    KEYS_NOT_ACTIVE: "key {0} is not the active key", "sleutel {0} is niet de actieve sleutel";
    KEYS_NOT_RETIRED: "key {0} cannot become active: that is for another key, prepared or retired",
        "sleutel {0} kan niet actief worden: dat kan een andere, klaargezette of uitgediende sleutel";
    KEYS_ARE_FULL: "there is room for {0} such keys at most: revoke those whose last value has expired",
        "er is plaats voor hoogstens {0} van zulke sleutels: trek in waarvan de laatste waarde verlopen is";
    KEYS_NEWER: "key {0} is newer than the active key: make it active with --to {0}, or make another one with --new",
        "sleutel {0} is nieuwer dan de actieve: maak die actief met --to {0}, of maak een andere met --new";
    KEYS_CONFIRM: "revoking cannot be undone: confirm it with --yes", "intrekken is niet terug te draaien: bevestig met --yes";
    KEYS_WILL_REVOKE: "Revoking key {0} ends at once every link, ticket, session and remembered browser made under it, and every recovery code. This cannot be undone.",
        "Sleutel {0} intrekken beëindigt meteen elke link, elk ticket, elke sessie en elke onthouden browser ervan, en elke herstelcode. Dit is niet terug te draaien.";
    KEYS_WILL_LOSE: "What is still sealed under it is lost: those authenticators have to be set up again, and those mails never leave. If it is a pepper's, passwords wrapped under it verify no more: rewrap first.",
        "Wat er nog onder verzegeld is, is verloren: die authenticators moeten opnieuw ingesteld worden, en die mails vertrekken nooit. Is het een sleutel van een pepper, dan kloppen wachtwoorden die eronder ingepakt zijn nooit meer: pak ze eerst opnieuw in.";
    KEYS_NO_DATABASE: "name the database of the service with --database, so that no stored secret is lost; or accept the loss with --lose-sealed",
        "noem de database van de dienst met --database, zodat geen opgeslagen geheim verloren gaat; of aanvaard het verlies met --lose-sealed";
    KEYS_STILL_NEEDED: "Nothing was revoked. Run `slotwerk keys reseal` first; if the key is still named after that, a node still has the old key file.",
        "Er is niets ingetrokken. Draai eerst `slotwerk keys reseal`; wordt de sleutel daarna nog genoemd, dan heeft een node het oude sleutelbestand nog.";
    RESEALING: "resealing", "herverzegelen";
    RESEALING_STOPPED: "stopped after {0} values: {1}. Run it again to go on", "gestopt na {0} waarden: {1}. Draai het opnieuw om verder te gaan";
    RESEALED: "values {0}: sealed again {1}, under key {2} already {3}, changed meanwhile {4}, left as they were {5}",
        "waarden {0}: herverzegeld {1}, al onder sleutel {2} {3}, intussen veranderd {4}, gelaten zoals ze waren {5}";
    SEALED_UNDER: "key {0} still seals authenticators {1}, set-ups {2}, mails {3}",
        "sleutel {0} verzegelt nog authenticators {1}, instellingen {2}, mails {3}";
    SEALED_UNDER_NONE: "values that are not sealed: authenticators {0}, set-ups {1}, mails {2}",
        "waarden die niet verzegeld zijn: authenticators {0}, instellingen {1}, mails {2}";
    SEALED_UNDER_NO_OTHER: "no key but {0} seals anything", "geen andere sleutel dan {0} verzegelt nog iets";
    SEALED_AUTHENTICATOR: "authenticator of {0}/{1}", "authenticator van {0}/{1}";
    SEALED_SET_UP: "set-up of {0}/{1}", "instelling van {0}/{1}";
    SEALED_MAIL: "mail of {0}", "mail van {0}";
    SEALED_KEY_REVOKED: "key {0} is revoked", "sleutel {0} is ingetrokken";
    SEALED_WRONG_KEY: "it does not open with key {0}: that is another key, or the value was changed", "het gaat niet open met sleutel {0}: dat is een andere sleutel, of de waarde is veranderd";
    SEALED_MALFORMED: "it is not a sealed value", "het is geen verzegelde waarde";
    NOT_RESEALED: "values that cannot be opened, and were left as they were: {0}", "waarden die niet opengaan, en gelaten zijn zoals ze waren: {0}";
    KEYS_TYPE_ID: "Type {0} to revoke it: ", "Typ {0} om die in te trekken: ";
    KEYS_NOT_REVOKED: "nothing was revoked", "er is niets ingetrokken";
    KEYS_MADE: "{0}: made, with key {1}", "{0}: gemaakt, met sleutel {1}";
    KEYS_PREPARED: "{0}: key {1} verifies and opens, and makes nothing yet. Once every node has this file, rotate with --to {1}",
        "{0}: sleutel {1} controleert en opent, en maakt nog niets. Zodra elke node dit bestand heeft: wissel (rotate) met --to {1}";
    KEYS_ROTATED: "{0}: key {1} is active. Key {2} is retired: what was made under it stays valid until it expires, and what is sealed under it still opens",
        "{0}: sleutel {1} is actief. Sleutel {2} is uitgediend: wat ermee gemaakt is blijft geldig tot het verloopt, en wat eronder verzegeld is gaat nog open";
    KEYS_REVOKED: "{0}: key {1} is revoked: links, tickets and sessions made under it are invalid. A node knows when it reads the file again",
        "{0}: sleutel {1} is ingetrokken: links, tickets en sessies ervan zijn ongeldig. Een node weet het als die het bestand opnieuw leest";
    KEYS_UNCHANGED: "{0}: it is so already; nothing was changed", "{0}: dat is al zo; er is niets veranderd";
    STATE_ACTIVE: "active", "actief";
    STATE_RETIRED: "retired", "uitgediend";
    STATE_NEWER: "retired, newer than the active key: prepared, or taken back",
        "uitgediend, nieuwer dan de actieve sleutel: klaargezet, of teruggenomen";
    STATE_REVOKED: "revoked", "ingetrokken";
    BUDGETS_CLEARED: "{0}: {1} budgets cleared", "{0}: {1} budgetten gewist";
    BUDGETS_NONE: "{0}: there was no budget to clear", "{0}: er was geen budget om te wissen";
    BUDGETS_LOGIN: "this cannot be a login name", "dit kan geen inlognaam zijn";
    DATABASE_WHERE: "which database? Give --database, or set {0}",
        "welke database? Geef --database, of zet {0}";
    RESTORE_CONFIRM: "this signs everybody out and ends every link: stop the service first, then add --yes",
        "dit logt iedereen uit en beëindigt elke link: stop eerst de dienst, en voeg dan --yes toe";
    RESTORE_ENDED: "ended for {0} accounts: {1} links, {2} sign-ins in flight, {3} enrolments, {4} sessions",
        "beëindigd voor {0} accounts: {1} links, {2} lopende aanmeldingen, {3} activeringen, {4} sessies";
    RESTORE_WAIT: "after a failover, wait two minutes before you start the service: a code that was used just before would be accepted again",
        "wacht na een failover twee minuten met het starten van de dienst: een code die vlak ervoor gebruikt is, zou nog eens werken";
    SCHEMA_ROLE: "--role: use ASCII letters, digits and `_`, and do not begin with a digit",
        "--role: gebruik ASCII-letters, cijfers en `_`, en begin niet met een cijfer";
    AUDIT_UNREADABLE: "the database cannot be used: {0}", "de database kan niet gebruikt worden: {0}";
    AUDIT_MARK: "--expect: give the number, a colon and 64 lowercase hexadecimal digits",
        "--expect: geef het nummer, een dubbele punt en 64 hexadecimale cijfers in kleine letters";
    AUDIT_VERIFYING: "verifying {0}", "{0} controleren";
    AUDIT_EXPORTING: "exporting {0}", "{0} exporteren";
    AUDIT_NO_ROWS: "there are no audit rows", "er zijn geen auditregels";
    AUDIT_INTACT: "{0}: intact", "{0}: ongeschonden";
    AUDIT_UNPROVEN: "{0}: nothing is known to be altered, but a part is not protected",
        "{0}: voor zover bekend is er niets gewijzigd, maar een deel is niet beschermd";
    AUDIT_ALTERED: "{0}: ALTERED", "{0}: GEWIJZIGD";
    AUDIT_COUNTS: "  rows {0}, checkpoints {1}, removed by retention {2}, not covered yet {3}",
        "  regels {0}, controlepunten {1}, opgeruimd na de bewaartermijn {2}, nog niet gedekt {3}";
    AUDIT_END: "  last checkpoint {0}", "  laatste controlepunt {0}";
    AUDIT_LATE: "  rows that were covered more than an hour after they were written: {0}",
        "  regels die pas een uur of meer na het schrijven gedekt werden: {0}";
    AUDIT_OVERDUE: "  rows that wait for a checkpoint for more than ten minutes: {0}. Is the worker running?",
        "  regels die al meer dan tien minuten op een controlepunt wachten: {0}. Draait de worker?";
    AUDIT_ROW_ALTERED: "  row {0} was altered after checkpoint {1}", "  regel {0} is gewijzigd na controlepunt {1}";
    AUDIT_ROW_MISSING: "  row {0} of checkpoint {1} is missing", "  regel {0} van controlepunt {1} ontbreekt";
    AUDIT_ROW_ADDED: "  row {0} was added to checkpoint {1}", "  regel {0} is toegevoegd aan controlepunt {1}";
    AUDIT_CHECKPOINT_ALTERED: "  checkpoint {0} was altered or forged",
        "  controlepunt {0} is gewijzigd of vervalst";
    AUDIT_CHECKPOINTS_MISSING: "  checkpoints {0} to {1} are missing", "  controlepunten {0} tot en met {1} ontbreken";
    AUDIT_CHAIN_BROKEN: "  the checkpoint before {0} was replaced", "  het controlepunt voor {0} is vervangen";
    AUDIT_END_MISSING: "  the chain does not contain checkpoint {0}", "  de keten bevat controlepunt {0} niet";
    AUDIT_KEY_UNUSABLE: "  checkpoint {0} cannot be verified: {1}",
        "  controlepunt {0} kan niet gecontroleerd worden: {1}";
    AUDIT_ROW_UNREADABLE: "  a row or checkpoint after checkpoint {0} cannot be read; nothing after it was verified",
        "  een regel of controlepunt na controlepunt {0} is onleesbaar; alles daarna is niet gecontroleerd";
    AUDIT_MORE: "  and {0} more", "  en nog {0}";
    AUDIT_PRUNED: "{0}: {1} rows removed", "{0}: {1} regels verwijderd";
    AUDIT_REFUSED: "{0}: nothing was removed: rows that would go were altered or cannot be verified",
        "{0}: er is niets verwijderd: regels die weg zouden gaan zijn gewijzigd of niet te controleren";
    AUDIT_RACED: "other nodes keep adding checkpoints: try again",
        "andere nodes blijven controlepunten toevoegen: probeer het opnieuw";
    KEYS_NEXT: "the next key will be {0}", "de volgende sleutel wordt {0}";
    WRAPPING: "wrapping", "inpakken";
    LINE_FIELDS: "the line is not a tenant, an account and a hash with tabs between them",
        "de regel is geen tenant, account en hash met tabs ertussen";
    REWRAPPED: "lines {0}, changed {1}, unchanged {2}, left out {3}; active key {4}",
        "regels {0}, veranderd {1}, onveranderd {2}, weggelaten {3}; actieve sleutel {4}";
    LINES_NOT_WRAPPED: "lines that were left out, since they could not be wrapped: {0}; this is the first",
        "regels die weggelaten zijn omdat ze niet ingepakt konden worden: {0}; dit is de eerste";

    // Calibration.
    MEASURING: "measuring", "meten";
    CALIBRATED: "target {0} ms; memory {1} MiB, workers {2}: at most {3} MiB a hash; samples {4}",
        "doel {0} ms; geheugen {1} MiB, werkers {2}: hoogstens {3} MiB per hash; metingen {4}";
    COLUMN_MEMORY: "memory KiB", "geheugen KiB";
    COLUMN_PASSES: "passes", "rondes";
    COLUMN_MEDIAN: "median ms", "mediaan ms";
    CHART_TARGET: "bars: the median; | the target of {0} ms; → what is proposed",
        "balken: de mediaan; | het doel van {0} ms; → het voorstel";
    TARGET_TOO_SHORT: "the target of {0} ms is too short: nothing that is approved (OWASP ASVS 5.0 11.4.2) is as fast here; this is the fastest of it",
        "het doel van {0} ms is te kort: niets wat is goedgekeurd (OWASP ASVS 5.0 11.4.2) is hier zo snel; dit is het snelste ervan";
    PROPOSED: "parameters: memory {0} KiB, passes {1}; median {2} ms, p95 {3} ms",
        "parameters: geheugen {0} KiB, rondes {1}; mediaan {2} ms, p95 {3} ms";
    PROPOSED_POOL: "pool: workers {0}, memory {1} MiB", "pool: werkers {0}, geheugen {1} MiB";
    MEMORY_LIMITS: "memory allows workers {0}, not {1}", "het geheugen laat werkers {0} toe, geen {1}";
    PROPOSED_QUEUE: "queue: {0}; who waits longer than {1} ms is refused", "wachtrij: {0}; wie langer dan {1} ms wacht wordt geweigerd";
    TO_EXPECT: "to expect: up to {0} hashes a second, less where workers share the memory's speed",
        "te verwachten: tot {0} hashes per seconde, minder waar werkers de snelheid van het geheugen delen";

    // Attempt budgets.
    THROTTLE_UNNAMED: "as given", "zoals opgegeven";
    THROTTLE_NO_NAME: "{0}: give NAME, or NAME:SETTING=VALUE,…", "{0}: geef NAAM, of NAAM:INSTELLING=WAARDE,…";
    THROTTLE_NO_SETTING: "{0} is no setting: there are {1}", "{0} is geen instelling: er zijn {1}";
    THROTTLE_TWICE: "{0} is given twice", "{0} is twee keer opgegeven";
    THROTTLE_TOO_MANY: "at most {0} configurations are shown", "er worden hoogstens {0} configuraties getoond";
    THROTTLE_OF_NAME: "{0}: {1}", "{0}: {1}";
    THROTTLE_BURST: "burst is 1 to {0}, not {1}", "burst is 1 tot en met {0}, geen {1}";
    THROTTLE_REFILL: "refill is 1ms to 30days, in whole milliseconds, not {0}",
        "refill is 1ms tot en met 30days, in hele milliseconden, geen {0}";
    THROTTLE_HARD_STOP: "hard-stop is 1 to {0} failures in a row (NIST SP 800-63B-4 §3.2.2), not {1}",
        "hard-stop is 1 tot en met {0} mislukkingen op rij (NIST SP 800-63B-4 §3.2.2), geen {1}";
    THROTTLE_FREE: "backoff lets at most {0} failures go free, not {1}", "backoff laat hoogstens {0} mislukkingen vrij, geen {1}";
    THROTTLE_BASE: "backoff starts with 1ms up to its last wait, in whole milliseconds, not {0}",
        "backoff begint met 1ms tot en met de laatste wachttijd, in hele milliseconden, niet {0}";
    THROTTLE_CAP: "backoff ends with at most 24h, in whole milliseconds, not {0}",
        "backoff eindigt met hoogstens 24h, in hele milliseconden, niet {0}";
    THROTTLE_LIFETIME: "lifetime is 1 to {0} failures, not {1}", "lifetime is 1 tot en met {0} mislukkingen, geen {1}";
    THROTTLE_ACCEPTED: "accepted is 1 to the number of codes, not {0}", "accepted is 1 tot en met het aantal codes, geen {0}";
    THROTTLE_LIMIT: "--within is at least 0 and below 1, not {0}", "--within is minstens 0 en onder 1, geen {0}";
    THROTTLE_PACE: "{0} at once, 1 more each {1}", "{0} ineens, 1 meer per {1}";
    THROTTLE_BACKOFF: "after {0} failures waits of {1} to {2}", "na {0} mislukkingen wachten van {1} tot {2}";
    THROTTLE_STOP: "stop at {0} in a row", "stop bij {0} op rij";
    THROTTLE_LIFE: "{0} failures in its life", "{0} mislukkingen in het hele leven";
    THROTTLE_CODES: "{0} of {1} codes right", "{0} van {1} codes goed";
    THROTTLE_SUCCESSES: "the owner succeeds {0} times a year", "het lukt de eigenaar {0} keer per jaar";
    THROTTLE_TRIES: "tries", "pogingen";
    THROTTLE_CHANCE: "chance", "kans";
    YEAR_CHANCE: "{0}: the chance that a stranger guesses right within a year: {1}",
        "{0}: de kans dat een vreemde binnen een jaar goed raadt: {1}";
    YEAR_WITHIN: "{0}: the chance that a stranger guesses right within a year: {1}, which is within {2}",
        "{0}: de kans dat een vreemde binnen een jaar goed raadt: {1}, en dat is binnen {2}";
    YEAR_ABOVE: "{0}: the chance that a stranger guesses right within a year: {1}, which is above {2}",
        "{0}: de kans dat een vreemde binnen een jaar goed raadt: {1}, en dat is boven {2}";
    NO_HARD_STOP: "{0}: without a hard stop; NIST SP 800-63B-4 §3.2.2 asks for one at 100 failures in a row or fewer",
        "{0}: zonder harde stop; NIST SP 800-63B-4 §3.2.2 vraagt er een bij hoogstens 100 mislukkingen op rij";
    CHART_NOT_WRITTEN: "the chart cannot be written: {0}", "de grafiek kan niet geschreven worden: {0}";
    CHART_WRITTEN: "{0}: the chart", "{0}: de grafiek";

    // The command line.
    USAGE: "Usage", "Gebruik";
    OPTIONS: "Options", "Opties";
    ARGUMENTS: "Arguments", "Argumenten";
    COMMANDS: "Commands", "Opdrachten";
    COMMAND: "COMMAND", "OPDRACHT";
    TRY_HELP: "For more information, try --help.", "Zie --help voor meer uitleg.";
    UNKNOWN_ARGUMENT: "unexpected argument {0}", "onbekend argument {0}";
    DID_YOU_MEAN: "did you mean {0}?", "bedoelde je {0}?";
    EXAMPLES: "Examples", "Voorbeelden";
    MAN_NOT_WRITTEN: "the pages of the manual cannot be written: {0}",
        "de pagina's van de handleiding kunnen niet geschreven worden: {0}";
    UNKNOWN_COMMAND: "unknown command {0}", "onbekende opdracht {0}";
    INVALID_VALUE: "{0} cannot be {1}", "{0} kan niet {1} zijn";
    VALUE_MISSING: "{0} needs a value", "{0} heeft een waarde nodig";
    ARGUMENT_MISSING: "missing: {0}", "er ontbreekt: {0}";
    COMMAND_MISSING: "a command is missing", "er ontbreekt een opdracht";
    ARGUMENT_CONFLICT: "{0} and {1} do not go together", "{0} en {1} gaan niet samen";
    ARGUMENTS_NOT_UTF8: "the arguments are not UTF-8", "de argumenten zijn geen UTF-8";
    ARGUMENTS_WRONG: "these arguments are not understood", "deze argumenten zijn niet te begrijpen";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_take_the_same_values() {
        for (name, text) in ALL {
            assert!(!text.en.is_empty() && !text.nl.is_empty(), "{name}");
            for index in 0..9 {
                let place = format!("{{{index}}}");
                assert_eq!(
                    text.en.contains(&place),
                    text.nl.contains(&place),
                    "{name} {place}"
                );
            }
        }
    }

    #[test]
    fn values_are_filled_in_and_not_looked_at_again() {
        let text = Text {
            en: "a {1} b {0}{0}",
            nl: "{0}",
        };
        assert_eq!(text.filled(Language::En, &[&"{1}", &2]), "a 2 b {1}{1}");
        assert_eq!(text.filled(Language::Nl, &[&7]), "7");
        assert_eq!(text.filled(Language::Nl, &[]), "");
    }
}
