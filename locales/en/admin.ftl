# The admins' pages for accounts.
users-title = Users
users-count = { $count ->
    [one] { $count } account
   *[other] { $count } accounts
}
users-found = { $count ->
    [0] No account found
    [one] { $count } account found
   *[other] { $count } accounts found
}
users-search = Find people
users-search-hint = Name, username or student number
users-submit = Search
users-clear = Show all
users-all-roles = All roles
users-state = Status
users-all-states = All
users-none = Nobody found
users-none-lead = Try a part of the name, the username or the student number.
users-pages = Pages
users-place = { $from }–{ $to } of { $all }
users-first = First page
users-next = Next page
list-nothing-found = Nothing found
list-nothing-found-lead = Try fewer words, or only a part of a name.

user-enabled = Active
user-disabled = Disabled
user-no-password = No password yet
user-initial-password = One-time password
user-totp-on = Two-step sign-in
user-totp-missing = Two-step sign-in missing
user-report = Report card
user-no-class = Belongs to no class yet. On the page of a class, students with an account are added to it.
user-classes = Classes
user-courses = Courses taught
user-details = Details
user-save = Save
user-saved = Saved.
user-now-enabled = This account can sign in again.
user-now-disabled = This account cannot sign in any more, and all its sessions have ended.
user-own = This is your own account. Changing your role, resetting your password or disabling the account signs you out.
user-role-hint = Another role ends all sessions of this person. A teacher who becomes an administrator stays the teacher of their courses.
user-last-admin = This is the last administrator who can sign in. Make somebody else an administrator first: otherwise nobody could look after the accounts any more.
user-signing-in = Signing in
user-reset-title = New one-time password
user-reset-effect = For a forgotten password. The present one stops working, and all sessions end.
user-reset = Reset password
user-reset-done = { $name } has a new one-time password. All sessions have ended.
user-disable-title = Disable account
user-disable-effect = Nobody can sign in to it any more, and all sessions end at once. Grades and history stay.
user-disable = Disable
user-enable-title = Enable account
user-enable-effect = Signing in works again, with the password from before.
user-enable = Enable
user-log = Change log
user-log-empty = Nothing has been recorded yet.
user-log-older = Older changes
user-log-newest = Newest changes

user-username-hint = To sign in with. Sessions under way go on; the next sign-in takes the new name with the same password. Slips printed before still show the old one.
user-number-hint = Scores and history stay with the student. Files to import name them by the new number from now on.
user-username-wrong = Use 1 to 64 characters without spaces.
user-username-taken = Somebody else has this username.
user-name-wrong = Enter a name of at most 128 characters.
user-number-wrong = A student needs a student number of at most 32 characters. Leave it empty for everybody else.
user-number-taken = Somebody else has this student number.
user-number-alike = Another student’s number differs only in zeros at the front, spaces, letter case or width. Give another one.
user-role-wrong = A student’s account stays one, and no other account becomes a student’s. Add another account instead.
user-role-missing = Choose a role.
user-locale-missing = Choose a language.

new-user-title = Add user
new-user-role-hint = Students see their own grades, teachers keep the gradebooks of their courses, administrators see and change everything.
new-user-username-hint = The name to sign in with. No spaces.
new-user-number-hint = Students only.
new-user-no-class = No class yet
new-user-class-hint = Students only: they stand in its gradebooks from the first day on.
new-user-language-hint = The language of this person’s pages at first.
new-user-effect = A one-time password is made, to be changed at the first sign-in.
new-user-submit = Add
user-added = { $name } was added.
cancel = Cancel
print = Print

one-time-title = One-time password
one-time-lead = It is shown only now. Print this page or write it down before you leave; nobody can look it up later.
one-time-back = To the account
one-time-another = Add another

slip-username = Username
slip-number = Student number
slip-password = One-time password
slip-address = Address
slip-what = Sign in there and choose your own password. Show this slip to nobody.

slips-title = Password slips
slips-lead = Choose a class. Everybody in it who has no password of their own yet gets a new one-time password, printed on slips to cut apart.
slips-students = { $count ->
    [one] { $count } student
   *[other] { $count } students
}
slips-waiting = { $count ->
    [one] { $count } needs a slip
   *[other] { $count } need a slip
}
slips-none-needed = None needed
slips-none-waiting = All have their own password
slips-none-waiting-lead = Nobody here needs a slip. To help somebody who forgot theirs, open the account and reset the password.
slips-no-classes = No classes yet
slips-no-classes-lead = Import scores or a roster first.
slips-make = { $count ->
    [one] Make { $count } slip
   *[other] Make { $count } slips
}
slips-effect = These students have no password of their own. They get a new one-time password: slips that were printed before stop working, and sessions under way end.
slips-lasts = { $count ->
    [one] This takes about a second.
   *[other] This takes about { $count } seconds.
}
slips-made = { $count ->
    [0] Nobody needed a slip.
    [one] { $count } slip is ready.
   *[other] { $count } slips are ready.
}
slips-once = The passwords are shown only now. Print this page before you leave; nobody can look them up later.
slips-own = { $count ->
    [one] { $count } keeps their own password
   *[other] { $count } keep their own password
}
slips-own-lead = They chose a password themselves, so nothing changes for them.
slips-disabled = { $count ->
    [one] { $count } disabled account
   *[other] { $count } disabled accounts
}
slips-disabled-lead = Nobody can sign in to these, so they get no slip.

change-unknown = Something recorded by a newer version
change-by-operator = Server operator
change-through-api = through another program
change-through-cli = server command
change-through-import = import
change-score = Score changed
change-assessment-created = Assessment created
change-assessment-published = Assessment published
change-assessment-unpublished = Assessment unpublished
change-assessment-locked = Assessment locked
change-assessment-unlocked = Assessment unlocked
change-exam-created = Exam created
change-exam-lines = Grade lines of an exam changed
change-exam-settings = Analysis settings of an exam changed
change-term-created = Term created
change-subject-created = Subject created
change-class-created = Class created
change-enrolled = Joined a class
change-course-created = Course created
change-teacher-assigned = Course assigned
change-teacher-removed = Course taken away
change-user-created = Account added
change-username-changed = Username changed
change-student-number-changed = Student number changed
change-user-changed = Name or language changed
change-role-changed = Role changed, sessions ended
change-user-enabled = Account enabled
change-user-disabled = Account disabled, sessions ended
change-password-reset = One-time password made, sessions ended
change-password-changed = Password changed, other sessions ended
change-session-ended = Signed out
change-refresh-reused = Session ended: a used-up sign-in token came back
change-signing-key-added = Signing key added
change-signing-key-retired = Signing key replaced by a newer one
change-signing-key-withdrawn = Signing key removed before its time
change-language-chosen = Language chosen
change-totp-enabled = Two-step sign-in turned on
change-totp-disabled = Two-step sign-in turned off
change-totp-reset = Two-step sign-in removed, signed out everywhere
change-recovery-codes-made = Recovery codes made
change-recovery-code-used = Signed in with a recovery code
user-totp-title = Two-step sign-in
user-totp-lead = For somebody who has lost both the phone and the recovery codes. They are signed out everywhere and can sign in with the password alone, until they set it up again.
user-totp-reset = Remove two-step sign-in
user-totp-gone = Two-step sign-in is removed, and this person is signed out everywhere.
user-step-sessions = { $count ->
    [0] No session is open.
    [one] Ends the session that is open, at once.
   *[other] Ends { $count } sessions at once, on every device.
}
user-step-own = This is your own account: you are signed out, too.
user-step-void = The present password is void at once.
user-step-no-password = There is no password yet.
user-step-once = The new one-time password is shown once, on the next page, and changed at the first sign-in.
user-step-totp-stays = Two-step sign-in stays on.
user-step-courses = { $count ->
    [0] Teaches no course of an open term.
    [one] Teaches { $count } course of an open term, and stays its teacher.
   *[other] Teaches { $count } courses of open terms, and stays their teacher.
}
user-step-alone = { $count ->
    [one] { $count } of these courses has no other teacher: give it one if scores are still to come in.
   *[other] { $count } of these courses have no other teacher: give them one if scores are still to come in.
}
user-step-scores = { $count ->
    [0] There are no scores yet.
    [one] The only score stays, and teachers go on seeing it.
   *[other] All { $count } scores stay, and teachers go on seeing them.
}
user-step-back = The account can be enabled again at any time, with the password from before.
user-step-disable = Disable the account of { $name }?
user-step-reset = Reset the password of { $name }?
user-step-totp = Remove two-step sign-in of { $name }?
user-step-totp-password = Whoever knows the password gets in with it alone, until two-step sign-in is set up again.
user-step-totp-codes = The recovery codes are void.
