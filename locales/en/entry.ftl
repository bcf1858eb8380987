# Entering one assessment's scores as a list, without the grid.
entry-title = Enter as a list
entry-states = Check and publish
entry-full = out of { $max }
entry-nobody = There are no students in this class yet
entry-elsewhere = Not expected: not in the class that day
entry-codes = Type a score, or choose absent, excused or missing beside it. Enter goes to the next student. An empty field is a blank score.
entry-status-value = Score
entry-status-of = Status of { $name }
entry-save = Save
entry-save-hint = Only what you changed is saved.
entry-saved = { $count ->
    [0] Nothing was changed.
    [one] { $count } score saved.
   *[other] { $count } scores saved.
}
entry-not-all = { $saved } saved, { $left } not saved: see the marked scores below.
entry-both = There is a score and a status. Keep one of them.
entry-needs-reason = The student has seen this score: give a reason below.
entry-reason-hint = Needed to change a score that students have seen; not to enter one for the first time.
entry-conflict = { $name } changed this score to { $now }. Saving again replaces it with yours; to keep theirs, type { $now }.
entry-conflict-nobody = This score was changed to { $now }. Saving again replaces it with yours; to keep it, type { $now }.
entry-without-script = Enter scores as a list on these pages:
