# Elke pagina

portal-name = Inloggen
language-name = Nederlands
languages = Taal
skip = Naar de inhoud
title-problem = Fout:
footer-help = Hulp van je organisatie
user-name = Gebruikersnaam
password = Wachtwoord
sign-in = Inloggen
code = Verificatiecode
new-code = Nieuwe code
authenticator-app = Authenticator-app
use-recovery-code = Herstelcode gebruiken
back-to-sign-in = Terug naar inloggen
progress = Stappen
progress-password = Wachtwoord
progress-app = App
progress-done = Klaar

wait-seconds = { $count ->
    [one] Probeer het over { $count } seconde opnieuw.
   *[other] Probeer het over { $count } seconden opnieuw.
}
wait-minutes = { $count ->
    [one] Probeer het over { $count } minuut opnieuw.
   *[other] Probeer het over { $count } minuten opnieuw.
}
wait-hours = { $count ->
    [one] Probeer het over { $count } uur opnieuw.
   *[other] Probeer het over { $count } uur opnieuw.
}
wait-over = Je kunt het nu opnieuw proberen.

# Inloggen

sign-in-title = Inloggen
forgot-link = Wachtwoord vergeten?
notice-sign-in-changed = Je wachtwoord is gewijzigd. Log nu in met je nieuwe wachtwoord.
notice-sign-in-signed-out = Je bent uitgelogd.
notice-sign-in-over = Je bent niet meer ingelogd. Log opnieuw in om verder te gaan.
notice-sign-in-set-up = Dit instellen is al afgerond, of het duurde te lang. Log opnieuw in. Wordt er dan om een code gevraagd en heb je geen herstelcodes gezien? Laat dan nieuwe maken onder ‘Tweestapsverificatie’.
notice-sign-in-code = Dit inloggen is al afgerond, of het duurde te lang. Log opnieuw in.
problem-sign-in-refused = Onjuiste gebruikersnaam of onjuist wachtwoord.
problem-sign-in-throttled = Je hebt te vaak achter elkaar geprobeerd in te loggen.
problem-sign-in-locked = Inloggen is geblokkeerd na te veel mislukte pogingen. Vraag via ‘Wachtwoord vergeten?’ een nieuw wachtwoord aan.
problem-sign-in-busy = Het is nu erg druk. Wacht een paar seconden en probeer het opnieuw.
problem-sign-in-away = We kunnen even niet bij onze gegevens. Wacht een paar seconden en log opnieuw in.
problem-sign-in-lost = Deze pagina stond te lang open, of je browser bewaart geen cookies van deze site. Er is niets gewijzigd. Probeer het nog eens.
problem-sign-in-empty-login = Vul je gebruikersnaam in.
problem-sign-in-empty-password = Vul je wachtwoord in.
problem-sign-in-bad-login = Dit kan geen gebruikersnaam zijn. Controleer wat je hebt ingevuld.
problem-sign-in-long-password = Dit wachtwoord is langer dan een wachtwoord mag zijn. Controleer wat je hebt ingevuld.

# Wachtwoord vergeten

forgot-title = Nieuw wachtwoord aanvragen
forgot-intro = Vul je gebruikersnaam in. Je krijgt dan een e-mail met een link om een nieuw wachtwoord te kiezen.
forgot-send = Versturen
forgot-sent-title = Kijk in je mailbox
forgot-sent = Is deze gebruikersnaam bij ons bekend, dan is er nu een e-mail verzonden.
forgot-sent-for = Gebruikersnaam
forgot-sent-next = Open de e-mail en volg de link. Dat mag ook op een ander apparaat.
forgot-sent-validity = De link werkt een half uur.
forgot-sent-nothing = Geen e-mail gekregen?
forgot-sent-junk = Kijk ook in de map voor ongewenste e-mail.
forgot-sent-patience = Soms duurt het een paar minuten voor een e-mail er is.
forgot-sent-check = Klopt de gebruikersnaam? Is er een tikfout ingeslopen, vraag de e-mail dan nog eens aan.
forgot-again = Opnieuw aanvragen
problem-forgot-lost = Deze pagina stond te lang open, of je browser bewaart geen cookies van deze site. Er is niets gewijzigd. Probeer het nog eens.
problem-forgot-empty-login = Vul je gebruikersnaam in.
problem-forgot-bad-login = Dit kan geen gebruikersnaam zijn. Controleer wat je hebt ingevuld.
problem-forgot-away = We kunnen even niet bij onze gegevens. Wacht een paar seconden en verstuur je gebruikersnaam opnieuw.

# Een nieuw wachtwoord kiezen

reset-title = Kies een nieuw wachtwoord
reset-valid-for = { $minutes ->
    [one] Deze pagina werkt nog 1 minuut.
   *[other] Deze pagina werkt nog { $minutes } minuten.
} Je oude wachtwoord werkt tot je een nieuw opslaat.
reset-requirements = Wachtwoordeisen
reset-all-requirements = Alle eisen
rules-below = Bij minder dan { $length } tekens: { $classes }
rules-always = Minstens { $classes }
rules-and = { $first } en { $last }
rules-uppercase = een hoofdletter
rules-lowercase = een kleine letter
rules-letter = een letter
rules-digit = een cijfer
rules-symbol = een speciaal teken
rules-strength = Hoe moeilijk een wachtwoord te raden is, hangt af van wat erin staat: bekende woorden, namen, datums en reeksen tellen bijna niet mee.
reset-new-password = Nieuw wachtwoord
reset-show = Wachtwoord tonen
reset-hide = Wachtwoord verbergen
reset-save = Opslaan
# Dezelfde woorden als de server bij een eis zet.
reset-word-true = voldaan
reset-word-false = nog niet voldaan
reset-word-unknown = nog niet gecontroleerd
reset-progress = Aan { $met } van de { $total } eisen is voldaan.
reset-progress-rest = Aan { $met } van de { $total } eisen is voldaan. De rest wordt gecontroleerd bij het opslaan.
reset-tip = Enkele losse woorden achter elkaar zijn makkelijk te onthouden en moeilijk te raden.
problem-reset-refused = Dit wachtwoord voldoet nog niet aan:
problem-reset-empty = Vul een nieuw wachtwoord in.
problem-reset-busy = Het is nu erg druk. Je wachtwoord is niet opgeslagen. Wacht een paar seconden en probeer het opnieuw.
problem-reset-throttled = Er zijn te veel nieuwe wachtwoorden achter elkaar geprobeerd. Er is niets opgeslagen; je link werkt nog.
problem-reset-too-long = Dit wachtwoord is te lang om te verwerken. Kies een korter wachtwoord.
reset-still-works = De link uit je e-mail blijft werken. Kies hieronder een ander wachtwoord.

# De wachtwoordeisen. Elke eis is een regel van de lijst met alle eisen.

requirement-minimum-length = { $count ->
    [one] Minstens { $count } teken
   *[other] Minstens { $count } tekens
}
requirement-maximum-length = { $count ->
    [one] Hoogstens { $count } teken
   *[other] Hoogstens { $count } tekens
}
requirement-minimum-uppercase = { $count ->
    [one] Minstens { $count } hoofdletter
   *[other] Minstens { $count } hoofdletters
}
requirement-minimum-lowercase = { $count ->
    [one] Minstens { $count } kleine letter
   *[other] Minstens { $count } kleine letters
}
requirement-minimum-letters = { $count ->
    [one] Minstens { $count } letter
   *[other] Minstens { $count } letters
}
requirement-minimum-digits = { $count ->
    [one] Minstens { $count } cijfer
   *[other] Minstens { $count } cijfers
}
requirement-minimum-symbols = { $count ->
    [one] Minstens { $count } speciaal teken
   *[other] Minstens { $count } speciale tekens
}
requirement-minimum-uppercase-below = { $count ->
    [one] Korter dan { $below } tekens? Dan minstens { $count } hoofdletter
   *[other] Korter dan { $below } tekens? Dan minstens { $count } hoofdletters
}
requirement-minimum-lowercase-below = { $count ->
    [one] Korter dan { $below } tekens? Dan minstens { $count } kleine letter
   *[other] Korter dan { $below } tekens? Dan minstens { $count } kleine letters
}
requirement-minimum-letters-below = { $count ->
    [one] Korter dan { $below } tekens? Dan minstens { $count } letter
   *[other] Korter dan { $below } tekens? Dan minstens { $count } letters
}
requirement-minimum-digits-below = { $count ->
    [one] Korter dan { $below } tekens? Dan minstens { $count } cijfer
   *[other] Korter dan { $below } tekens? Dan minstens { $count } cijfers
}
requirement-minimum-symbols-below = { $count ->
    [one] Korter dan { $below } tekens? Dan minstens { $count } speciaal teken
   *[other] Korter dan { $below } tekens? Dan minstens { $count } speciale tekens
}
requirement-classes-all = Met { $list }
requirement-classes-any = Met { $list }
requirement-classes-some = Minstens { $count } van deze { $total }: { $list }
requirement-classes-all-below = Korter dan { $below } tekens? Dan met { $list }
requirement-classes-any-below = Korter dan { $below } tekens? Dan met { $list }
requirement-classes-some-below = Korter dan { $below }? Dan minstens { $count } van: { $list }
requirement-minimum-distinct = Minstens { $count } verschillende tekens
requirement-allowed-characters = Alleen { $list }
requirement-allowed-certain = Alleen bepaalde letters, cijfers en tekens
requirement-forbidden-characters = Zonder deze tekens: { $list }
requirement-forbidden-certain = Zonder bepaalde onzichtbare tekens
requirement-white-space-inside = Zonder spatie aan het begin of het eind
requirement-white-space-nowhere = Zonder spaties
requirement-maximum-run = { $count ->
    [1] Nooit twee keer hetzelfde teken achter elkaar
   *[other] Hetzelfde teken hoogstens { $count } keer achter elkaar
}
requirement-without-repeated-block = { $count ->
    [2] Zonder stuk van { $count } of meer tekens dat meteen herhaald wordt, zoals “abab”
    [3] Zonder stuk van { $count } of meer tekens dat meteen herhaald wordt, zoals “abcabc”
    [4] Zonder stuk van { $count } of meer tekens dat meteen herhaald wordt, zoals “abcdabcd”
   *[other] Zonder stuk van { $count } of meer tekens dat meteen herhaald wordt
}
requirement-maximum-alphabetical = Hoogstens { $count } letters op volgorde van het alfabet
requirement-maximum-numerical = Geen reeks zoals { $example }
requirement-maximum-numerical-long = Hoogstens { $count } cijfers op volgorde
requirement-maximum-qwerty = Hoogstens { $count } toetsen op een rij op een QWERTY-toetsenbord
requirement-maximum-azerty = Hoogstens { $count } toetsen op een rij op een AZERTY-toetsenbord
requirement-maximum-qwertz = Hoogstens { $count } toetsen op een rij op een QWERTZ-toetsenbord
requirement-without-attributes = Zonder je naam, gebruikersnaam of mailadres
requirement-without-words = { $count ->
    [one] Zonder het woord { $list }
   *[other] Zonder de woorden { $list }
}
requirement-without-certain-words = Zonder bepaalde woorden van je organisatie
requirement-not-blocklisted = Geen veelgebruikt wachtwoord
requirement-not-blocklisted-variants = Geen veelgebruikt wachtwoord, ook niet met cijfers of tekens erbij
requirement-not-breached = Niet bekend uit een datalek
requirement-minimum-strength = { $score ->
    [4] Moeilijk te raden: sterkte { $score } van 4
   *[other] Moeilijk te raden: sterkte { $score } van 4 of hoger
}
requirement-not-reused = { $count ->
    [1] Anders dan je huidige wachtwoord
   *[other] Anders dan je laatste { $count } wachtwoorden
}
requirement-not-reused-days = { $days ->
    [1] Anders dan je wachtwoorden van de afgelopen dag
   *[other] Anders dan je wachtwoorden van de afgelopen { $days } dagen
}
requirement-not-reused-current-days = { $days ->
    [1] Anders dan je huidige wachtwoord en die van de afgelopen dag
   *[other] Anders dan je huidige wachtwoord en die van de afgelopen { $days } dagen
}
requirement-not-reused-both = { $days ->
    [1] Anders dan je laatste { $count } wachtwoorden en die van de afgelopen dag
   *[other] Anders dan je laatste { $count } wachtwoorden en die van de afgelopen { $days } dagen
}
requirement-minimum-age-hours = Je huidige wachtwoord is minstens { $count } uur oud
requirement-minimum-age-days = { $count ->
    [one] Je huidige wachtwoord is minstens { $count } dag oud
   *[other] Je huidige wachtwoord is minstens { $count } dagen oud
}
requirement-maximum-age = { $count ->
    [one] Na { $count } dag een nieuw wachtwoord
   *[other] Na { $count } dagen een nieuw wachtwoord
}
requirement-space = spatie
requirement-letters = letters
requirement-uppercase-letters = hoofdletters
requirement-lowercase-letters = kleine letters
requirement-plain-letters = letters zonder accent
requirement-digits = cijfers
requirement-symbols = speciale tekens
requirement-common-symbols = gewone leestekens
requirement-spaces = spaties
requirement-or = { $first } of { $last }
requirement-others = { $count ->
    [one] { $list } en { $count } ander
   *[other] { $list } en { $count } andere
}

# Een link die niet meer werkt

dead-title = Deze link werkt niet meer
dead-why = Dat kan een paar oorzaken hebben:
dead-used = de link is al gebruikt;
dead-expired = de tijd om hem te gebruiken is voorbij;
dead-changed = het wachtwoord is intussen op een andere manier gewijzigd;
dead-broken = het adres is niet helemaal overgenomen uit de e-mail.
dead-next = Heb je nog een nieuw wachtwoord nodig? Vraag dan een nieuwe link aan.
dead-again = Nieuwe link aanvragen

# ‘Dit was ik niet’, vanuit een e-mail

not-me-title = Was jij dit niet?
not-me-links-what = Dan kun je de links die voor dit account zijn gemaild laten vervallen, allemaal tegelijk.
not-me-links-stays = Je wachtwoord blijft zoals het is. Met het aanvragen van een link komt niemand binnen: dat kan iedereen die een gebruikersnaam kent.
not-me-links-button = Links laten vervallen
not-me-links-done-title = De links zijn vervallen
not-me-links-done = Niemand kan er nog een nieuw wachtwoord mee kiezen.
not-me-links-next = Je wachtwoord is nog hetzelfde. Wil je er toch een kiezen? Vraag dan een nieuwe link aan.
not-me-account-what = Dan kun je dit account op slot zetten. Iedereen wordt uitgelogd, gemailde links vervallen en het wachtwoord werkt niet meer.
not-me-account-stays = Daarna kan alleen via een nieuw gemailde link een wachtwoord worden gekozen. De authenticator-app blijft zoals hij is.
not-me-account-help = Is de app die is toegevoegd niet van jou? Laat het de helpdesk van je organisatie weten
not-me-account-button = Account op slot zetten
not-me-account-done-title = Het account staat op slot
not-me-account-done = Iedereen is uitgelogd en het wachtwoord werkt niet meer.
not-me-account-next = Vraag nu een nieuwe link aan en kies een wachtwoord dat je nergens anders gebruikt.
not-me-was-me = Ik was het toch zelf
not-me-dead-title = Er valt niets meer te stoppen
not-me-dead = De links waar het om ging zijn verlopen, of het wachtwoord is intussen gewijzigd.
not-me-dead-next = Weet je niet zeker of je account veilig is? Kies dan een nieuw wachtwoord. Daarbij wordt iedereen uitgelogd.

# Tweestapsverificatie kiezen

factor-enrol-title = Stel tweestapsverificatie in
factor-enrol-intro = Met alleen een wachtwoord zijn je gegevens niet goed beschermd. Daarom bevestig je voortaan ook met een code van je telefoon dat jij het bent.
factor-enrol-choose = Kies hoe je de code wilt krijgen.
problem-factor-throttled = De app wordt in een andere browser ingesteld, en daar is te vaak opnieuw mee begonnen.
factor-enrol-app = Een app op je telefoon maakt de code, ook zonder internet.
get-app-title = Nog geen authenticator-app?
get-app = Installeer er eerst een op je telefoon, bijvoorbeeld { $app }. Een wachtwoordbeheerder die codes maakt, kan ook.
get-app-scan = Scan met je telefoon
get-app-any = Installeer er eerst een uit de App Store of Google Play. Een wachtwoordbeheerder die codes maakt, kan ook.
factor-verify-title = Bevestig dat jij het bent
factor-verify-intro = Je wachtwoord klopt. Kies hoe je bevestigt dat jij het bent.
factor-verify-app = Met de code die de app op je telefoon nu toont.
factor-verify-recovery = Heb je je telefoon niet bij de hand? Gebruik dan een van de codes die je bij het instellen hebt bewaard.

# De app instellen

enrol-title = Stel je authenticator-app in
enrol-mailed-intro = Er is een e-mail naar je verstuurd met een QR-code en een instelcode voor de app.
enrol-mailed-open = Open de e-mail
enrol-mailed-to = Aan
enrol-mailed-from = Van
enrol-mailed-subject = Onderwerp
enrol-mailed-open-text = Lees hem bij voorkeur op een ander scherm dan dat van je telefoon.
enrol-mailed-scan = Scan de QR-code
enrol-mailed-scan-text = Tik in de app op + of ‘Account toevoegen’ en richt de camera op de QR-code. Lukt scannen niet? Neem dan de accountnaam en de instelcode uit de e-mail over.
enrol-mailed-delete = Verwijder de e-mail zodra je bent ingelogd: wie hem heeft, kan dezelfde codes maken als jij.
enrol-mail-failed = De e-mail kon niet worden verzonden. Kies hieronder ‘Nieuwe code’ om het nog eens te proberen. Lukt het weer niet, vraag dan om hulp.
enrol-mail-address-refused = De e-mail kon niet worden verzonden: het e-mailadres van je account wordt niet geaccepteerd. Laat het adres aanpassen en kies daarna ‘Nieuwe code’.
enrol-mail-delayed = De e-mail kon nog niet worden verzonden. We blijven het proberen.
enrol-mail-unsent = Er is nog geen e-mail verstuurd. Kies hieronder ‘Nieuwe code’.
enrol-nothing = Geen e-mail gekregen?
enrol-nothing-text = Kijk ook in de map voor ongewenste e-mail. Staat hij daar niet, kies dan ‘Nieuwe code’. Heb je de QR-code al gescand, dan blijft die gewoon geldig.
enrol-app = Open de app
enrol-app-text = Open de authenticator-app op je telefoon en tik op + of ‘Account toevoegen’.
enrol-scan = Scan de QR-code
enrol-scan-text = Richt de camera van de app op deze code.
enrol-another = Dit is een andere QR-code dan de vorige. Had je de vorige al gescand? Verwijder die vermelding dan uit je app.
enrol-scan-caption = QR-code voor { $account }
enrol-open-here = Openen in de app
enrol-open-here-text = Staat de app op deze telefoon? Dan hoef je niet te scannen.
enrol-manual = Lukt scannen niet?
enrol-manual-text = Kies in de app voor het invoeren van een sleutel en neem dit over. De spaties maken niet uit.
enrol-account = Accountnaam
enrol-issuer = Organisatie
enrol-secret = Instelcode
enrol-code = Vul de code in
enrol-code-text = De app toont nu een code van zes cijfers. Vul die hier in; daarna is de app gekoppeld.
enrol-keep-private = Houd de QR-code en de instelcode voor jezelf: wie ze heeft, kan dezelfde codes maken als jij.
notice-code-mailed = Er is een e-mail naar je verzonden met een QR-code en een instelcode voor de app.
notice-code-sent-again = De e-mail is nog eens verzonden, met dezelfde QR-code. Had je die al gescand, dan hoeft dat niet opnieuw.
notice-code-not-yet = De vorige e-mail is nog maar net verzonden. Kijk intussen in de map voor ongewenste e-mail, en wacht even voor je weer ‘Nieuwe code’ kiest.

# De code uit de app

verify-title = Vul je code in
verify-intro = Open de authenticator-app op je telefoon en vul de code van zes cijfers in die je daar ziet.
verify-new-code-text = Is de code net verlopen?
verify-recovery-text = Heb je je telefoon niet bij de hand?
notice-code-new-code = Je app maakt vanzelf elke 30 seconden een nieuwe code. Open de app en vul de code in die je daar nu ziet. Loopt die bijna af? Wacht dan op de volgende.
verify-next-in = { $count ->
    [one] De volgende code komt over { $count } seconde.
   *[other] De volgende code komt over { $count } seconden.
}
problem-code-wrong = Deze code klopt niet. Kijk of je in de app het goede account voor je hebt en of de klok van je telefoon gelijk loopt.
problem-code-wait = Deze code is al gebruikt of net verlopen. Wacht tot de app de volgende code toont en vul die in.
problem-code-later = Deze code is al gebruikt of net verlopen. Wacht tot de app de volgende code toont en vul die in. Alleen als de klok van je telefoon voorliep en je hem sindsdien hebt gelijkgezet, duurt het langer:
problem-code-throttled = Je hebt te vaak een verkeerde code ingevuld.
problem-code-busy = Het is nu erg druk. Wacht een paar seconden en vul de code opnieuw in.
problem-code-empty = Vul de code in die de app toont.
problem-code-malformed = Een code bestaat uit zes cijfers. Vul de code in die de app nu toont.
problem-code-locked = De codes uit de app zijn geblokkeerd na te veel verkeerde pogingen. Kies een nieuw wachtwoord via ‘Wachtwoord vergeten?’ of log in met een herstelcode. Helpt dat niet, neem dan contact op met de helpdesk van je organisatie.
problem-code-spent = Codes uit je app worden niet meer geaccepteerd: in de loop van de tijd zijn er te veel verkeerde ingevuld. Log in met een herstelcode en vervang daarna de app onder ‘Tweestapsverificatie’. Heb je ook geen herstelcodes, neem dan contact op met de helpdesk van je organisatie.
problem-code-one-spent = Deze code klopt niet. Codes uit een van je apps worden niet meer geaccepteerd, omdat er in de loop van de tijd te veel verkeerde zijn ingevuld. Gebruik een andere app of een herstelcode, en vervang die app daarna onder ‘Tweestapsverificatie’.
problem-code-stopped = Het instellen is geblokkeerd na te veel verkeerde codes. Kies via ‘Wachtwoord vergeten?’ een nieuw wachtwoord en log opnieuw in, of neem contact op met de helpdesk van je organisatie.

# Twee codes achter elkaar

verify-clock = Werkt geen enkele code? Misschien loopt de klok van je telefoon niet gelijk.
clock-title = Werkt geen enkele code?
clock-intro = Loopt de klok van je telefoon niet gelijk, dan toont de app codes van een ander moment. Met twee codes achter elkaar vinden we het verschil, tot zo’n tien minuten, en ben je ingelogd.
clock-first = Eerste code
clock-first-hint = De code die de app nu toont.
clock-second = Volgende code
clock-second-hint = Wacht tot de app een andere toont.
clock-back = Terug naar één code
clock-better = Zet de klok gelijk
clock-better-text = Nog beter: laat datum en tijd automatisch instellen, bij de instellingen van je telefoon. Liep de klok achter, dan werkt daarna elke code. Liep hij voor, dan kunnen codes nog zo veel minuten worden geweigerd als hij voorliep.
problem-clock-wrong = Dit zijn geen twee opeenvolgende codes van dit account. Kijk of je in de app het goede account voor je hebt en neem twee nieuwe codes.
problem-clock-empty = Vul beide codes in.
problem-clock-malformed = Een code bestaat uit zes cijfers. Vul beide codes opnieuw in.
problem-clock-throttled = Je hebt te vaak een verkeerde code ingevuld.
problem-clock-locked = De codes uit de app zijn geblokkeerd na te veel verkeerde pogingen. Kies een nieuw wachtwoord via ‘Wachtwoord vergeten?’ of log in met een herstelcode. Helpt dat niet, neem dan contact op met de helpdesk van je organisatie.
problem-clock-spent = Codes uit je app worden niet meer geaccepteerd: in de loop van de tijd zijn er te veel verkeerde ingevuld. Log in met een herstelcode en vervang daarna de app onder ‘Tweestapsverificatie’. Heb je ook geen herstelcodes, neem dan contact op met de helpdesk van je organisatie.
home-clock-ahead = { $count ->
    [one] De klok van je telefoon loopt ongeveer { $count } minuut voor.
   *[other] De klok van je telefoon loopt ongeveer { $count } minuten voor.
}
home-clock-behind = { $count ->
    [one] De klok van je telefoon loopt ongeveer { $count } minuut achter.
   *[other] De klok van je telefoon loopt ongeveer { $count } minuten achter.
}
home-clock-what = Laat datum en tijd automatisch instellen, bij de instellingen van je telefoon.
home-clock-then = { $count ->
    [one] Daarna worden codes nog ongeveer { $count } minuut geweigerd; dan werkt elke code weer.
   *[other] Daarna worden codes nog ongeveer { $count } minuten geweigerd; dan werkt elke code weer.
}
home-clock-keeps = Dan blijft elke code werken.

# Een herstelcode

recovery-title = Inloggen met een herstelcode
recovery-intro = Vul een van de herstelcodes in die je bij het instellen hebt bewaard. Elke code werkt één keer.
recovery-code = Herstelcode
recovery-hint = 16 letters en cijfers. Hoofdletters, spaties en streepjes maken niet uit.
recovery-none = Heb je ook geen herstelcodes? Vraag dan hulp aan de helpdesk van je organisatie
recovery-back = Terug naar de code uit de app
problem-recovery-wrong = Deze herstelcode klopt niet of is al gebruikt. Controleer hem of neem een andere.
problem-recovery-malformed = Een herstelcode bestaat uit 16 letters en cijfers. Controleer wat je hebt ingevuld.
problem-recovery-busy = Het is nu erg druk. Wacht een paar seconden en probeer het opnieuw.
problem-recovery-throttled = Je hebt te vaak een verkeerde herstelcode ingevuld.
problem-recovery-empty = Vul een herstelcode in.
problem-recovery-locked = De herstelcodes zijn geblokkeerd na te veel verkeerde pogingen. Kies een nieuw wachtwoord via ‘Wachtwoord vergeten?’, of neem contact op met de helpdesk van je organisatie.

# De herstelcodes, één keer

codes-title = Bewaar je herstelcodes
codes-done = De authenticator-app is gekoppeld.
codes-intro = Ben je je telefoon kwijt, dan kun je met een van deze codes toch inloggen. Elke code werkt één keer.
codes-once = Je ziet deze codes maar één keer. Druk ze af, download ze of schrijf ze over, en bewaar ze op een veilige plek, niet bij je telefoon.
codes-list = Herstelcodes
codes-copy = Alles kopiëren
codes-copied = De herstelcodes zijn gekopieerd.
codes-not-copied = Kopiëren is niet gelukt. Download de herstelcodes of schrijf ze over.
codes-saved = Ik heb deze codes bewaard
codes-continue = Doorgaan
codes-print = { $tenant }: herstelcodes
codes-renewed = Je eerdere herstelcodes werken niet meer.
codes-print-who = Gebruikersnaam: { $user }. Gemaakt op { $date }.
codes-each-once = Elke code werkt één keer.
codes-download = Downloaden
codes-print-button = Afdrukken

# Ingelogd

home-title = Ingelogd
notice-home-set-up = De authenticator-app is ingesteld. Herstelcodes worden één keer getoond: heb je ze niet gezien of niet bewaard? Laat dan nieuwe maken onder ‘Tweestapsverificatie’.
home-text = Hier beheer je hoe je inlogt.
home-user = Gebruikersnaam
home-organisation = Organisatie
home-codes = Herstelcodes
home-remaining = { $count ->
    [0] geen meer over
    [one] nog { $count } over
   *[other] nog { $count } over
}
home-few = Zonder herstelcodes kun je niet inloggen als je je telefoon kwijtraakt. Zorg op tijd voor nieuwe.
home-sign-out = Uitloggen

# Wat er mis kan gaan

error-status = Foutcode { $status }
error-back = Opnieuw beginnen
error-front = Naar de voorpagina
error-not-found-title = Deze pagina bestaat niet
error-not-found-what = Op dit adres is niets te vinden.
error-not-found-do = Controleer het adres, of begin opnieuw vanaf de link hieronder.
error-no-tenant-title = Deze organisatie kennen we niet
error-no-tenant-what = Het adres noemt een organisatie die dit portaal niet heeft.
error-no-tenant-do = Kies op de voorpagina een van de organisaties die er wel zijn.
error-method-title = Zo kan deze pagina niet worden opgevraagd
error-method-what = Je browser vroeg om iets dat deze pagina niet kan.
error-method-do = Begin opnieuw vanaf de link hieronder.
error-bad-form-title = Er ging iets mis met het formulier
error-bad-form-what = Er is niets gewijzigd.
error-bad-form-do = Ga terug, laad de pagina opnieuw en vul het formulier nog eens in.
error-too-large-title = Dat is te veel
error-too-large-what = Wat je browser stuurde, is groter dan dit portaal aanneemt. Er is niets gewijzigd.
error-too-large-do = Ga terug en vul minder tekst in.
error-content-type-title = Er ging iets mis met het formulier
error-content-type-what = Er is niets gewijzigd.
error-content-type-do = Ga terug en verstuur het formulier vanaf de pagina zelf.
error-csrf-title = Deze pagina was niet meer geldig
error-csrf-what = We konden niet vaststellen dat het formulier van deze site kwam. Dat gebeurt als een pagina lang openstaat of als cookies uitstaan. Er is niets gewijzigd.
error-csrf-do = Sta cookies toe voor deze site, laad de pagina opnieuw en probeer het nog eens.
error-fault-title = Er ging iets mis bij ons
error-fault-what = Door een storing konden we je verzoek niet afmaken. Dat ligt niet aan jou.
error-fault-do = Probeer het over een paar minuten opnieuw.
error-busy-title = Het is even te druk
error-busy-what = We hebben het nu erg druk.
error-busy-do = Wacht een paar seconden en probeer het opnieuw.
error-away-title = We kunnen even niet bij onze gegevens
error-away-what = Onze database geeft op dit moment geen antwoord. Dat ligt niet aan jou.
error-away-do = Wacht een paar seconden en probeer het opnieuw.
error-away-form = Het kan zijn dat je formulier niet is verwerkt. Wacht een paar seconden en laad deze pagina opnieuw om het nog eens te versturen. Je kunt het formulier ook opnieuw openen.
error-away-again = Opnieuw proberen
error-away-open = Formulier opnieuw openen

# Een suggestie

reset-suggestion = Geen idee? Bekijk een voorbeeld
reset-suggestion-text = Dit wachtwoord is willekeurig gekozen en voldoet aan de eisen. Je mag het gebruiken, als je het onthoudt of bewaart in een wachtwoordkluis.
reset-suggestion-again = Vernieuw de pagina voor een ander voorbeeld.

# Wachtwoord wijzigen als je ingelogd bent

change-title = Wachtwoord wijzigen
change-intro = Na het wijzigen ben je op andere apparaten uitgelogd. Hier blijf je ingelogd.
change-current = Huidig wachtwoord
change-cancel = Annuleren
problem-change-refused = Dit wachtwoord voldoet nog niet aan:
problem-change-empty = Vul een nieuw wachtwoord in.
problem-change-empty-current = Vul je huidige wachtwoord in.
problem-change-wrong-current = Je huidige wachtwoord klopt niet. Er is niets gewijzigd.
problem-change-too-long = Dit wachtwoord is te lang om te verwerken. Kies een korter wachtwoord.
problem-change-throttled = Er zijn te veel pogingen achter elkaar gedaan. Er is niets gewijzigd.
problem-change-locked = Wijzigen is geblokkeerd na te veel mislukte pogingen. Log uit en vraag een nieuw wachtwoord aan met “Wachtwoord vergeten?”.
problem-change-busy = Het is nu erg druk. Je wachtwoord is niet gewijzigd. Wacht een paar seconden en probeer het opnieuw.
problem-change-unchecked = We kunnen nu niet nagaan of dit wachtwoord uit een datalek bekend is. Er is niets gewijzigd. Probeer het later opnieuw.
problem-reset-unchecked = We kunnen nu niet nagaan of dit wachtwoord uit een datalek bekend is. Het is niet opgeslagen; je link blijft werken. Probeer het later opnieuw.
notice-home-recovered = Je bent ingelogd met een herstelcode. Ben je je telefoon kwijt of heb je een andere? Stel de app dan opnieuw in.
home-replace-app = App op een andere telefoon instellen
notice-home-changed = Je wachtwoord is gewijzigd.
home-change = Wachtwoord wijzigen
standing-expired = Je gebruikt dit wachtwoord al langer dan je organisatie wil. Kies een nieuw wachtwoord.
standing-unfit = Je wachtwoord voldoet niet meer aan de eisen: de eisen of je gegevens zijn veranderd. Kies een nieuw wachtwoord.
standing-breached = Je wachtwoord staat in een bekend datalek: anderen kunnen het uitproberen. Kies meteen een nieuw wachtwoord.

# Tweestapsverificatie, als je ingelogd bent

cancel = Annuleren
add = Toevoegen
replace = Vervangen
remove = Verwijderen
rename = Naam wijzigen
moment = { $day } { $month ->
    [1] januari
    [2] februari
    [3] maart
    [4] april
    [5] mei
    [6] juni
    [7] juli
    [8] augustus
    [9] september
    [10] oktober
    [11] november
   *[12] december
} { $year }, { $time }{ "\u00A0" }{ $zone }
date = { $day } { $month ->
    [1] januari
    [2] februari
    [3] maart
    [4] april
    [5] mei
    [6] juni
    [7] juli
    [8] augustus
    [9] september
    [10] oktober
    [11] november
   *[12] december
} { $year }
home-authenticators = Tweestapsverificatie
authenticators-title = Authenticator-apps
authenticators-intro = Bij het inloggen bevestig je met een code uit een van deze apps dat jij het bent.
authenticators-none = Je hebt nog geen authenticator-app. Wie je wachtwoord te weten komt, kan inloggen. Met een app is daarvoor ook een code van je telefoon nodig.
authenticators-added = Toegevoegd
authenticators-in-app = Accountnaam in de app
authenticators-used = Laatst gebruikt
authenticators-add = Authenticator-app toevoegen
authenticators-full = { $count ->
    [one] Je hebt { $count } authenticator-app. Meer kunnen het er niet zijn.
   *[other] Je hebt { $count } authenticator-apps. Meer kunnen het er niet zijn.
} Verwijder of vervang er eerst een als je een andere wilt toevoegen.
authenticators-last = Dit is je enige authenticator-app; die heb je nodig om in te loggen. Heb je een andere telefoon? Vervang hem dan.
authenticators-codes = { $count ->
    [0] Je hebt geen herstelcodes meer. Daarmee kun je toch inloggen als je je telefoon kwijt bent.
    [one] Je hebt nog { $count } herstelcode. Daarmee kun je toch inloggen als je je telefoon kwijt bent.
   *[other] Je hebt nog { $count } herstelcodes. Daarmee kun je toch inloggen als je je telefoon kwijt bent.
}
authenticators-new-codes = Nieuwe herstelcodes
authenticators-back = Naar de startpagina
notice-authenticators-needed = Voor de pagina die je wilde openen, is tweestapsverificatie nodig. Voeg eerst een authenticator-app toe; daarna kun je de pagina openen.
notice-authenticators-added = De authenticator-app is toegevoegd. Voortaan kun je ook met zijn codes inloggen.
notice-authenticators-replaced = De authenticator-app is vervangen. Codes van de oude werken niet meer, en iedereen die dit account verder gebruikte, is uitgelogd.
notice-authenticators-renamed = De naam is gewijzigd.
notice-authenticators-removed = De authenticator-app is verwijderd. Zijn codes werken niet meer, en iedereen die dit account verder gebruikte, is uitgelogd.
notice-authenticators-gone = Die authenticator-app staat niet meer in de lijst. Er is niets gewijzigd.
notice-authenticators-elsewhere = In een andere browser wordt al een app toegevoegd, en daar is te vaak opnieuw mee begonnen. Wacht een paar minuten en probeer het dan nog eens.
notice-authenticators-over = Die app is al ingesteld, of het instellen is afgelopen. Kijk hieronder of hij in de lijst staat; zo niet, begin dan opnieuw.
notice-authenticators-codes = Op die pagina waren al nieuwe herstelcodes gevraagd, en ze worden maar één keer getoond. Heb je ze niet gezien of niet bewaard? Laat dan nieuwe maken.
authenticator-name = Naam
authenticator-name-hint = Hooguit 64 tekens, bijvoorbeeld ‘werktelefoon’.
rename-title = Naam van een authenticator-app wijzigen
rename-intro = Met een naam houd je je apps uit elkaar, hier en in de e-mails erover.
problem-authenticator-name-empty = Vul een naam in.
problem-authenticator-name-long = Deze naam is te lang. Kies een naam van hooguit 64 tekens.
problem-authenticator-name-odd = In deze naam staat een teken dat niet in een naam kan. Typ de naam opnieuw.
problem-authenticator-wrong = Deze code klopt niet. Kijk of je in de app het nieuwe account voor je hebt en of de klok van je telefoon gelijk loopt.
problem-authenticator-wait = Deze code is net verlopen. Wacht tot de app de volgende code toont en vul die in.
problem-authenticator-empty = Vul de code in die de app toont.
problem-authenticator-malformed = Een code bestaat uit zes cijfers. Vul de code in die de app nu toont bij het nieuwe account.
problem-authenticator-throttled = Je hebt te vaak een verkeerde code ingevuld.
problem-authenticator-locked = Het instellen is geblokkeerd na te veel verkeerde codes. Neem contact op met de helpdesk van je organisatie.
add-title = Authenticator-app toevoegen
add-intro = Bijvoorbeeld op een tweede telefoon of op een tablet. Aan de apps die je al hebt, verandert niets.
add-another = Laat de vermelding staan waarmee je inlogt.
add-code = Geef een naam en vul de code in
add-name-hint = Niet verplicht, hooguit 64 tekens: bijvoorbeeld ‘werktelefoon’.
add-code-hint = De code van zes cijfers die de app nu toont bij het nieuwe account.
replace-title = Authenticator-app vervangen
replace-old = Wordt vervangen
replace-intro = De oude app werkt tot je de eerste code van de nieuwe hebt ingevuld. Daarna werken zijn codes niet meer, en wordt iedereen uitgelogd die dit account verder gebruikt. Hier blijf je ingelogd.
remove-title = Deze authenticator-app verwijderen?
remove-last-title = Deze authenticator-app blijft
remove-what = Codes van deze app werken dan niet meer.
remove-everybody = Iedereen die dit account verder gebruikt, wordt uitgelogd, op elk apparaat. Hier blijf je ingelogd.
remove-last = Dit is je enige authenticator-app en je organisatie vraagt om tweestapsverificatie. Daarom kan hij niet worden verwijderd.
remove-last-instead = Heb je een andere telefoon? Vervang deze app dan door die op de andere telefoon.
renew-title = Nieuwe herstelcodes maken?
renew-what = Je krijgt tien nieuwe codes, die één keer worden getoond. Zorg dat je ze kunt afdrukken of overschrijven.
renew-old = { $count ->
    [0] Nu heb je geen herstelcodes meer.
    [one] De code die je nu nog hebt, werkt dan niet meer.
   *[other] De { $count } codes die je nu nog hebt, werken dan niet meer.
}
problem-renew-busy = Het is nu erg druk. Er zijn geen nieuwe codes gemaakt. Wacht een paar seconden en probeer het opnieuw.
renew-button = Nieuwe herstelcodes maken
step-up-title = Bevestig dat jij het bent
step-up-intro = Je gaat iets wijzigen aan hoe je inlogt. Vul daarom eerst je wachtwoord in en daarna een code, ook al ben je ingelogd.
step-up-on = Doorgaan
problem-step-up-refused = Dit is niet het wachtwoord van dit account. Controleer het en probeer het opnieuw.
problem-step-up-throttled = Er is te vaak achter elkaar geprobeerd.
problem-step-up-locked = Inloggen is geblokkeerd na te veel mislukte pogingen. Log uit en vraag via ‘Wachtwoord vergeten?’ een nieuw wachtwoord aan.
problem-step-up-busy = Het is nu erg druk. Wacht een paar seconden en probeer het opnieuw.
problem-step-up-empty-password = Vul je wachtwoord in.
problem-step-up-long-password = Dit wachtwoord is langer dan een wachtwoord mag zijn. Controleer wat je hebt ingevuld.
enrol-copy = Kopiëren
enrol-copied = De instelcode is gekopieerd.
enrol-not-copied = Kopiëren is niet gelukt. Selecteer de instelcode en kopieer hem zelf.

# De apparaten waarop iemand is ingelogd

home-sessions = Waar je bent ingelogd
sessions-title = Waar je bent ingelogd
sessions-intro = Herken je een apparaat niet? Log het dan uit en wijzig je wachtwoord.
sessions-device = { $browser } op { $system }
sessions-unknown = Onbekend apparaat
sessions-began = Ingelogd
sessions-used = Laatst gebruikt
sessions-current = Nu, op dit apparaat
sessions-end-others = Overal uitloggen behalve hier
notice-sessions-ended = Dat apparaat is uitgelogd.
notice-sessions-ended-all = Alle andere apparaten zijn uitgelogd.
notice-sessions-over = Dat apparaat was al uitgelogd.

# De helpdesk en de beheerder van de organisatie

error-desk-title = Dit mag je niet doen
error-desk-what = Je account heeft geen rechten voor dit deel van de helpdesk.
error-desk-do = Vraag je beheerder erom als je het nodig hebt.
desk-links = Helpdesk
desk-find-title = Account zoeken
desk-find = Zoeken
desk-unknown = Onbekend account
desk-back = Terug naar het account
desk-next = Volgende pagina
desk-why-title = Waarom kan deze persoon niet inloggen?
desk-why-nothing = Voor zover we weten kan deze persoon gewoon inloggen. Misschien is het wachtwoord verkeerd ingevuld: dan helpt ‘Wachtwoord vergeten?’ op de inlogpagina.
desk-why-disabled = Het account is uitgeschakeld.
desk-help-disabled = Schakel het in waar je organisatie gebruikers beheert.
desk-why-no-password = Het account heeft nog geen wachtwoord.
desk-help-no-password = Stuur een uitnodiging.
desk-why-set-up-mail = De mail om de authenticator-app in te stellen is niet aangekomen.
desk-help-set-up-mail = Controleer het mailadres van het account.
desk-why-password = Er is te vaak een verkeerd wachtwoord ingevuld.
desk-why-codes = Er is te vaak een verkeerde code ingevuld.
desk-why-set-up-codes = Er is bij het instellen te vaak een verkeerde code ingevuld.
desk-why-recovery-codes = Er is te vaak een verkeerde herstelcode ingevuld.
desk-why-earlier-passwords = Er is te vaak een eerder wachtwoord als nieuw wachtwoord gekozen.
desk-why-reset-mails = Deze persoon heeft te veel mails voor een nieuw wachtwoord gekregen.
desk-why-set-up-mails = Deze persoon heeft te veel mails gekregen om een app in te stellen.
desk-why-set-up-replaced = Het instellen van een app is te vaak opnieuw begonnen.
desk-why-login-requests = Er is te vaak een nieuw wachtwoord aangevraagd.
desk-why-tenant-mails = Je organisatie heeft te veel mails met een link verstuurd.
desk-help-tenant-mails = Wacht even: dan worden ze vanzelf weer verstuurd.
desk-why-other = Er zijn te veel pogingen gedaan.
desk-help-wait = { $minutes ->
    [one] Over hoogstens { $minutes } minuut gaat dit vanzelf over. Deblokkeer het account als het nu al weer moet werken.
   *[other] Over hoogstens { $minutes } minuten gaat dit vanzelf over. Deblokkeer het account als het nu al weer moet werken.
}
desk-help-locked = Deblokkeer het account.
desk-help-exhausted = Codes uit deze app werken niet meer. Inloggen kan nog met een herstelcode, of nadat je de tweestapsverificatie wist.
desk-state = Account
desk-enabled = Ingeschakeld
desk-disabled = Uitgeschakeld
desk-password-set = Ingesteld
desk-password-none = Nog geen
desk-password-must-change = Bij het inloggen wordt om een nieuw wachtwoord gevraagd
desk-setting-up = Wordt ingesteld
desk-apps = { $count ->
    [0] Geen app
    [one] { $count } app
   *[other] { $count } apps
}
desk-codes = { $count ->
    [0] Geen over
    [one] Nog { $count }
   *[other] Nog { $count }
}
desk-sessions = Waar deze persoon is ingelogd
desk-sessions-none = Deze persoon is nergens ingelogd.
desk-session-ends = Eindigt
desk-acts = Wat je kunt doen
desk-acts-mailed = De persoon krijgt hier een mail over.
desk-reason = Reden
desk-reason-optional = Niet verplicht, hoogstens 200 tekens. De reden komt in het logboek: noem geen namen.
desk-reason-required = Hoogstens 200 tekens. De reden komt in het logboek: noem geen namen.
desk-unlock = Deblokkeren
desk-end-sessions = Overal uitloggen
desk-require-password = Om een nieuw wachtwoord vragen
desk-invite = Uitnodiging sturen
desk-reset = Tweestapsverificatie wissen
notice-desk-unlocked = Het account is gedeblokkeerd. De persoon krijgt een mail.
notice-desk-not-locked = Er viel niets te deblokkeren.
notice-desk-ended = Deze persoon is overal uitgelogd en krijgt een mail.
notice-desk-no-sessions = Deze persoon was nergens ingelogd.
notice-desk-required = Bij het inloggen wordt om een nieuw wachtwoord gevraagd. De persoon krijgt een mail.
notice-desk-required-already = Er werd al om een nieuw wachtwoord gevraagd.
notice-desk-invited = De uitnodiging is onderweg.
notice-desk-reset = De tweestapsverificatie is gewist. De persoon krijgt een mail en stelt bij het inloggen opnieuw een app in.
problem-desk-empty-login = Vul een gebruikersnaam in.
problem-desk-unknown-login = Er is geen account met deze gebruikersnaam.
problem-desk-reason = Deze reden kunnen we niet bewaren. Gebruik één regel en maak hem korter.
problem-desk-no-reason = Vul de reden in.
problem-desk-no-password = Dit account heeft nog geen wachtwoord. Stuur een uitnodiging.
problem-desk-disabled = Dit account is uitgeschakeld. Er is geen uitnodiging verstuurd.
problem-desk-has-password = Dit account heeft al een wachtwoord. Er is geen uitnodiging verstuurd.
problem-desk-address = Naar het adres van dit account kan geen mail. Controleer het adres.
problem-desk-mailed-often = Deze persoon heeft de laatste tijd te veel mails gekregen. Probeer het later nog eens.
problem-desk-mails-wait = Er staan te veel mails in de wachtrij. Probeer het later nog eens.
problem-desk-own = Dit kun je niet doen voor je eigen account.
problem-desk-own-request = Iemand anders moet je verzoek goedkeuren.
problem-desk-approval-over = Dit verzoek is al gebruikt of niet meer geldig.
problem-desk-empty-sample = Vul een voorbeeldwachtwoord in.
desk-reset-title = Tweestapsverificatie van { $account } wissen?
desk-reset-what = Alle authenticator-apps en herstelcodes worden verwijderd en de persoon wordt overal uitgelogd. Bij het inloggen wordt dan opnieuw een app ingesteld.
desk-reset-sure = Tot dan beschermt alleen het wachtwoord het account. Weet dus zeker wie erom vraagt.
desk-requested-title = Een collega moet dit goedkeuren
desk-requested-what = Er is nog niets veranderd voor { $account }. Kopieer het adres van deze link en stuur het naar een collega die dit mag goedkeuren.
desk-requested-link = Link voor je collega
desk-valid-until = Geldig tot
desk-approve-title = Wissen van tweestapsverificatie goedkeuren
desk-requester = Gevraagd door
desk-approve = Goedkeuren en wissen
desk-factors-title = Wie tweestapsverificatie gebruikt
desk-factors-total = { $count ->
    [one] { $count } account met een authenticator-app
   *[other] { $count } accounts met een authenticator-app
}
desk-factors-apps = Apps
desk-factors-none = Er zijn geen accounts om te tonen.
desk-trail-title = Logboek
desk-trail-account = Logboek van dit account
desk-trail-of = Wat er met { $account } gebeurde, nieuwste eerst
desk-trail-all = Wat er gebeurde, nieuwste eerst
desk-trail-when = Wanneer
desk-trail-what = Wat
desk-trail-about = Account
desk-trail-by = Door
desk-trail-self = De persoon zelf
desk-trail-tenant = Organisatie
desk-trail-unnamed = Nr. { $mark }
desk-trail-hint = Het logboek bewaart geen namen. Hetzelfde nummer is dezelfde persoon.
desk-trail-none = Er is niets om te tonen.
desk-did-password-reset = Wachtwoord ingesteld via een gemailde link
desk-did-password-changed = Wachtwoord gewijzigd
desk-did-access-revoked = Alle toegang beëindigd
desk-did-password-forgotten = Wachtwoord verwijderd
desk-did-factor-forgotten = Tweestapsverificatie gewist
desk-did-links-revoked = Gemailde links ongeldig gemaakt
desk-did-app-added = App toegevoegd
desk-did-app-replaced = App vervangen
desk-did-app-renamed = App hernoemd
desk-did-app-removed = App verwijderd
desk-did-app-resynchronised = Ingelogd met twee codes na elkaar
desk-did-codes-renewed = Nieuwe herstelcodes gemaakt
desk-did-code-accepted = Ingelogd met een code
desk-did-recovery-code = Ingelogd met een herstelcode
desk-did-unlocked = Gedeblokkeerd
desk-did-sessions-ended = Uitgelogd
desk-did-password-required = Om een nieuw wachtwoord gevraagd
desk-did-account-erased = Gegevens van het account gewist
desk-did-invited = Uitnodiging verstuurd
desk-did-other = Iets anders
desk-rules-title = Wachtwoordregels
desk-rules-all = De regels
desk-rules-group = Regels van { $group }
desk-group = Groep
desk-group-all = Alle anderen
desk-lint = Wat de normen zeggen
desk-lint-none = De normen waarmee we vergelijken hebben geen opmerkingen.
desk-lint-violation = Mag niet:
desk-lint-warning = Liever niet:
desk-lint-advice = Overweeg:
desk-sample-title = Probeer een wachtwoord
desk-sample = Voorbeeldwachtwoord
desk-sample-hint = Gebruik geen echt wachtwoord. Het voorbeeld wordt niet bewaard.
desk-sample-judge = Controleren
desk-sample-accepted = Dit wachtwoord voldoet aan de regels.
desk-sample-pending = Dit wachtwoord voldoet aan de regels die we hier kunnen controleren.
desk-sample-rejected = Dit wachtwoord voldoet niet aan de regels.
