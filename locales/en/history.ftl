# What happened: batches and changes of scores, their undo, the change log of the school.
overview-changes = Changes
overview-changes-lead = Who changed what, and when: scores, states, accounts, sign-ins. Search them, and undo whole batches.
changes-title = Changes
changes-lead = Everything that was done in this course, newest first. What was entered as one block is undone as one.
changes-of-column = What was done in one column, newest first.
changes-all-columns = Changes of all columns
changes-school-lead = Everything that was done in the school, newest first. Days begin at midnight UTC.
changes-none = No changes
changes-none-lead = As soon as somebody enters scores, they are listed here.
changes-none-found = Nothing found
changes-none-found-lead = Nothing matches this search. Try fewer filters.
changes-pages = Pages of the list
changes-each = One by one
changes-older = Older
changes-newest = Newest
changes-areas = Parts of the log
changes-area-all = Everything
changes-area-grades = Grades
changes-area-school = School
changes-area-people = Accounts
changes-search = Search the changes
changes-actor = By
changes-person = About
changes-username = Username
changes-course = Course
changes-all-courses = All courses
changes-kind = What
changes-all-kinds = Everything
changes-since = From
changes-until = To
changes-submit = Search
changes-clear = Clear
changes-nobody = There is no account with this username.
changes-no-day = This is not a date.
change-became = became
change-remark = Remark:
change-remark-removed = removed
batch-typed = { $count ->
    [one] Entered a score
   *[other] Entered { $count } scores
 }
batch-paste = { $count ->
    [one] Pasted a score
   *[other] Pasted { $count } scores
 }
batch-fill = { $count ->
    [one] Filled a score
   *[other] Filled { $count } scores
 }
batch-clear = { $count ->
    [one] Cleared a score
   *[other] Cleared { $count } scores
 }
batch-undo = { $count ->
    [one] Undid the entry of a score
   *[other] Undid the entry of { $count } scores
 }
batch-undone = { $count ->
    [one] Undid a batch: one score
   *[other] Undid a batch: { $count } scores
 }
batch-redo = { $count ->
    [one] Redid the entry of a score
   *[other] Redid the entry of { $count } scores
 }
batch-import = { $count ->
    [one] Imported a score
   *[other] Imported { $count } scores
 }
batch-more = and { $count } more
batch-whole = { $count ->
    [one] { " " }(1 score in all)
   *[other] { " " }({ $count } scores in all)
 }
batch-actions = { $what } and { $more ->
    [one] 1 more change
   *[other] { $more } more changes
 }
batch-titles = { $titles } and { $more } more
batch-scores = { $count ->
    [one] 1 score
   *[other] { $count } scores
 }
batch-where = What it changed
batch-deleted-assessment = deleted assessment
undo-open = Undo…
undo-of = Undo: { $what }
undo-title = Undo
undo-will = { $count ->
    [one] One score goes back to what it was before, with its remark.
   *[other] { $count } scores go back to what they were before, with their remarks.
 }
undo-would-leave = { $count ->
    [one] One score stays as it is.
   *[other] { $count } scores stay as they are.
 }
undo-again = The undo is recorded, too, and can itself be undone.
undo-submit = { $count ->
    [one] Undo 1 score
   *[other] Undo { $count } scores
 }
undo-nothing = None of it can be put back: every score is as it was before already, was changed since, or may not be changed.
undo-reason = Reason
undo-reason-hint = { $count ->
    [one] One of the scores is published: students see it as corrected. Say why.
   *[other] { $count } of the scores are published: students see them as corrected. Say why.
 }
undo-reason-missing = These scores are published: say why they change.
undo-reason-long = A reason has at most 1,000 characters.
undo-reason-characters = A reason has no control characters.
undo-done-title = Undo
undo-restored = { $count ->
    [one] One score is as it was before.
   *[other] { $count } scores are as they were before.
 }
undo-nothing-done = Nothing was changed.
undo-cancel = Cancel
undo-left = { $count ->
    [one] One score was left as it is
   *[other] { $count } scores were left as they are
 }
undo-back = Back to the changes
undo-redo = Undo this undo…
left-student = Student
left-assessment = Assessment
left-now = Now
left-before = Before
left-why = Why
undo-changed-since = Changed since
undo-unchanged = As it was before already
undo-locked = The assessment is locked
undo-term-closed = The term is closed
undo-needs-reason = Published: needs a reason
undo-not-enrolled = Not in the class any more
undo-above-maximum = Above the maximum as it is now
undo-no-assessment = The assessment was deleted
undo-refused = May not be changed
