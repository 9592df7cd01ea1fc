# Every mail

language-name = English
support-title = Need help?
support-line = Contact { $contact }.
automatic = Sent automatically by { $tenant }, because of an action on this account.
label-user-name = User name
label-time = Time
label-authenticator = Authenticator
label-new-authenticator = New authenticator
not-you-title = Was this not you?
not-me-link = This was not me
not-me-stops = You can also make every link that was mailed for this account stop working:
not-me-locks = The link below locks the account at once: everybody is signed out and the password stops working. After that, choose a new one through “Forgot password?” on the sign-in page.
not-me-validity = The link works for { $duration } at most.

duration-seconds = { $count ->
    [one] { $count } second
   *[other] { $count } seconds
}
duration-minutes = { $count ->
    [one] { $count } minute
   *[other] { $count } minutes
}
duration-hours = { $count ->
    [one] { $count } hour
   *[other] { $count } hours
}
duration-days = { $count ->
    [one] { $count } day
   *[other] { $count } days
}

moment = { $day } { $month } { $year }, { $time } ({ $zone })
month-1 = January
month-2 = February
month-3 = March
month-4 = April
month-5 = May
month-6 = June
month-7 = July
month-8 = August
month-9 = September
month-10 = October
month-11 = November
month-12 = December

# A link to choose a new password

reset-subject = Choose a new password for { $tenant }
reset-preview = The link in this mail works for { $duration }.
reset-title = Choose a new password
reset-intro = Someone, most likely you, asked for a new password for this account.
reset-button = Choose a new password
reset-open = Open this address to choose a new password:
reset-validity = The link works for { $duration } after this mail was sent, in any browser and on any device. Once the new password is saved, the link stops working.
reset-address = Does the button do nothing? Copy this address into your browser:
reset-not-you = Then you can ignore this mail. Your password stays as it is as long as nobody uses the link. Do not forward this mail.

# An invitation to set a first password

invite-subject = Choose a password for your { $tenant } account
invite-preview = The link in this mail works for { $duration }.
invite-title = Your account is ready
invite-intro = An account was made for you. Choose a password, and you can sign in.
invite-button = Choose a password
invite-open = Open this address to choose a password:
invite-validity = The link works for { $duration } after this mail was sent, in any browser and on any device. Once the password is saved, the link stops working. Too late? Choose “Forgot password?” on the sign-in page to get a new link.
invite-address = Does the button do nothing? Copy this address into your browser:
invite-not-you = If you did not expect an account, you can ignore this mail. The account has no password as long as nobody uses the link. Do not forward this mail.

# Setting up the authenticator app

setup-subject = Set up your authenticator app for { $tenant }
setup-preview = Scan the QR code once, then delete this mail.
setup-title = Set up your authenticator app
setup-intro = An authenticator app on your phone shows codes that confirm it is you who signs in. You connect the app to your account once, with this mail.
setup-validity = The QR code and set-up code work for { $duration }. After that, ask for new ones on the sign-in page.
setup-step-app = Open the authenticator app on your phone. If you have none yet, install one from the App Store or Google Play first.
setup-step-scan = In the app, tap + or “Add account” and scan this QR code.
setup-step-scan-text = In the app, tap + or “Add account”, choose to enter a key by hand, and enter the details below. The QR code is in the formatted version of this mail.
setup-step-code = Go back to the sign-in page and enter the verification code that the app shows.
setup-picture = QR code that adds this account to an authenticator app
setup-blocked = No QR code above? Scan the one below; it is the same.
setup-manual-title = Can’t scan it?
setup-manual = For instance when you read this on the phone that has the app. Choose to enter a set-up key by hand and take over the following.
setup-label-account = Account name
setup-label-issuer = Organisation
setup-label-code = Set-up code
setup-label-kind = Kind of key
setup-kind = Time-based
setup-spaces = The spaces in the set-up code make no difference.
setup-delete-title = Delete this mail afterwards
setup-delete = Anyone who gets hold of this QR code or set-up code can make the same codes as you. Delete this mail as soon as you are signed in, from your bin as well, and never forward it.
setup-not-you = If you were not signing in just now, someone else may know your password. Do not use the codes in this mail; choose a new password and let us know.

# The password was changed

changed-subject = Your password for { $tenant } was changed
changed-preview = If this was you, there is nothing to do.
changed-title = Your password was changed
changed-intro = This account has a new password.
changed-next = If you did this, there is nothing to do. Sign in with the new password from now on. Links from earlier mails to choose a password no longer work.
changed-not-you = Go to the sign-in page straight away, choose “Forgot password?” and set a new password. Then let us know, so that we can check the account.

# The first authenticator app was added

added-subject = An authenticator app was added to your { $tenant } account
added-preview = If this was you, there is nothing to do.
added-title = Authenticator app added
added-intro = From now on, this account asks for a code from the authenticator app at sign-in.
added-next = Keep your recovery codes in a safe place; they let you in when you do not have your phone. You were signed out on other devices and in other browsers. If you still have a mail with the QR code, delete it now.
added-not-you = Then someone else may have added their own app. Let us know straight away and choose a new password.

# Another authenticator app was added

another-subject = Another authenticator app was added to your { $tenant } account
another-preview = If this was you, there is nothing to do.
another-title = Another authenticator app added
another-intro = This account has one more authenticator app. Codes from that app now work at sign-in, too; the codes from your other apps still work.
another-next = If you did this, there is nothing to do. If you still have a mail with the QR code, delete it now.
another-not-you = Then someone else may have added their own app. Let us know straight away and choose a new password.

# An authenticator app was replaced

replaced-subject = The authenticator app of your { $tenant } account was replaced
replaced-preview = If this was you, there is nothing to do.
replaced-title = Authenticator app replaced
replaced-intro = This account has a new authenticator app. Codes from the old app no longer work.
replaced-next = If you did this, delete the old entry from your app. You were signed out on other devices and in other browsers.
replaced-not-you = Then someone else may have put their own app in place of yours. Let us know straight away and choose a new password.

# An authenticator app was removed

removed-subject = An authenticator app was removed from your { $tenant } account
removed-preview = If this was you, there is nothing to do.
removed-title = Authenticator app removed
removed-intro = An authenticator app was removed from this account. Codes from that app no longer work.
removed-last = No code is asked for at sign-in any more.
removed-next = If you did this, delete the old entry from your app. You were signed out on other devices and in other browsers.
removed-not-you = Then someone else may have access to your account. Let us know straight away and choose a new password.

# All authenticator apps and recovery codes were removed

forgotten-subject = All authenticator apps were removed from your { $tenant } account
forgotten-preview = If you asked for this, set up your authenticator app again.
forgotten-title = All authenticator apps removed
forgotten-intro = All authenticator apps and recovery codes were removed from this account. Until an app is set up again, only your password protects it.
forgotten-next = If you asked for this, sign in and set up your authenticator app again. You were signed out everywhere.
forgotten-not-you = Then someone may have posed as you. Let us know straight away and choose a new password.

# A help desk unlocked the account

unlocked-subject = Your { $tenant } account is unlocked
unlocked-preview = You can sign in again.
unlocked-title = Account unlocked
unlocked-intro = The help desk unlocked this account after failed attempts to sign in. You can sign in again.
unlocked-next = If you asked for this, there is nothing else to do.
unlocked-not-you = Then someone may have posed as you, or tried to guess your password. Let us know straight away and choose a new password.

# A help desk signed the person out everywhere

ended-subject = You were signed out of your { $tenant } account everywhere
ended-preview = Sign in again to go on.
ended-title = Signed out everywhere
ended-intro = The help desk signed this account out on all devices and in all browsers.
ended-next = Your password and your authenticator app still work. Sign in again to go on.
ended-not-you = Then someone else may have access to your account. Let us know straight away and choose a new password.

# A help desk requires a new password

asked-subject = Choose a new password for your { $tenant } account
asked-preview = We ask for it at your next sign-in.
asked-title = New password needed
asked-intro = The help desk wants you to choose a new password for this account. Your current password still works until then.
asked-next = We ask for the new password after you next sign in. Type the address of the sign-in page yourself, or use your bookmark.
asked-not-you = If you do not know why, contact the help desk. Never give anyone your password.

# An authenticator app was brought back into step

resync-subject = The authenticator app of your { $tenant } account works again
resync-preview = Set the time on your phone to automatic.
resync-title = Authenticator app back in step
resync-intro = The clock of your phone is off. Two codes in a row brought your authenticator app back into step, and its codes work again.
resync-next = In the settings of your phone, set date and time to automatic. The clock is then right again, and your codes keep working.
resync-not-you = Then someone else may have codes from your app. Let us know straight away and choose a new password.

# New recovery codes were made

renewed-subject = New recovery codes for your { $tenant } account
renewed-preview = The earlier recovery codes no longer work.
renewed-title = New recovery codes made
renewed-intro = New recovery codes were made for this account. The earlier recovery codes no longer work.
renewed-next = If you did this, keep the new codes in a safe place and throw the old ones away.
renewed-not-you = Then someone else may have access to your account, and recovery codes to sign in with. Let us know straight away and choose a new password.

# A recovery code was used

recovery-subject = A recovery code was used for your { $tenant } account
recovery-preview = If this was you, check how many codes are left.
recovery-title = Recovery code used
recovery-intro = A recovery code took the place of the code from the authenticator app at sign-in. That recovery code no longer works.
recovery-remaining = { $remaining ->
    [0] There are no recovery codes left.
    [one] There is { $remaining } recovery code left.
   *[other] There are { $remaining } recovery codes left.
}
recovery-next = Did you lose or replace your phone? Set up the authenticator app again. Make new recovery codes in time: without codes and without the app you cannot sign in.
recovery-not-you = Then someone has one of your recovery codes and your password. Choose a new password straight away and let us know.
