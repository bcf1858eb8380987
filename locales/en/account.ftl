# Signing in, passwords, the own account.
login-title = Sign in to Gradebook
login-page = Sign in
login-username = Username
login-password = Password
login-submit = Sign in
login-failed = The username or password is not right.
login-stale = This page was open for too long, or cookies are off. Please sign in again.
login-return = Sign in to go on to the page you opened.
login-forgotten = Forgot your password? Ask your teacher or the school’s administrator.
password-show = Show password
password-hide = Hide password
password-caps = Caps Lock is on

password-title = Change password
password-first-title = Choose your own password
password-first-lead = You signed in with a one-time password. Choose your own to go on.
password-current = Current password
password-current-first = One-time password
password-new = New password
password-new-hint = 8 to 128 characters. A few words in a row are easy to remember.
password-repeat = New password again
password-submit = Save password
password-effect = You will be signed out everywhere else.
password-wrong-current = This is not your current password.
password-wrong-first = This is not the one-time password.
password-too-short = Use at least 8 characters.
password-too-long = Use at most 128 characters.
password-same-as-identity = Do not use your username, student number or name.
password-common = This is one of the most common passwords, and others try those first. Choose another one.
password-sequence = One repeated character or a sequence like abcdefgh is guessed at once. Choose another one.
password-unchanged = The new password is the same as the current one.
password-saved = The new password is saved, and other devices are signed out.
password-mismatch = The two entries differ.

account-title = My account
account-name = Name
account-username = Username
account-role = Role
account-student-number = Student number
account-language = Language of the pages
account-password = Password
account-password-lead = A new password signs you out everywhere else.

login-throttled = Too many wrong attempts. Wait { $wait }, then try again.
login-code-title = Enter the code
login-code-lead = Your password is right. Now open the authenticator app on your phone and enter the code that it shows.
login-code-label = Six-digit code
login-code-back = Sign in as somebody else
login-code-wrong = This code is not right, or it was used already. Enter the next one that the app shows.
login-recovery = No phone at hand? Use a recovery code
login-recovery-label = Recovery code
login-recovery-hint = One of the ten codes that you saved when you set up two-step sign-in. If you have none left, ask the school’s administrator.
login-recovery-submit = Sign in with recovery code
login-recovery-wrong = This recovery code is not right, or it was used already. Try another one.
login-code-late = That took too long. Please sign in again.
wait-seconds = { $count ->
    [one] 1 second
   *[other] { $count } seconds
}
wait-minutes = { $count ->
    [one] 1 minute
   *[other] { $count } minutes
}

totp-title = Two-step sign-in
totp-state-on = On
totp-state-off = Off
totp-lead = With two-step sign-in, your password alone is not enough to get into your account: a code from your phone is needed as well. So nobody gets in who only found out your password.
totp-apps = The codes come from an authenticator app. If you have none on your phone yet, install one first: for example Google Authenticator, Microsoft Authenticator or Aegis.
totp-required = Your school requires two-step sign-in for your role. Set it up to go on.
totp-required-note = Your school requires two-step sign-in for your role, so it cannot be turned off.
totp-begin = Set up
totp-manage = Manage
totp-scan = 1. Scan this QR code with the app
totp-picture = QR code for the authenticator app
totp-no-scan = Cannot scan it?
totp-open-lead = Is the app on this device?
totp-open = Add it to the app
totp-type = Or type this key into the app:
totp-enter = 2. Enter the code that the app shows
totp-code = Six-digit code
totp-confirm = Turn on
totp-effect = You will be signed out everywhere else.
totp-wrong-code = This code is not right. The app shows a new one every 30 seconds: enter the newest. If that fails too, let your phone set its clock automatically.
totp-wrong-password = The password is not right.
totp-password = Your password
totp-remove-title = Turn off two-step sign-in
totp-remove-lead = Your password alone will then be enough to sign in. You will be signed out everywhere else.
totp-remove = Turn off
codes-title = Recovery codes
codes-left = { $count } of 10 left
account-codes-left = You have { $count } of 10 recovery codes left.
codes-lead = If your phone is lost or broken, use one of these codes to sign in instead of the code from the app. Each works once. Keep them where only you can find them, and not just on that phone.
codes-once = Save these codes now: they are shown only this once.
codes-copy = Copy all
codes-then = You will not see these codes again.
codes-copied = Copied
codes-print = Print
codes-kept = I have saved them
codes-renew-lead = Have you used up most of them, or might somebody have seen them? Make new ones. The old ones then stop working.
codes-renew = Make new codes

sessions-title = Where you are signed in
sessions-end-others = Sign out everywhere else
session-current = This device
session-second-factor = Two-step
session-last-used = Last used
session-began = Signed in
session-address = Address { $address }
session-end = Sign out
session-end-name = Sign out { $device }
device-browser-on = { $browser } on { $system }
device-unknown = Unknown device
account-session-ended = That device is signed out.
account-sessions-ended = You are signed out everywhere else.
account-totp-removed = Two-step sign-in is off.
