# Elke mail

language-name = Nederlands
support-title = Hulp nodig?
support-line = Neem contact op via { $contact }.
automatic = Automatisch verstuurd door { $tenant }, naar aanleiding van een handeling op dit account.
label-user-name = Gebruikersnaam
label-time = Tijdstip
label-authenticator = Authenticator
label-new-authenticator = Nieuwe authenticator
not-you-title = Was jij dit niet?
not-me-link = Dit was ik niet
not-me-stops = Je kunt ook alle links laten vervallen die voor dit account zijn gemaild:
not-me-locks = Met de link hieronder zet je het account meteen op slot: iedereen wordt uitgelogd en het wachtwoord werkt niet meer. Kies daarna via ‘Wachtwoord vergeten?’ op de inlogpagina een nieuw wachtwoord.
not-me-validity = De link werkt hooguit { $duration }.

duration-seconds = { $count ->
    [one] { $count } seconde
   *[other] { $count } seconden
}
duration-minutes = { $count ->
    [one] { $count } minuut
   *[other] { $count } minuten
}
duration-hours = { $count ->
    [one] { $count } uur
   *[other] { $count } uur
}
duration-days = { $count ->
    [one] { $count } dag
   *[other] { $count } dagen
}

moment = { $day } { $month } { $year }, { $time } ({ $zone })
month-1 = januari
month-2 = februari
month-3 = maart
month-4 = april
month-5 = mei
month-6 = juni
month-7 = juli
month-8 = augustus
month-9 = september
month-10 = oktober
month-11 = november
month-12 = december

# Een link om een nieuw wachtwoord te kiezen

reset-subject = Kies een nieuw wachtwoord voor { $tenant }
reset-preview = De link in deze mail werkt { $duration }.
reset-title = Kies een nieuw wachtwoord
reset-intro = Iemand, waarschijnlijk jij, heeft om een nieuw wachtwoord gevraagd voor dit account.
reset-button = Nieuw wachtwoord kiezen
reset-open = Open dit adres om een nieuw wachtwoord te kiezen:
reset-validity = De link werkt { $duration } vanaf het moment van versturen, in elke browser en op elk apparaat. Zodra het nieuwe wachtwoord is opgeslagen, werkt de link niet meer.
reset-address = Doet de knop niets? Kopieer dan dit adres naar je browser:
reset-not-you = Dan kun je deze mail negeren. Zolang niemand de link gebruikt, blijft je wachtwoord zoals het is. Stuur deze mail niet door.

# Een uitnodiging om een eerste wachtwoord te kiezen

invite-subject = Kies een wachtwoord voor je account bij { $tenant }
invite-preview = De link in deze mail werkt { $duration }.
invite-title = Je account staat klaar
invite-intro = Er is een account voor je aangemaakt. Kies een wachtwoord, dan kun je inloggen.
invite-button = Wachtwoord kiezen
invite-open = Open dit adres om een wachtwoord te kiezen:
invite-validity = De link werkt { $duration } vanaf het moment van versturen, in elke browser en op elk apparaat. Zodra het wachtwoord is opgeslagen, werkt de link niet meer. Is de link verlopen? Vraag dan via ‘Wachtwoord vergeten?’ op de inlogpagina een nieuwe aan.
invite-address = Doet de knop niets? Kopieer dan dit adres naar je browser:
invite-not-you = Verwacht je geen account, dan kun je deze mail negeren. Zolang niemand de link gebruikt, heeft het account geen wachtwoord. Stuur deze mail niet door.

# De authenticator-app instellen

setup-subject = Stel je authenticator-app in voor { $tenant }
setup-preview = Scan de QR-code één keer en verwijder daarna deze mail.
setup-title = Stel je authenticator-app in
setup-intro = Een authenticator-app op je telefoon toont codes waarmee je bevestigt dat jij het bent die inlogt. Met deze mail koppel je de app eenmalig aan je account.
setup-validity = De QR-code en de instelcode werken nog { $duration }. Vraag daarna op de inlogpagina een nieuwe aan.
setup-step-app = Open de authenticator-app op je telefoon. Heb je er nog geen, installeer er dan eerst een uit de App Store of Google Play.
setup-step-scan = Tik in de app op + of ‘Account toevoegen’ en scan deze QR-code.
setup-step-scan-text = Tik in de app op + of ‘Account toevoegen’, kies voor handmatig invoeren en neem de gegevens hieronder over. De QR-code staat in de opgemaakte versie van deze mail.
setup-step-code = Ga terug naar de inlogpagina en vul de verificatiecode in die de app toont.
setup-picture = QR-code die dit account toevoegt aan een authenticator-app
setup-blocked = Zie je hierboven geen QR-code? Scan dan de QR-code hieronder; het is dezelfde.
setup-manual-title = Lukt scannen niet?
setup-manual = Bijvoorbeeld als je dit leest op de telefoon waar de app op staat. Kies voor het handmatig invoeren van een sleutel en neem het volgende over.
setup-label-account = Accountnaam
setup-label-issuer = Organisatie
setup-label-code = Instelcode
setup-label-kind = Soort sleutel
setup-kind = Op basis van tijd
setup-spaces = De spaties in de instelcode maken niet uit.
setup-delete-title = Verwijder deze mail na gebruik
setup-delete = Wie deze QR-code of instelcode in handen krijgt, kan dezelfde codes maken als jij. Verwijder deze mail zodra je bent ingelogd, ook uit je prullenbak, en stuur hem nooit door.
setup-not-you = Was je niet aan het inloggen, dan kent iemand anders misschien je wachtwoord. Gebruik de codes in deze mail niet, kies een nieuw wachtwoord en laat het ons weten.

# Het wachtwoord is gewijzigd

changed-subject = Je wachtwoord voor { $tenant } is gewijzigd
changed-preview = Heb je dit zelf gedaan, dan hoef je niets te doen.
changed-title = Je wachtwoord is gewijzigd
changed-intro = Dit account heeft een nieuw wachtwoord.
changed-next = Heb je dit zelf gedaan, dan hoef je niets te doen. Log voortaan in met het nieuwe wachtwoord. Links uit eerdere mails om een wachtwoord te kiezen werken niet meer.
changed-not-you = Ga meteen naar de inlogpagina, kies ‘Wachtwoord vergeten?’ en stel een nieuw wachtwoord in. Laat het ons daarna weten, zodat we het account kunnen controleren.

# De eerste authenticator-app is toegevoegd

added-subject = Authenticator-app toegevoegd aan je account bij { $tenant }
added-preview = Heb je dit zelf gedaan, dan hoef je niets te doen.
added-title = Authenticator-app toegevoegd
added-intro = Bij het inloggen vraagt dit account voortaan om een code uit de authenticator-app.
added-next = Bewaar je herstelcodes op een veilige plek; daarmee kun je inloggen als je je telefoon niet bij je hebt. Op andere apparaten en in andere browsers ben je uitgelogd. Heb je nog een mail met de QR-code, verwijder die dan nu.
added-not-you = Dan heeft iemand anders misschien een eigen app toegevoegd. Laat het ons meteen weten en kies een nieuw wachtwoord.

# Er is nog een authenticator-app toegevoegd

another-subject = Nog een authenticator-app toegevoegd aan je account bij { $tenant }
another-preview = Heb je dit zelf gedaan, dan hoef je niets te doen.
another-title = Nog een authenticator-app toegevoegd
another-intro = Dit account heeft er een authenticator-app bij. Inloggen kan nu ook met codes uit die app; de codes uit je andere apps blijven werken.
another-next = Heb je dit zelf gedaan, dan hoef je niets te doen. Heb je nog een mail met de QR-code, verwijder die dan nu.
another-not-you = Dan heeft iemand anders misschien een eigen app toegevoegd. Laat het ons meteen weten en kies een nieuw wachtwoord.

# Een authenticator-app is vervangen

replaced-subject = Authenticator-app vervangen bij je account bij { $tenant }
replaced-preview = Heb je dit zelf gedaan, dan hoef je niets te doen.
replaced-title = Authenticator-app vervangen
replaced-intro = Dit account heeft een nieuwe authenticator-app. De codes uit de oude app werken niet meer.
replaced-next = Heb je dit zelf gedaan, verwijder de oude vermelding dan uit je app. Op andere apparaten en in andere browsers ben je uitgelogd.
replaced-not-you = Dan heeft iemand anders misschien jouw app vervangen door een eigen app. Laat het ons meteen weten en kies een nieuw wachtwoord.

# Een authenticator-app is verwijderd

removed-subject = Authenticator-app verwijderd van je account bij { $tenant }
removed-preview = Heb je dit zelf gedaan, dan hoef je niets te doen.
removed-title = Authenticator-app verwijderd
removed-intro = Een authenticator-app is van dit account verwijderd. De codes uit die app werken niet meer.
removed-last = Bij het inloggen wordt nu geen code meer gevraagd.
removed-next = Heb je dit zelf gedaan, verwijder de oude vermelding dan uit je app. Op andere apparaten en in andere browsers ben je uitgelogd.
removed-not-you = Dan heeft iemand anders misschien toegang tot je account. Laat het ons meteen weten en kies een nieuw wachtwoord.

# Alle authenticator-apps en herstelcodes zijn verwijderd

forgotten-subject = Alle authenticator-apps verwijderd van je account bij { $tenant }
forgotten-preview = Heb je hierom gevraagd, stel de authenticator-app dan opnieuw in.
forgotten-title = Alle authenticator-apps verwijderd
forgotten-intro = Alle authenticator-apps en herstelcodes zijn van dit account verwijderd. Tot er opnieuw een app is ingesteld, beschermt alleen je wachtwoord het account.
forgotten-next = Heb je hierom gevraagd, log dan in en stel de authenticator-app opnieuw in. Je bent overal uitgelogd.
forgotten-not-you = Dan heeft iemand zich misschien voor jou uitgegeven. Laat het ons meteen weten en kies een nieuw wachtwoord.

# Een helpdesk heeft het account gedeblokkeerd

unlocked-subject = Je account bij { $tenant } is gedeblokkeerd
unlocked-preview = Je kunt weer inloggen.
unlocked-title = Account gedeblokkeerd
unlocked-intro = De helpdesk heeft dit account gedeblokkeerd na mislukte pogingen om in te loggen. Je kunt weer inloggen.
unlocked-next = Heb je hierom gevraagd, dan hoef je verder niets te doen.
unlocked-not-you = Dan heeft iemand zich misschien voor jou uitgegeven, of geprobeerd je wachtwoord te raden. Laat het ons meteen weten en kies een nieuw wachtwoord.

# Een helpdesk heeft iemand overal uitgelogd

ended-subject = Je bent overal uitgelogd bij { $tenant }
ended-preview = Log opnieuw in om verder te gaan.
ended-title = Overal uitgelogd
ended-intro = De helpdesk heeft dit account uitgelogd op alle apparaten en in alle browsers.
ended-next = Je wachtwoord en je authenticator-app werken nog. Log opnieuw in om verder te gaan.
ended-not-you = Dan heeft iemand anders misschien toegang tot je account. Laat het ons meteen weten en kies een nieuw wachtwoord.

# Een helpdesk vraagt om een nieuw wachtwoord

asked-subject = Kies een nieuw wachtwoord voor je account bij { $tenant }
asked-preview = We vragen erom als je weer inlogt.
asked-title = Nieuw wachtwoord nodig
asked-intro = De helpdesk wil dat je een nieuw wachtwoord kiest voor dit account. Tot dan werkt je huidige wachtwoord nog.
asked-next = We vragen om het nieuwe wachtwoord als je weer inlogt. Typ het adres van de inlogpagina zelf in, of gebruik je bladwijzer.
asked-not-you = Weet je niet waarom, neem dan contact op met de helpdesk. Geef je wachtwoord nooit aan iemand anders.

# Een authenticator-app is gelijkgezet

resync-subject = Authenticator-app gelijkgezet voor je account bij { $tenant }
resync-preview = Zet de tijd op je telefoon op automatisch.
resync-title = Authenticator-app gelijkgezet
resync-intro = De klok van je telefoon loopt niet gelijk. Met twee codes na elkaar is je authenticator-app gelijkgezet, en de codes uit die app werken weer.
resync-next = Zet bij de instellingen van je telefoon de datum en tijd op automatisch. Dan loopt de klok weer goed en blijven je codes werken.
resync-not-you = Dan heeft iemand anders misschien codes uit jouw app. Laat het ons meteen weten en kies een nieuw wachtwoord.

# Er zijn nieuwe herstelcodes gemaakt

renewed-subject = Nieuwe herstelcodes voor je account bij { $tenant }
renewed-preview = De eerdere herstelcodes werken niet meer.
renewed-title = Nieuwe herstelcodes gemaakt
renewed-intro = Voor dit account zijn nieuwe herstelcodes gemaakt. De eerdere herstelcodes werken niet meer.
renewed-next = Heb je dit zelf gedaan, bewaar de nieuwe codes dan op een veilige plek en gooi de oude weg.
renewed-not-you = Dan heeft iemand anders misschien toegang tot je account en herstelcodes om in te loggen. Laat het ons meteen weten en kies een nieuw wachtwoord.

# Er is een herstelcode gebruikt

recovery-subject = Herstelcode gebruikt voor je account bij { $tenant }
recovery-preview = Heb je dit zelf gedaan, kijk dan hoeveel codes je nog hebt.
recovery-title = Herstelcode gebruikt
recovery-intro = Bij het inloggen is een herstelcode gebruikt in plaats van de code uit de authenticator-app. Die herstelcode werkt nu niet meer.
recovery-remaining = { $remaining ->
    [0] Er zijn geen herstelcodes meer over.
    [one] Er is nog { $remaining } herstelcode over.
   *[other] Er zijn nog { $remaining } herstelcodes over.
}
recovery-next = Ben je je telefoon kwijt of heb je een nieuwe? Stel de authenticator-app dan opnieuw in. Maak op tijd nieuwe herstelcodes: zonder codes en zonder app kun je niet inloggen.
recovery-not-you = Dan heeft iemand een van je herstelcodes en je wachtwoord. Kies meteen een nieuw wachtwoord en laat het ons weten.
