# Signing in, passwords, the own account.
login-title = Sign in to Gradebook
login-page = Sign in
login-username = Username
login-password = Password
login-submit = Sign in
login-failed = The username or password is not right.
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
password-too-short = Use at least 8 characters.
password-too-long = Use at most 128 characters.
password-same-as-identity = Do not use your username, student number or name.
password-unchanged = The new password is the same as the current one.
password-mismatch = The two entries differ.

account-title = My account
account-name = Name
account-username = Username
account-role = Role
account-student-number = Student number
account-language = Language of the pages
account-password = Password
account-password-lead = A new password signs you out everywhere else.
