# Every page

portal-name = Sign in
language-name = English
languages = Language
skip = Skip to the content
title-problem = Error:
footer-help = Help from your organisation
user-name = User name
password = Password
sign-in = Sign in
code = Verification code
new-code = New code
authenticator-app = Authenticator app
use-recovery-code = Use a recovery code
back-to-sign-in = Back to sign-in
progress = Steps
progress-password = Password
progress-app = App
progress-done = Done

wait-seconds = { $count ->
    [one] Try again in { $count } second.
   *[other] Try again in { $count } seconds.
}
wait-minutes = { $count ->
    [one] Try again in { $count } minute.
   *[other] Try again in { $count } minutes.
}
wait-hours = { $count ->
    [one] Try again in { $count } hour.
   *[other] Try again in { $count } hours.
}
wait-over = You can try again now.

# Signing in

sign-in-title = Sign in
forgot-link = Forgot password?
notice-sign-in-changed = Your password was changed. Now sign in with your new password.
notice-sign-in-signed-out = You have signed out.
notice-sign-in-over = You are no longer signed in. Sign in again to go on.
notice-sign-in-set-up = This set-up is finished already, or took too long. Sign in again. If you are then asked for a code and did not see recovery codes, create new ones under “Two-step verification”.
notice-sign-in-code = This sign-in is finished already, or took too long. Sign in again.
problem-sign-in-refused = Incorrect user name or password.
problem-sign-in-throttled = You’ve tried to sign in too many times.
problem-sign-in-locked = Signing in is blocked after too many failed attempts. Ask for a new password with “Forgot password?”.
problem-sign-in-busy = We’re busy right now. Wait a few seconds and try again.
problem-sign-in-away = We cannot reach our data right now. Wait a few seconds and sign in again.
problem-sign-in-lost = This page was open for too long, or your browser keeps no cookies from this site. Nothing was changed. Try again.
problem-sign-in-empty-login = Enter your user name.
problem-sign-in-empty-password = Enter your password.
problem-sign-in-bad-login = This cannot be a user name. Check what you entered.
problem-sign-in-long-password = This password is longer than a password can be. Check what you entered.

# Forgotten password

forgot-title = Ask for a new password
forgot-intro = Enter your user name. You will get an email with a link to choose a new password.
forgot-send = Send
forgot-sent-title = Check your mailbox
forgot-sent = If we know this user name, an email has just been sent.
forgot-sent-for = User name
forgot-sent-next = Open the email and follow the link. You can do that on another device, too.
forgot-sent-validity = The link works for half an hour.
forgot-sent-nothing = No email?
forgot-sent-junk = Look in your junk mail folder, too.
forgot-sent-patience = It can take a few minutes for an email to arrive.
forgot-sent-check = Is the user name right? If you mistyped it, ask for the email again.
forgot-again = Ask again
problem-forgot-lost = This page was open for too long, or your browser keeps no cookies from this site. Nothing was changed. Try again.
problem-forgot-empty-login = Enter your user name.
problem-forgot-bad-login = This cannot be a user name. Check what you entered.
problem-forgot-away = We cannot reach our data right now. Wait a few seconds and send your user name again.

# Choosing a new password

reset-title = Choose a new password
reset-valid-for = { $minutes ->
    [one] This page works for another minute.
   *[other] This page works for another { $minutes } minutes.
} Your old password works until you save a new one.
reset-requirements = Password requirements
reset-all-requirements = All requirements
rules-below = With fewer than { $length } characters: { $classes }
rules-always = At least { $classes }
rules-and = { $first } and { $last }
rules-uppercase = an uppercase letter
rules-lowercase = a lowercase letter
rules-letter = a letter
rules-digit = a digit
rules-symbol = a symbol
rules-strength = How hard a password is to guess depends on what is in it: common words, names, dates and sequences hardly count.
reset-new-password = New password
reset-show = Show password
reset-hide = Hide password
reset-save = Save
# The same words as the server puts with a requirement.
reset-word-true = met
reset-word-false = not met yet
reset-word-unknown = not checked yet
reset-progress = { $met } of { $total } requirements met.
reset-progress-rest = { $met } of { $total } requirements met. The rest is checked when you save.
reset-tip = A few unrelated words in a row are easy to remember and hard to guess.
problem-reset-refused = This password doesn’t meet these requirements:
problem-reset-empty = Enter a new password.
problem-reset-busy = We’re busy right now. Your password was not saved. Wait a few seconds and try again.
problem-reset-throttled = Too many new passwords were tried, one after another. Nothing was saved; your link still works.
problem-reset-too-long = This password is too long to handle. Choose a shorter one.
reset-still-works = The link in your email still works. Choose another password below.

# The requirements of a password. The list of all of them has one line for each.

requirement-minimum-length = { $count ->
    [one] At least { $count } character
   *[other] At least { $count } characters
}
requirement-maximum-length = { $count ->
    [one] At most { $count } character
   *[other] At most { $count } characters
}
requirement-minimum-uppercase = { $count ->
    [one] At least { $count } uppercase letter
   *[other] At least { $count } uppercase letters
}
requirement-minimum-lowercase = { $count ->
    [one] At least { $count } lowercase letter
   *[other] At least { $count } lowercase letters
}
requirement-minimum-letters = { $count ->
    [one] At least { $count } letter
   *[other] At least { $count } letters
}
requirement-minimum-digits = { $count ->
    [one] At least { $count } digit
   *[other] At least { $count } digits
}
requirement-minimum-symbols = { $count ->
    [one] At least { $count } symbol
   *[other] At least { $count } symbols
}
requirement-minimum-uppercase-below = { $count ->
    [one] Shorter than { $below } characters? Then at least { $count } uppercase letter
   *[other] Shorter than { $below } characters? Then at least { $count } uppercase letters
}
requirement-minimum-lowercase-below = { $count ->
    [one] Shorter than { $below } characters? Then at least { $count } lowercase letter
   *[other] Shorter than { $below } characters? Then at least { $count } lowercase letters
}
requirement-minimum-letters-below = { $count ->
    [one] Shorter than { $below } characters? Then at least { $count } letter
   *[other] Shorter than { $below } characters? Then at least { $count } letters
}
requirement-minimum-digits-below = { $count ->
    [one] Shorter than { $below } characters? Then at least { $count } digit
   *[other] Shorter than { $below } characters? Then at least { $count } digits
}
requirement-minimum-symbols-below = { $count ->
    [one] Shorter than { $below } characters? Then at least { $count } symbol
   *[other] Shorter than { $below } characters? Then at least { $count } symbols
}
requirement-classes-all = With { $list }
requirement-classes-any = With { $list }
requirement-classes-some = At least { $count } of these { $total }: { $list }
requirement-classes-all-below = Shorter than { $below } characters? Then with { $list }
requirement-classes-any-below = Shorter than { $below } characters? Then with { $list }
requirement-classes-some-below = Shorter than { $below }? Then at least { $count } of: { $list }
requirement-minimum-distinct = At least { $count } different characters
requirement-allowed-characters = Only { $list }
requirement-allowed-certain = Only certain letters, digits and symbols
requirement-forbidden-characters = Without these characters: { $list }
requirement-forbidden-certain = Without certain invisible characters
requirement-white-space-inside = Without a space at the beginning or the end
requirement-white-space-nowhere = Without spaces
requirement-maximum-run = { $count ->
    [1] Never the same character twice in a row
   *[other] The same character at most { $count } times in a row
}
requirement-without-repeated-block = { $count ->
    [2] Without a piece of { $count } or more characters repeated right away, such as “abab”
    [3] Without a piece of { $count } or more characters repeated right away, such as “abcabc”
    [4] Without a piece of { $count } or more characters repeated right away, such as “abcdabcd”
   *[other] Without a piece of { $count } or more characters repeated right away
}
requirement-maximum-alphabetical = At most { $count } letters in alphabetical order
requirement-maximum-numerical = No sequence such as { $example }
requirement-maximum-numerical-long = At most { $count } digits in order
requirement-maximum-qwerty = At most { $count } keys in a line on a QWERTY keyboard
requirement-maximum-azerty = At most { $count } keys in a line on an AZERTY keyboard
requirement-maximum-qwertz = At most { $count } keys in a line on a QWERTZ keyboard
requirement-without-attributes = Without your name, user name or mail address
requirement-without-words = { $count ->
    [one] Without the word { $list }
   *[other] Without the words { $list }
}
requirement-without-certain-words = Without certain words of your organisation
requirement-not-blocklisted = Not a commonly used password
requirement-not-blocklisted-variants = Not a commonly used password, even with digits or symbols added
requirement-not-breached = Not known from a data breach
requirement-minimum-strength = { $score ->
    [4] Hard to guess: strength { $score } of 4
   *[other] Hard to guess: strength { $score } of 4 or more
}
requirement-not-reused = { $count ->
    [1] Different from your current password
   *[other] Different from your last { $count } passwords
}
requirement-not-reused-days = { $days ->
    [1] Different from your passwords of the past day
   *[other] Different from your passwords of the past { $days } days
}
requirement-not-reused-current-days = { $days ->
    [1] Different from your current password and those of the past day
   *[other] Different from your current password and those of the past { $days } days
}
requirement-not-reused-both = { $days ->
    [1] Different from your last { $count } passwords and those of the past day
   *[other] Different from your last { $count } passwords and those of the past { $days } days
}
requirement-minimum-age-hours = { $count ->
    [one] Your current password is at least { $count } hour old
   *[other] Your current password is at least { $count } hours old
}
requirement-minimum-age-days = { $count ->
    [one] Your current password is at least { $count } day old
   *[other] Your current password is at least { $count } days old
}
requirement-maximum-age = { $count ->
    [one] A new password after { $count } day
   *[other] A new password after { $count } days
}
requirement-space = space
requirement-letters = letters
requirement-uppercase-letters = uppercase letters
requirement-lowercase-letters = lowercase letters
requirement-plain-letters = letters without accents
requirement-digits = digits
requirement-symbols = symbols
requirement-common-symbols = common symbols
requirement-spaces = spaces
requirement-or = { $first } or { $last }
requirement-others = { $count ->
    [one] { $list } and { $count } other
   *[other] { $list } and { $count } others
}

# A link that no longer works

dead-title = This link no longer works
dead-why = There can be several reasons:
dead-used = the link has been used already;
dead-expired = the time to use it is over;
dead-changed = the password has been changed in another way since;
dead-broken = the address was not copied from the email completely.
dead-next = Do you still need a new password? Then ask for a new link.
dead-again = Ask for a new link

# “This was not me”, from an email

not-me-title = Was this not you?
not-me-links-what = Then the links that were emailed for this account can be made to stop working, all of them.
not-me-links-stays = Your password stays as it is. Asking for a link does not open anything: anybody who knows a user name can do that.
not-me-links-button = Stop these links
not-me-links-done-title = The links have stopped working
not-me-links-done = Nobody can choose a new password with them any more.
not-me-links-next = Your password is the same as before. Would you like to choose a new one after all? Then ask for a new link.
not-me-account-what = Then this account can be locked. Everybody is signed out, emailed links stop working, and so does the password.
not-me-account-stays = After that, a new password can only be chosen through a newly emailed link. The authenticator app stays as it is.
not-me-account-help = Is the app that was added not yours? Tell your organisation’s help desk
not-me-account-button = Lock the account
not-me-account-done-title = The account is locked
not-me-account-done = Everybody is signed out, and the password works no longer.
not-me-account-next = Now ask for a new link and choose a password that you use nowhere else.
not-me-was-me = It was me after all
not-me-dead-title = There is nothing left to stop
not-me-dead = The links that this was about have expired, or the password has been changed since.
not-me-dead-next = Are you not sure that your account is safe? Then choose a new password. Everybody is signed out when you do.

# Choosing two-step verification

factor-enrol-title = Set up two-step verification
factor-enrol-intro = A password alone doesn’t protect your data well enough. From now on, you also confirm it’s you with a code from your phone.
factor-enrol-choose = Choose how to get your code.
problem-factor-throttled = The app is being set up in another browser, and that was started too often.
factor-enrol-app = An app on your phone makes the code, even without internet.
get-app-title = No authenticator app yet?
get-app = First install one on your phone, such as { $app }. A password manager that makes codes works too.
get-app-scan = Scan with your phone
get-app-any = First install one from the App Store or Google Play. A password manager that makes codes works too.
factor-verify-title = Confirm that it is you
factor-verify-intro = Your password is correct. Choose how to confirm it’s you.
factor-verify-app = With the code that the app on your phone shows now.
factor-verify-recovery = Don’t have your phone at hand? Then use one of the codes that you kept when you set up the app.

# Setting up the app

enrol-title = Set up your authenticator app
enrol-mailed-intro = An email is on its way to you, with a QR code and a set-up code for the app.
enrol-mailed-open = Open the email
enrol-mailed-to = To
enrol-mailed-from = From
enrol-mailed-subject = Subject
enrol-mailed-open-text = If you can, read it on another screen than your phone’s.
enrol-mailed-scan = Scan the QR code
enrol-mailed-scan-text = In the app, tap + or “Add account” and point the camera at the QR code. Can’t scan it? Copy the account name and the set-up code from the email.
enrol-mailed-delete = Delete the email once you are signed in: anyone who has it can make the same codes as you.
enrol-mail-failed = The email could not be sent. Choose “New code” below to try again. If that does not work, ask for help.
enrol-mail-address-refused = The email could not be sent: the email address of your account is not accepted. Have the address corrected, then choose “New code”.
enrol-mail-delayed = The email could not be sent yet. We keep trying.
enrol-mail-unsent = No email has been sent yet. Choose “New code” below.
enrol-nothing = No email?
enrol-nothing-text = Look in your junk mail folder, too. If it is not there, choose “New code”. A QR code that you already scanned stays valid.
enrol-app = Open the app
enrol-app-text = Open the authenticator app on your phone and tap + or “Add account”.
enrol-scan = Scan the QR code
enrol-scan-text = Point the app’s camera at this code.
enrol-another = This is another QR code than the one before. If you scanned that one, delete its entry from your app.
enrol-scan-caption = QR code for { $account }
enrol-open-here = Open in the app
enrol-open-here-text = Is the app on this phone? Then there is no need to scan.
enrol-manual = Can’t scan it?
enrol-manual-text = In the app, choose to enter a key and copy the following. The spaces make no difference.
enrol-account = Account name
enrol-issuer = Organisation
enrol-secret = Set-up code
enrol-code = Enter the code
enrol-code-text = The app now shows a code of six digits. Enter it here; after that, the app is connected.
enrol-keep-private = Keep the QR code and the set-up code to yourself: anyone who has them can make the same codes as you.
notice-code-mailed = An email has been sent to you, with a QR code and a set-up code for the app.
notice-code-sent-again = The email has been sent again, with the same QR code. If you had scanned it already, there is no need to scan it again.
notice-code-not-yet = The last email was sent only a moment ago. Look in your junk mail folder in the meantime, and wait a little before you choose “New code” again.

# The code from the app

verify-title = Enter your code
verify-intro = Open the authenticator app on your phone and enter the code of six digits that you see there.
verify-new-code-text = Has the code just run out?
verify-recovery-text = Don’t have your phone at hand?
notice-code-new-code = Your app makes a new code every 30 seconds. Open the app and enter the code you see there. If it is about to run out, wait for the next one.
verify-next-in = { $count ->
    [one] The next code comes in { $count } second.
   *[other] The next code comes in { $count } seconds.
}
problem-code-wrong = This code is not right. Check that you have the right account before you in the app, and that your phone’s clock is right.
problem-code-wait = This code has been used already or has just run out. Wait until the app shows the next code and enter that one.
problem-code-later = This code has been used already or has just run out. Wait until the app shows the next code and enter that one. Only if your phone’s clock was ahead and you have put it right since, it takes longer:
problem-code-throttled = You’ve entered a wrong code too many times.
problem-code-busy = We’re busy right now. Wait a few seconds and enter the code again.
problem-code-empty = Enter the code that the app shows.
problem-code-malformed = A code has six digits. Enter the one that the app shows now.
problem-code-locked = Codes from the app are blocked after too many wrong attempts. Choose a new password with “Forgot password?” or sign in with a recovery code. If that does not help, contact your organisation’s help desk.
problem-code-spent = Codes from your app are no longer accepted: over time, too many wrong ones were entered. Sign in with a recovery code and then replace the app under “Two-step verification”. If you have no recovery codes either, contact your organisation’s help desk.
problem-code-one-spent = This code is not right. Codes from one of your apps are no longer accepted, because over time too many wrong ones were entered. Use another of your apps or a recovery code, and then replace that app under “Two-step verification”.
problem-code-stopped = The set-up is blocked after too many wrong codes. Choose a new password with “Forgot password?” and sign in again, or contact your organisation’s help desk.

# Two codes in a row

verify-clock = Does no code work? Your phone’s clock may be off.
clock-title = Does no code work?
clock-intro = If your phone’s clock is off, the app shows codes of another moment. With two codes in a row we find out by how much, up to about ten minutes, and you are signed in.
clock-first = First code
clock-first-hint = The one that the app shows now.
clock-second = Next code
clock-second-hint = Wait until the app shows another one.
clock-back = Back to one code
clock-better = Put the clock right
clock-better-text = Better still: in your phone’s settings, let date and time be set automatically. If the clock was behind, every code works from then on. If it was ahead, codes can be refused for as many minutes as it was ahead.
problem-clock-wrong = These are not two codes in a row of this account. Check that you have the right account before you in the app, and take two new codes.
problem-clock-empty = Enter both codes.
problem-clock-malformed = A code has six digits. Enter both codes again.
problem-clock-throttled = You’ve entered a wrong code too many times.
problem-clock-locked = Codes from the app are blocked after too many wrong attempts. Choose a new password with “Forgot password?” or sign in with a recovery code. If that does not help, contact your organisation’s help desk.
problem-clock-spent = Codes from your app are no longer accepted: over time, too many wrong ones were entered. Sign in with a recovery code and then replace the app under “Two-step verification”. If you have no recovery codes either, contact your organisation’s help desk.
home-clock-ahead = { $count ->
    [one] Your phone’s clock is about { $count } minute ahead.
   *[other] Your phone’s clock is about { $count } minutes ahead.
}
home-clock-behind = { $count ->
    [one] Your phone’s clock is about { $count } minute behind.
   *[other] Your phone’s clock is about { $count } minutes behind.
}
home-clock-what = In your phone’s settings, let date and time be set automatically.
home-clock-then = { $count ->
    [one] After that, codes are refused for about { $count } minute; then every code works again.
   *[other] After that, codes are refused for about { $count } minutes; then every code works again.
}
home-clock-keeps = Then every code keeps working.

# A recovery code

recovery-title = Sign in with a recovery code
recovery-intro = Enter one of the recovery codes that you kept when you set up the app. Each code works once.
recovery-code = Recovery code
recovery-hint = 16 letters and digits. Capitals, spaces and hyphens make no difference.
recovery-none = No recovery codes either? Ask your organisation’s help desk
recovery-back = Back to the code from the app
problem-recovery-wrong = This recovery code is not right or has been used already. Check it or take another.
problem-recovery-malformed = A recovery code has 16 letters and digits. Check what you entered.
problem-recovery-busy = We’re busy right now. Wait a few seconds and try again.
problem-recovery-throttled = You’ve entered a wrong recovery code too many times.
problem-recovery-empty = Enter a recovery code.
problem-recovery-locked = Recovery codes are blocked after too many wrong attempts. Choose a new password with “Forgot password?”, or contact your organisation’s help desk.

# The recovery codes, once

codes-title = Keep your recovery codes
codes-done = The authenticator app is connected.
codes-intro = If you lose your phone, you can still sign in with one of these codes. Each code works once.
codes-once = You see these codes only once. Print them, download them or write them down, and keep them somewhere safe, not with your phone.
codes-list = Recovery codes
codes-copy = Copy all
codes-copied = The recovery codes were copied.
codes-not-copied = Copying did not work. Download the recovery codes or write them down.
codes-saved = I have saved these codes
codes-continue = Continue
codes-print = { $tenant }: recovery codes
codes-renewed = Your earlier recovery codes do not work any more.
codes-print-who = User name: { $user }. Made on { $date }.
codes-each-once = Each code works once.
codes-download = Download
codes-print-button = Print

# Signed in

home-title = Signed in
notice-home-set-up = The authenticator app is set up. Recovery codes are shown once: did you not see or keep them? Then create new ones under “Two-step verification”.
home-text = This is where you manage how you sign in.
home-user = User name
home-organisation = Organisation
home-codes = Recovery codes
home-remaining = { $count ->
    [0] none left
    [one] { $count } left
   *[other] { $count } left
}
home-few = Without recovery codes you cannot sign in when you lose your phone. Get new ones in time.
home-sign-out = Sign out

# What can go wrong

error-status = Error code { $status }
error-back = Start again
error-front = Go to the front page
error-not-found-title = This page does not exist
error-not-found-what = There is nothing at this address.
error-not-found-do = Check the address, or start again from the link below.
error-no-tenant-title = We do not know this organisation
error-no-tenant-what = The address names an organisation that this portal does not have.
error-no-tenant-do = Choose one of the organisations on the front page.
error-method-title = This page cannot be asked for in this way
error-method-what = Your browser asked for something that this page cannot do.
error-method-do = Start again from the link below.
error-bad-form-title = Something went wrong with the form
error-bad-form-what = Nothing was changed.
error-bad-form-do = Go back, reload the page and fill in the form once more.
error-too-large-title = That is too much
error-too-large-what = What your browser sent is larger than this portal accepts. Nothing was changed.
error-too-large-do = Go back and enter less text.
error-content-type-title = Something went wrong with the form
error-content-type-what = Nothing was changed.
error-content-type-do = Go back and send the form from the page itself.
error-csrf-title = This page was no longer valid
error-csrf-what = We could not be sure that the form came from this site. That happens when a page has been open for long, or when cookies are off. Nothing was changed.
error-csrf-do = Allow cookies for this site, reload the page and try once more.
error-fault-title = Something went wrong on our side
error-fault-what = A fault kept us from finishing what you asked for. It was not your doing.
error-fault-do = Try again in a few minutes.
error-busy-title = We are too busy just now
error-busy-what = We’re busy right now.
error-busy-do = Wait a few seconds and try again.
error-away-title = We cannot reach our data right now
error-away-what = Our database does not answer at the moment. You did nothing wrong.
error-away-do = Wait a few seconds and try again.
error-away-form = Your form may not have been processed. Wait a few seconds and reload this page to send it again. You can also open the form again.
error-away-again = Try again
error-away-open = Open the form again

# A suggestion

reset-suggestion = No idea? See an example
reset-suggestion-text = This password was chosen at random and meets the requirements. You may use it, if you can remember it or keep it in a password manager.
reset-suggestion-again = Reload the page for another example.

# Changing the password while signed in

change-title = Change your password
change-intro = After the change you are signed out on other devices. Here you stay signed in.
change-current = Current password
change-cancel = Cancel
problem-change-refused = This password doesn’t meet these requirements:
problem-change-empty = Enter a new password.
problem-change-empty-current = Enter your current password.
problem-change-wrong-current = Your current password is not right. Nothing was changed.
problem-change-too-long = This password is too long to handle. Choose a shorter one.
problem-change-throttled = There were too many attempts, one after another. Nothing was changed.
problem-change-locked = Changing is blocked after too many failed attempts. Sign out and ask for a new password with “Forgot password?”.
problem-change-busy = We’re busy right now. Your password was not changed. Wait a few seconds and try again.
problem-change-unchecked = We cannot find out right now whether this password is known from a data breach. Nothing was changed. Try again later.
problem-reset-unchecked = We cannot find out right now whether this password is known from a data breach. It was not saved; your link still works. Try again later.
notice-home-recovered = You signed in with a recovery code. Lost your phone, or got another one? Then set up the app again.
home-replace-app = Set up the app on another phone
notice-home-changed = Your password was changed.
home-change = Change password
standing-expired = You have been using this password for longer than your organisation wants. Choose a new one.
standing-unfit = Your password no longer meets the requirements: they, or your details, have changed. Choose a new one.
standing-breached = Your password is in a known data breach: others can try it out. Choose a new one now.

# Two-step verification, for somebody who is signed in

cancel = Cancel
add = Add
replace = Replace
remove = Remove
rename = Rename
moment = { $day } { $month ->
    [1] January
    [2] February
    [3] March
    [4] April
    [5] May
    [6] June
    [7] July
    [8] August
    [9] September
    [10] October
    [11] November
   *[12] December
} { $year }, { $time }{ "\u00A0" }{ $zone }
date = { $day } { $month ->
    [1] January
    [2] February
    [3] March
    [4] April
    [5] May
    [6] June
    [7] July
    [8] August
    [9] September
    [10] October
    [11] November
   *[12] December
} { $year }
home-authenticators = Two-step verification
authenticators-title = Authenticator apps
authenticators-intro = When you sign in, you confirm with a code from one of these apps that it is you.
authenticators-none = You have no authenticator app yet. Anybody who learns your password can sign in. With an app, they also need a code from your phone.
authenticators-added = Added
authenticators-in-app = Account name in the app
authenticators-used = Last used
authenticators-add = Add an authenticator app
authenticators-full = { $count ->
    [one] You have { $count } authenticator app, and there cannot be more.
   *[other] You have { $count } authenticator apps, and there cannot be more.
} Remove or replace one first if you want to add another.
authenticators-last = This is your only authenticator app, and you need it to sign in. Got another phone? Replace it.
authenticators-codes = { $count ->
    [0] You have no recovery codes left. With them you can still sign in when you lose your phone.
    [one] You have { $count } recovery code left. With it you can still sign in when you lose your phone.
   *[other] You have { $count } recovery codes left. With them you can still sign in when you lose your phone.
}
authenticators-new-codes = New recovery codes
authenticators-back = To the home page
notice-authenticators-needed = The page you asked for needs two-step verification. Add an authenticator app first; after that you can open it.
notice-authenticators-added = The authenticator app was added. From now on you can sign in with its codes, too.
notice-authenticators-replaced = The authenticator app was replaced. Codes of the old one do not work any more, and everybody else who used this account is signed out.
notice-authenticators-renamed = The name was changed.
notice-authenticators-removed = The authenticator app was removed. Its codes do not work any more, and everybody else who used this account is signed out.
notice-authenticators-gone = That authenticator app is not in the list any more. Nothing was changed.
notice-authenticators-elsewhere = An app is being added in another browser, and that was started too often. Wait a few minutes and then try again.
notice-authenticators-over = That set-up is finished already, or it is over. Look at the list below to see which; if the app is not in it, begin again.
notice-authenticators-codes = New recovery codes were asked for already from that page, and they are shown once. Did you not see or keep them? Then create new ones.
authenticator-name = Name
authenticator-name-hint = At most 64 characters, “work phone” for example.
rename-title = Rename an authenticator app
rename-intro = With a name you can tell your apps apart, here and in the emails about them.
problem-authenticator-name-empty = Enter a name.
problem-authenticator-name-long = This name is too long. Choose one of at most 64 characters.
problem-authenticator-name-odd = There is a character in this name that cannot be in a name. Type the name again.
problem-authenticator-wrong = This code is not right. Check that you have the new account before you in the app, and that your phone’s clock is right.
problem-authenticator-wait = This code has just run out. Wait until the app shows the next code and enter that one.
problem-authenticator-empty = Enter the code that the app shows.
problem-authenticator-malformed = A code has six digits. Enter the one that the app shows now for the new account.
problem-authenticator-throttled = You’ve entered a wrong code too many times.
problem-authenticator-locked = This set-up is blocked after too many wrong codes. Contact your organisation’s help desk.
add-title = Add an authenticator app
add-intro = On another phone, say, or on a tablet. Nothing changes for the apps that you have.
add-another = Keep the entry that you sign in with.
add-code = Give it a name and enter the code
add-name-hint = Optional, at most 64 characters: “work phone” for example.
add-code-hint = The code of six digits that the app now shows for the new account.
replace-title = Replace an authenticator app
replace-old = Will be replaced
replace-intro = The old app works until you have entered the first code of the new one. After that its codes do not work any more, and everybody else who uses this account is signed out. Here you stay signed in.
remove-title = Remove this authenticator app?
remove-last-title = This authenticator app stays
remove-what = Codes of this app will not work any more.
remove-everybody = Everybody else who uses this account is signed out, on every device. Here you stay signed in.
remove-last = This is your only authenticator app, and your organisation requires two-step verification. So it can’t be removed.
remove-last-instead = Do you have another phone? Then replace this app by the one on that phone.
renew-title = Make new recovery codes?
renew-what = You get ten new codes, which are shown once. Have something ready to print or write them down.
renew-old = { $count ->
    [0] You have no recovery codes left now.
    [one] The code that you have left now will not work any more.
   *[other] The { $count } codes that you have left now will not work any more.
}
problem-renew-busy = We’re busy right now. No new codes were made. Wait a few seconds and try again.
renew-button = Make new recovery codes
step-up-title = Confirm that it is you
step-up-intro = You are about to change how you sign in. So first enter your password, and then a code, even though you are signed in.
step-up-on = Continue
problem-step-up-refused = This is not the password of this account. Check it and try again.
problem-step-up-throttled = There were too many attempts, one after another.
problem-step-up-locked = Signing in is blocked after too many failed attempts. Sign out and ask for a new password with “Forgot password?”.
problem-step-up-busy = We’re busy right now. Wait a few seconds and try again.
problem-step-up-empty-password = Enter your password.
problem-step-up-long-password = This password is longer than a password can be. Check what you entered.
enrol-copy = Copy
enrol-copied = The set-up code was copied.
enrol-not-copied = Copying did not work. Select the set-up code and copy it yourself.

# The devices on which a person is signed in

home-sessions = Where you’re signed in
sessions-title = Where you’re signed in
sessions-intro = Don’t recognise a device? Sign it out and change your password.
sessions-device = { $browser } on { $system }
sessions-unknown = Unknown device
sessions-began = Signed in
sessions-used = Last used
sessions-current = Now, on this device
sessions-end-others = Sign out everywhere else
notice-sessions-ended = That device has been signed out.
notice-sessions-ended-all = All other devices have been signed out.
notice-sessions-over = That device was signed out already.

# The help desk and the tenant’s administrator

error-desk-title = You can’t do this
error-desk-what = Your account has no permission for this part of the help desk.
error-desk-do = Ask your administrator if you need it.
desk-links = Help desk
desk-find-title = Find an account
desk-find = Find
desk-unknown = Unknown account
desk-back = Back to the account
desk-next = Next page
desk-why-title = Why can’t this person sign in?
desk-why-nothing = We know of nothing that keeps this person from signing in. They may have typed another password: “Forgot password?” on the sign-in page helps.
desk-why-disabled = The account is disabled.
desk-help-disabled = Enable it where your organisation manages its users.
desk-why-no-password = The account has no password yet.
desk-help-no-password = Send an invitation.
desk-why-set-up-mail = The mail to set up the authenticator app did not arrive.
desk-help-set-up-mail = Check the mail address of the account.
desk-why-password = A wrong password was entered too many times.
desk-why-codes = A wrong code was entered too many times.
desk-why-set-up-codes = A wrong code was entered too many times during set-up.
desk-why-recovery-codes = A wrong recovery code was entered too many times.
desk-why-earlier-passwords = Earlier passwords were tried too many times as the new one.
desk-why-reset-mails = Too many mails for a new password were sent to this person.
desk-why-set-up-mails = Too many mails to set up an app were sent to this person.
desk-why-set-up-replaced = The set-up of an app was started too many times.
desk-why-login-requests = A new password was asked for too many times.
desk-why-tenant-mails = Your organisation has sent too many mails with a link.
desk-help-tenant-mails = Wait a while: they leave again by themselves.
desk-why-other = There were too many attempts.
desk-help-wait = { $minutes ->
    [one] This ends within { $minutes } minute. Unlock the account to end it now.
   *[other] This ends within { $minutes } minutes. Unlock the account to end it now.
}
desk-help-locked = Unlock the account.
desk-help-exhausted = Codes of this app no longer work. The person signs in with a recovery code, or you reset two-step verification.
desk-state = Account
desk-enabled = Enabled
desk-disabled = Disabled
desk-password-set = Set
desk-password-none = None yet
desk-password-must-change = A new one is asked for at the next sign-in
desk-setting-up = Being set up
desk-apps = { $count ->
    [0] No app
    [one] { $count } app
   *[other] { $count } apps
}
desk-codes = { $count ->
    [0] None left
    [one] { $count } left
   *[other] { $count } left
}
desk-sessions = Where this person is signed in
desk-sessions-none = This person is not signed in anywhere.
desk-session-ends = Ends
desk-acts = What you can do
desk-acts-mailed = The person gets a mail about each of these.
desk-reason = Reason
desk-reason-optional = Optional, at most 200 characters. It is kept in the audit trail: name no one.
desk-reason-required = At most 200 characters. It is kept in the audit trail: name no one.
desk-unlock = Unlock
desk-end-sessions = Sign out everywhere
desk-require-password = Ask for a new password
desk-invite = Send an invitation
desk-reset = Reset two-step verification
notice-desk-unlocked = The account is unlocked. The person gets a mail.
notice-desk-not-locked = There was nothing to unlock.
notice-desk-ended = This person was signed out everywhere, and gets a mail.
notice-desk-no-sessions = This person was not signed in anywhere.
notice-desk-required = A new password is asked for at the next sign-in. The person gets a mail.
notice-desk-required-already = A new password was asked for already.
notice-desk-invited = The invitation is on its way.
notice-desk-reset = Two-step verification was reset. The person gets a mail, and sets up an app at the next sign-in.
problem-desk-empty-login = Enter a user name.
problem-desk-unknown-login = There is no account with this user name.
problem-desk-reason = This reason can’t be kept. Use one line, and make it shorter.
problem-desk-no-reason = Enter the reason.
problem-desk-no-password = This account has no password yet. Send an invitation.
problem-desk-disabled = This account is disabled. No invitation was sent.
problem-desk-has-password = This account has a password already. No invitation was sent.
problem-desk-address = No mail can go to the address of this account. Check the address.
problem-desk-mailed-often = This person was mailed too often lately. Try again later.
problem-desk-mails-wait = Too many mails are waiting. Try again later.
problem-desk-own = You can’t do this for your own account.
problem-desk-own-request = Someone else has to approve your request.
problem-desk-approval-over = This request was used already, or is no longer valid.
problem-desk-empty-sample = Enter a sample password.
desk-reset-title = Reset two-step verification of { $account }?
desk-reset-what = All authenticator apps and recovery codes are removed, and the person is signed out everywhere. At the next sign-in they set up an app again.
desk-reset-sure = Until then the password alone protects the account. So be sure who is asking.
desk-requested-title = A colleague has to approve this
desk-requested-what = Nothing was changed yet for { $account }. Copy the address of this link and send it to a colleague who may approve it.
desk-requested-link = Link for your colleague
desk-valid-until = Valid until
desk-approve-title = Approve the reset of two-step verification
desk-requester = Requested by
desk-approve = Approve and reset
desk-factors-title = Who uses two-step verification
desk-factors-total = { $count ->
    [one] { $count } account with an authenticator app
   *[other] { $count } accounts with an authenticator app
}
desk-factors-apps = Apps
desk-factors-none = No accounts to show.
desk-trail-title = Audit trail
desk-trail-account = Audit trail of this account
desk-trail-of = What happened to { $account }, newest first
desk-trail-all = What happened, newest first
desk-trail-when = When
desk-trail-what = What
desk-trail-about = Account
desk-trail-by = By
desk-trail-self = The person
desk-trail-tenant = Organisation
desk-trail-unnamed = No. { $mark }
desk-trail-hint = The trail keeps no names. The same number is the same person.
desk-trail-none = Nothing to show.
desk-did-password-reset = Password set by a mailed link
desk-did-password-changed = Password changed
desk-did-access-revoked = All access ended
desk-did-password-forgotten = Password removed
desk-did-factor-forgotten = Two-step verification reset
desk-did-links-revoked = Mailed links ended
desk-did-app-added = App added
desk-did-app-replaced = App replaced
desk-did-app-renamed = App renamed
desk-did-app-removed = App removed
desk-did-app-resynchronised = Signed in with two codes in a row
desk-did-codes-renewed = New recovery codes made
desk-did-code-accepted = Signed in with a code
desk-did-recovery-code = Signed in with a recovery code
desk-did-unlocked = Unlocked
desk-did-sessions-ended = Signed out
desk-did-password-required = New password asked for
desk-did-account-erased = Data of the account erased
desk-did-invited = Invitation sent
desk-did-other = Something else
desk-rules-title = Password rules
desk-rules-all = The rules
desk-rules-group = Rules of { $group }
desk-group = Group
desk-group-all = Everyone else
desk-lint = What standards say
desk-lint-none = The standards that we check have no remarks.
desk-lint-violation = Not allowed:
desk-lint-warning = Better not:
desk-lint-advice = Consider:
desk-sample-title = Try a password
desk-sample = Sample password
desk-sample-hint = Don’t use a real password. The sample is not kept.
desk-sample-judge = Check
desk-sample-accepted = This password meets the rules.
desk-sample-pending = This password meets the rules that we can check here.
desk-sample-rejected = This password does not meet the rules.
