# Elke mail

support-title = Hulp nodig?
support-line = Neem contact op via { $contact }.
automatic = Automatisch verstuurd door { $tenant }, naar aanleiding van een handeling op dit account.
label-user-name = Gebruikersnaam
label-time = Tijdstip
not-you-title = Was jij dit niet?
not-me-link = Dit was ik niet
not-me-stops = Je kunt ook alle links laten vervallen die voor dit account zijn gemaild:
not-me-locks = Je kunt het account meteen op slot zetten. Iedereen wordt uitgelogd en het wachtwoord werkt niet meer, tot er via een gemailde link een nieuw is gekozen:

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

moment = { $day } { $month } { $year }, { $time } (UTC)
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

# De authenticator-app instellen

setup-subject = Stel je authenticator-app in voor { $tenant }
setup-preview = Scan de QR-code één keer en verwijder daarna deze mail.
setup-title = Stel je authenticator-app in
setup-intro = Een authenticator-app op je telefoon toont codes waarmee je bevestigt dat jij het bent die inlogt. Met deze mail koppel je de app eenmalig aan je account.
setup-step-app = Open de authenticator-app op je telefoon. Heb je er nog geen, installeer er dan eerst een uit de appwinkel van je telefoon.
setup-step-scan = Kies in de app voor het toevoegen van een account en scan deze QR-code.
setup-step-scan-text = Kies in de app voor het handmatig toevoegen van een account en neem de gegevens hieronder over. De QR-code staat in de opgemaakte versie van deze mail.
setup-step-code = Ga terug naar de inlogpagina en vul de verificatiecode in die de app toont.
setup-picture = QR-code die dit account toevoegt aan een authenticator-app
setup-blocked = Staat hierboven geen afbeelding? Scan dan deze, waarvoor niets geladen hoeft te worden:
setup-manual-title = Liever overtypen?
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

# Er is een authenticator-app toegevoegd

added-subject = Authenticator-app toegevoegd aan je account bij { $tenant }
added-preview = Heb je dit zelf gedaan, dan hoef je niets te doen.
added-title = Authenticator-app toegevoegd
added-intro = Bij het inloggen vraagt dit account voortaan om een code uit de authenticator-app.
added-next = Bewaar je herstelcodes op een veilige plek; daarmee kun je inloggen als je je telefoon niet bij je hebt. Heb je nog een mail met de QR-code, verwijder die dan nu.
added-not-you = Dan heeft iemand anders misschien een eigen app toegevoegd. Laat het ons meteen weten en kies een nieuw wachtwoord.

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
