# Every mail

language-name = Deutsch
support-title = Brauchst du Hilfe?
support-line = Wende dich an { $contact }.
automatic = Automatisch gesendet von { $tenant }, wegen einer Handlung an diesem Konto.
label-user-name = Benutzername
label-time = Zeitpunkt
label-authenticator = Authenticator
label-new-authenticator = Neuer Authenticator
not-you-title = Warst du das nicht?
not-me-link = Das war ich nicht
not-me-stops = Du kannst auch alle Links ungültig machen, die für dieses Konto verschickt wurden:
not-me-locks = Der Link unten sperrt das Konto sofort: Alle werden abgemeldet und das Passwort gilt nicht mehr. Wähle danach über „Passwort vergessen?“ auf der Anmeldeseite ein neues.
not-me-validity = Der Link gilt höchstens { $duration }.

duration-seconds = { $count ->
    [one] { $count } Sekunde
   *[other] { $count } Sekunden
}
duration-minutes = { $count ->
    [one] { $count } Minute
   *[other] { $count } Minuten
}
duration-hours = { $count ->
    [one] { $count } Stunde
   *[other] { $count } Stunden
}
duration-days = { $count ->
    [one] { $count } Tag
   *[other] { $count } Tage
}

moment = { $day }. { $month } { $year }, { $time } Uhr ({ $zone })
month-1 = Januar
month-2 = Februar
month-3 = März
month-4 = April
month-5 = Mai
month-6 = Juni
month-7 = Juli
month-8 = August
month-9 = September
month-10 = Oktober
month-11 = November
month-12 = Dezember

# A link to choose a new password

reset-subject = Wähle ein neues Passwort für { $tenant }
reset-preview = Der Link in dieser Mail gilt { $duration }.
reset-title = Wähle ein neues Passwort
reset-intro = Jemand, wahrscheinlich du, hat für dieses Konto ein neues Passwort angefordert.
reset-button = Neues Passwort wählen
reset-open = Öffne diese Adresse, um ein neues Passwort zu wählen:
reset-validity = Der Link gilt { $duration } ab dem Versand dieser Mail, in jedem Browser und auf jedem Gerät. Sobald das neue Passwort gespeichert ist, gilt er nicht mehr.
reset-address = Geschieht beim Klicken nichts? Kopiere diese Adresse in deinen Browser:
reset-not-you = Dann kannst du diese Mail ignorieren. Solange niemand den Link benutzt, bleibt dein Passwort, wie es ist. Leite diese Mail nicht weiter.

# An invitation to set a first password

invite-subject = Wähle ein Passwort für dein Konto bei { $tenant }
invite-preview = Der Link in dieser Mail gilt { $duration }.
invite-title = Dein Konto steht bereit
invite-intro = Für dich wurde ein Konto angelegt. Wähle ein Passwort, dann kannst du dich anmelden.
invite-button = Passwort wählen
invite-open = Öffne diese Adresse, um ein Passwort zu wählen:
invite-validity = Der Link gilt { $duration } ab dem Versand dieser Mail, in jedem Browser und auf jedem Gerät. Sobald das Passwort gespeichert ist, gilt er nicht mehr. Abgelaufen? Fordere über „Passwort vergessen?“ auf der Anmeldeseite einen neuen an.
invite-address = Geschieht beim Klicken nichts? Kopiere diese Adresse in deinen Browser:
invite-not-you = Erwartest du kein Konto, kannst du diese Mail ignorieren. Solange niemand den Link benutzt, hat das Konto kein Passwort. Leite diese Mail nicht weiter.

# Setting up the authenticator app

setup-subject = Richte deine Authenticator-App für { $tenant } ein
setup-preview = Scanne den QR-Code einmal und lösche dann diese Mail.
setup-title = Richte deine Authenticator-App ein
setup-intro = Eine Authenticator-App auf deinem Telefon zeigt Codes, mit denen du bestätigst, dass du es bist. Mit dieser Mail verbindest du die App einmalig mit deinem Konto.
setup-validity = QR-Code und Einrichtungscode gelten noch { $duration }. Fordere danach auf der Anmeldeseite neue an.
setup-step-app = Öffne die Authenticator-App auf deinem Telefon. Hast du noch keine, installiere zuerst eine.
setup-step-scan = Wähle in der App das Hinzufügen eines Kontos und scanne diesen QR-Code.
setup-step-scan-text = Wähle in der App das Hinzufügen von Hand und gib die Angaben unten ein. Der QR-Code steht in der gestalteten Fassung dieser Mail.
setup-step-code = Geh zurück zur Anmeldeseite und gib den Code ein, den die App zeigt.
setup-picture = QR-Code, der dieses Konto einer Authenticator-App hinzufügt
setup-blocked = Ist oben kein QR-Code zu sehen? Scanne dann den unten; es ist derselbe.
setup-manual-title = Lieber abtippen?
setup-manual = Zum Beispiel, wenn du dies auf dem Telefon mit der App liest. Wähle die Eingabe eines Schlüssels von Hand und übernimm das Folgende.
setup-label-account = Kontoname
setup-label-issuer = Organisation
setup-label-code = Einrichtungscode
setup-label-kind = Art des Schlüssels
setup-kind = Zeitbasiert
setup-spaces = Die Leerzeichen im Einrichtungscode sind ohne Bedeutung.
setup-delete-title = Lösche diese Mail danach
setup-delete = Wer diesen QR-Code oder Einrichtungscode bekommt, kann dieselben Codes erzeugen wie du. Lösche diese Mail, sobald du angemeldet bist, auch aus dem Papierkorb, und leite sie nie weiter.
setup-not-you = Hast du dich nicht gerade angemeldet, dann kennt vielleicht jemand dein Passwort. Benutze die Codes in dieser Mail nicht, wähle ein neues Passwort und sag uns Bescheid.

# The password was changed

changed-subject = Dein Passwort für { $tenant } wurde geändert
changed-preview = Warst du das, dann ist nichts zu tun.
changed-title = Dein Passwort wurde geändert
changed-intro = Dieses Konto hat ein neues Passwort.
changed-next = Warst du das, dann ist nichts zu tun. Melde dich ab jetzt mit dem neuen Passwort an. Links aus früheren Mails gelten nicht mehr.
changed-not-you = Geh gleich zur Anmeldeseite, wähle „Passwort vergessen?“ und setze ein neues. Sag uns danach Bescheid, damit wir das Konto prüfen können.

# Authenticator apps

added-subject = Authenticator-App zu deinem Konto bei { $tenant } hinzugefügt
added-preview = Warst du das, dann ist nichts zu tun.
added-title = Authenticator-App hinzugefügt
added-intro = Bei der Anmeldung fragt dieses Konto ab jetzt nach einem Code aus der Authenticator-App.
added-next = Bewahre deine Wiederherstellungscodes sicher auf. Hast du noch eine Mail mit dem QR-Code, lösche sie jetzt.
added-not-you = Dann hat vielleicht jemand eine eigene App hinzugefügt. Sag uns gleich Bescheid und wähle ein neues Passwort.

another-subject = Weitere Authenticator-App zu deinem Konto bei { $tenant } hinzugefügt
another-preview = Warst du das, dann ist nichts zu tun.
another-title = Weitere Authenticator-App hinzugefügt
another-intro = Dieses Konto hat eine weitere Authenticator-App. Auch Codes aus dieser App gelten jetzt; die aus deinen anderen Apps gelten weiter.
another-next = Warst du das, dann ist nichts zu tun. Hast du noch eine Mail mit dem QR-Code, lösche sie jetzt.
another-not-you = Dann hat vielleicht jemand eine eigene App hinzugefügt. Sag uns gleich Bescheid und wähle ein neues Passwort.

replaced-subject = Authenticator-App deines Kontos bei { $tenant } ersetzt
replaced-preview = Warst du das, dann ist nichts zu tun.
replaced-title = Authenticator-App ersetzt
replaced-intro = Dieses Konto hat eine neue Authenticator-App. Codes aus der alten App gelten nicht mehr.
replaced-next = Warst du das, dann lösche den alten Eintrag aus deiner App. Auf anderen Geräten und in anderen Browsern wurdest du abgemeldet.
replaced-not-you = Dann hat vielleicht jemand deine App durch eine eigene ersetzt. Sag uns gleich Bescheid und wähle ein neues Passwort.

removed-subject = Authenticator-App von deinem Konto bei { $tenant } entfernt
removed-preview = Warst du das, dann ist nichts zu tun.
removed-title = Authenticator-App entfernt
removed-intro = Eine Authenticator-App wurde von diesem Konto entfernt. Codes aus dieser App gelten nicht mehr.
removed-last = Bei der Anmeldung wird jetzt nach keinem Code mehr gefragt.
removed-next = Warst du das, dann lösche den alten Eintrag aus deiner App. Auf anderen Geräten und in anderen Browsern wurdest du abgemeldet.
removed-not-you = Dann hat vielleicht jemand Zugang zu deinem Konto. Sag uns gleich Bescheid und wähle ein neues Passwort.

forgotten-subject = Alle Authenticator-Apps von deinem Konto bei { $tenant } entfernt
forgotten-preview = Hast du darum gebeten, richte die App neu ein.
forgotten-title = Alle Authenticator-Apps entfernt
forgotten-intro = Alle Authenticator-Apps und Wiederherstellungscodes wurden von diesem Konto entfernt. Bis wieder eine App eingerichtet ist, schützt nur dein Passwort das Konto.
forgotten-next = Hast du darum gebeten, melde dich an und richte die App neu ein. Du wurdest überall abgemeldet.
forgotten-not-you = Dann hat sich vielleicht jemand für dich ausgegeben. Sag uns gleich Bescheid und wähle ein neues Passwort.

unlocked-subject = Dein Konto bei { $tenant } ist entsperrt
unlocked-preview = Du kannst dich wieder anmelden.
unlocked-title = Konto entsperrt
unlocked-intro = Der Helpdesk hat dieses Konto nach fehlgeschlagenen Anmeldungen entsperrt. Du kannst dich wieder anmelden.
unlocked-next = Hast du darum gebeten, musst du nichts weiter tun.
unlocked-not-you = Dann hat sich vielleicht jemand für dich ausgegeben. Sag uns gleich Bescheid und wähle ein neues Passwort.

ended-subject = Du wurdest bei { $tenant } überall abgemeldet
ended-preview = Melde dich wieder an.
ended-title = Überall abgemeldet
ended-intro = Der Helpdesk hat dieses Konto auf allen Geräten und in allen Browsern abgemeldet.
ended-next = Dein Passwort und deine App gelten weiter. Melde dich wieder an.
ended-not-you = Dann hat vielleicht jemand Zugang zu deinem Konto. Sag uns gleich Bescheid und wähle ein neues Passwort.

asked-subject = Wähle ein neues Passwort für dein Konto bei { $tenant }
asked-preview = Wir fragen bei der nächsten Anmeldung danach.
asked-title = Neues Passwort nötig
asked-intro = Der Helpdesk möchte, dass du ein neues Passwort für dieses Konto wählst. Bis dahin gilt das bisherige.
asked-next = Wir fragen bei der nächsten Anmeldung nach dem neuen Passwort.
asked-not-you = Weißt du nicht warum, frag den Helpdesk. Gib dein Passwort nie weiter.

resync-subject = Authenticator-App für dein Konto bei { $tenant } neu abgeglichen
resync-preview = Stelle die Uhrzeit deines Telefons auf automatisch.
resync-title = Authenticator-App neu abgeglichen
resync-intro = Die Uhr deines Telefons geht falsch. Mit zwei Codes nacheinander wurde deine Authenticator-App abgeglichen, und ihre Codes gelten wieder.
resync-next = Stelle in den Einstellungen deines Telefons Datum und Uhrzeit auf automatisch. Dann geht die Uhr richtig und deine Codes gelten weiter.
resync-not-you = Dann hat vielleicht jemand Codes aus deiner App. Sag uns gleich Bescheid und wähle ein neues Passwort.

# Recovery codes

renewed-subject = Neue Wiederherstellungscodes für dein Konto bei { $tenant }
renewed-preview = Die früheren Codes gelten nicht mehr.
renewed-title = Neue Wiederherstellungscodes
renewed-intro = Für dieses Konto wurden neue Wiederherstellungscodes erzeugt. Die früheren gelten nicht mehr.
renewed-next = Warst du das, dann bewahre die neuen Codes sicher auf und wirf die alten weg.
renewed-not-you = Dann hat vielleicht jemand Zugang zu deinem Konto. Sag uns gleich Bescheid und wähle ein neues Passwort.

recovery-subject = Wiederherstellungscode für dein Konto bei { $tenant } benutzt
recovery-preview = Warst du das, dann sieh nach, wie viele Codes du noch hast.
recovery-title = Wiederherstellungscode benutzt
recovery-intro = Bei der Anmeldung wurde statt des Codes aus der Authenticator-App ein Wiederherstellungscode benutzt. Er gilt nicht mehr.
recovery-remaining = { $remaining ->
    [0] Es sind keine Wiederherstellungscodes übrig.
    [one] Es ist noch { $remaining } Wiederherstellungscode übrig.
   *[other] Es sind noch { $remaining } Wiederherstellungscodes übrig.
}
recovery-next = Hast du dein Telefon verloren oder ein neues? Richte die Authenticator-App neu ein. Erzeuge rechtzeitig neue Wiederherstellungscodes.
recovery-not-you = Dann hat jemand einen deiner Codes und dein Passwort. Wähle gleich ein neues Passwort und sag uns Bescheid.
