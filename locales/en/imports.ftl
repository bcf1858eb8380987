# Importing files.
overview-imports = Imports
overview-imports-lead = Scores and rosters from tables: a preview first, then the import. Scores can be undone.
imports-link = Import from a file
imports-title = Imports
imports-lead = Scores of an exam over many classes, from one table. You see what each row does before anything is written.
imports-lead-course = Scores of this course, from one table. You see what each row does before anything is written.
imports-send = Upload a file
imports-file = File
imports-file-hint = XLSX or CSV, at most 10 MiB and 20,000 rows: grade level, class, student number, name and a column for each subject. Blank cells leave scores as they are.
imports-file-hint-course = XLSX or CSV, at most 10 MiB and 20,000 rows: student number, name and a column for each assessment, titled as in an export. Blank cells leave scores as they are.
imports-term = Term
imports-exam = Exam
imports-kind = Kind
imports-held-on = Date (today if left empty)
imports-create = Create what is missing: the exam, subjects, classes, students and courses
imports-publish = Publish at once, so that students see the scores (skips the check before publishing)
imports-reason = Reason
imports-reason-hint = Needed where scores change that students have seen. You can also give it with the preview.
imports-look-first = Nothing is written yet: you see a preview first.
imports-submit = Preview
imports-so-far = Earlier imports
imports-none = Nothing has been imported yet
imports-none-lead = Uploaded files and their results are listed here.
imports-search = Find imports
imports-search-hint = File, exam, course or sender
imports-found = { $count ->
    [one] { $count } import found
   *[other] { $count } imports found
}
imports-operator = Server operator
imports-into-course = Into a course
imports-of-roster = Roster
imports-counts = { $new } new, { $changed } changed, { $unchanged } unchanged, { $rejected } left out
imports-state-planned = To be confirmed
imports-state-running = Importing
imports-state-committed = Imported
imports-state-undone = Undone
imports-state-failed = Not imported
imports-state-abandoned = Interrupted
imports-phase-checking = Checking the file
imports-phase-students = Students and classes
imports-phase-scores = Saving scores
imports-phase-publishing = Publishing
imports-goes-on = This page refreshes itself. The import goes on if you leave it.
imports-look-again = Refresh
imports-plan = Preview
imports-outcome = Result
imports-scores-new = New scores
imports-scores-changed = Changed scores
imports-scores-unchanged = Unchanged scores
imports-students = New students
imports-classes = New classes
imports-enrolments = Students joining a class
imports-courses = New courses
imports-published = Assessments published
imports-rejected-rows = Rows left out
imports-slips = New students have no password yet. Print one-time passwords for their class.
imports-left-out = { $count ->
    [one] { $count } row cannot be imported. Correct the file and upload it again, or leave the row out.
   *[other] { $count } rows cannot be imported. Correct the file and upload it again, or leave these rows out.
}
imports-allow-partial = Import the others and leave these rows out
imports-all-fit = Every row can be imported. Either all of it is written, or nothing.
imports-nothing-to-write = None of the other rows changes anything: there is nothing to write.
imports-nothing-to-do = Everything already matches the file: there is nothing to write.
imports-commit = Import
imports-rows = Rows of the file
imports-all-rows = All rows
imports-rejected = Rejected
imports-changed = Changed
imports-new = New
imports-unchanged = Unchanged
imports-line = Line
imports-student = Student
imports-becomes = Outcome
imports-to-do = What changes, or what to do
imports-more-rows = More rows
imports-undo-title = Undo this import
imports-undo-effect = Every score goes back to what it was before. Scores that somebody has changed since stay as they are. New students and classes stay.
imports-undo-reason = Reason, if students have seen the scores
imports-undo = Undo
imports-done = The file has been imported.
imports-nothing = Everything already matched the file: nothing was written.
imports-undone = Undone: { $restored } scores are as they were before, { $skipped } were left as they are.
imports-abandoned = The server stopped while it was importing this file. Nothing was written; import it again.
imports-forgotten = The file was kept for an hour and is gone now. Upload it again.
imports-line-error = Line { $line }, { $column }: { $advice }
imports-error-column = A column is missing: the table needs a student number and at least one column with scores; for an exam also grade level and class, or neither.
imports-error-twice = Two columns mean the same. Keep one.
imports-error-fields = The row has more or fewer cells than the header. Check its separators and quotation marks.
imports-error-empty = This cell must not be empty.
imports-error-long = The text is too long.
imports-error-character = Remove the line break or control character.
imports-error-number = Not a score. Type a number, or 缺考 / abs, 免考 / ex, 未交 / mi.
imports-error-decimals = At most four decimal places.
imports-error-maximum = Above the maximum of the assessment.
imports-error-negative = A score cannot be below zero.
imports-error-formula = A formula without its result. Open the file in a spreadsheet program and save it, or type the value.
imports-error-duplicate = The same student also stands on line { $lines }. Keep one of these rows.
imports-error-duplicate-score = This score of the student also stands on line { $lines }. Keep one of these rows.
imports-error-student = No student has this number. Check it, or let students be created.
imports-error-class = There is no such class in this school year. Check its name, or let classes be created.
imports-error-subject = The class does not have this subject in this exam. Check the column’s title, or let it be created.
imports-error-assessment = The course has no assessment with this title. Use the title in the gradebook.
imports-error-ambiguous = Several assessments have this title. Add the date, as exports do.
imports-error-ambiguous-class = The student was in several classes. Add columns for grade level and class.
imports-error-enrolled = The student is not in this class.
imports-error-username = No account can be made for this number. Choose another one.
imports-error-locked = The assessment is locked. A score in it changes only through an amendment.
imports-error-reason = Students have seen this score: say why it changes.
imports-error-term-closed = The term is closed: nothing in it can change.
imports-error-exam = There is no such exam in this term. Check the name, or let it be created.
imports-error-exam-name = Choose a term and name the exam.
imports-error-date = Enter the date of the exam.
imports-error-no-rows = The file has no rows.
imports-error-old-workbook = An old workbook (.xls), or one with a password. Save it as .xlsx without a password, or as CSV.
imports-error-broken = The file cannot be read as a table. Save it again as .xlsx or as CSV UTF-8.
imports-error-large = The file holds more than a table of scores can. Save only the sheet with the table.
imports-error-rows = More than 20,000 rows. Split the file.
imports-error-encoding = The text is neither UTF-8 nor GBK. Save it as CSV UTF-8.
imports-error-plan = Something has changed since the preview, so nothing was written. Look at the new preview.
imports-error-rejected = Some rows cannot be imported, so nothing was written.
imports-error-header = The header row cannot be used:
imports-error-gone = This file was imported or cancelled already, or is no longer kept. Upload it again.
imports-error-file = Choose a file that is not empty.
imports-error-other = Nothing was written. Try again; if it fails again, ask whoever runs the server.
imports-tab-scores = Scores
imports-roster-send = Upload a roster
imports-roster-lead = Who is in which class: creates accounts and classes, corrects names, moves students. Students who are not in the file stay where they are.
imports-roster-file-hint = XLSX or CSV, at most 10 MiB and 20,000 rows.
imports-form = Empty table to fill in:
imports-xlsx = XLSX
imports-csv = CSV
imports-form-roster = Roster
imports-form-scores = Scores
imports-roster-year-hint = Like 2026-2027. For rows without a school year of their own.
imports-first-day = First day in class
imports-first-day-hint = For students who join. If empty: today, or the first day of the first term if that is still to come.
imports-one-level = Grade level
imports-one-class = Class
imports-one-class-hint = Only if the file has no such columns because it is about one class.
imports-roster-create = Create classes that do not exist yet
imports-roster-keep = Electives: keep the other classes
imports-roster-keep-hint = Rows only add a class. Nobody leaves the class they are in.
imports-columns = What the table looks like
imports-column = Column
imports-column-needed = Needed
imports-column-example = Example
imports-column-yes = yes
imports-column-here = yes, here or above
imports-column-no = no
imports-column-student-example = 2026070301
imports-column-level-example = Grade 6
imports-column-class-example = Class 3
imports-column-name-example = Ming Li
imports-column-username-example = the student number, if empty
imports-column-role-example = student, if empty; or teacher, with a username and no class
imports-roster-open = Import a roster
imports-teachers = New teachers
imports-moved = Moving to another class
imports-renamed = New names
imports-unchanged-rows = Unchanged
imports-new-classes = New classes:
imports-ignored = Columns that are not imported:
imports-not-in-file = { $count ->
    [one] { $count } student is in these classes but not in the file, and stays there.
   *[other] { $count } students are in these classes but not in the file, and stay there.
}
imports-change-account = new account, username { $username }
imports-change-name = name: { $from } → { $to }
imports-change-leaves = leaves { $class } ({ $year }), last day { $day }
imports-change-joins = joins { $class } ({ $year }) on { $day }
imports-change-stays = in { $class } ({ $year }) already, until { $day }
imports-change-instead = in { $class } ({ $year }) from { $day } on, instead of { $from }
imports-teachers-passwords = New teachers have no password yet. Give each a one-time password on their page.
imports-error-taken = Somebody else signs in with this name or number. Write another username for this person.
imports-error-username-twice = The same username also stands on line { $lines }. Keep one of these rows.
imports-error-other-username = The account has another username, and an import changes none. Leave the cell empty.
imports-error-disabled = The account is disabled. Enable it first, or leave the row out.
imports-error-student-course = No student of this course has this number. Check it.
imports-error-first-day-far = This day is years away from the school year. Check its year.
imports-error-calculated = A spreadsheet program made a calculated number of it. Format the column as text, and enter the number again.
imports-error-nearly-known = Only zeros at the front, spaces, letter case or width differ from a student’s number. Write that number, or give the new student another one.
imports-error-first-day = Not a date. Write it like 2026-09-01.
imports-error-move-early = The student is in another class from that day on or later. Enter a later first day.
imports-error-has-scores = The student has scores in the old class in a term that begins later. Enter a later first day.
imports-error-begins-later = The student joins this class on a later day. Change that day on the page of the class.
imports-error-was-there = The student was in this class until after that day. Enter a later first day.
imports-error-several-classes = The student is in several classes of this school year. End all but one on the pages of the classes, or keep the other classes.
imports-error-role = Write student or teacher. Admins are added one by one.
imports-error-teacher-class = A teacher belongs to no class. Leave the class empty and give them courses.
imports-exam-choose = Choose an exam
imports-exam-new = New exam…
imports-exam-name = Name
imports-person = Person
imports-error-similar-exam = The term has an exam with nearly the same name. Choose it from the list.
change-import-uploaded = A file to import was sent
change-imported = A file was imported
imports-undone-in-part = { $restored } scores are as they were before; { $skipped } are not. Look at them one by one, or undo the rest below.
imports-undo-cells = Every score that it changed
imports-error-undo-reason = Students have seen some of these scores: say why they change. Nothing was undone yet.
imports-error-session = The session of whoever started it ended before everything was written, so nothing was. Start again.
imports-names-differ = { $count ->
    [one] { $count } row has a different name from the one on record. Rows may have slipped, and scores would go to the wrong student. It is listed first.
   *[other] { $count } rows have a different name from the one on record. Rows may have slipped, and scores would go to the wrong students. They are listed first.
}
imports-error-names = Some rows have a different name from the one on record. Check them, tick the box and import again.
imports-names-checked = I have checked these names
imports-change-other-name = ⚠ On record, this student is { $name }
imports-change-score = { $column }: { $from } → { $to }
imports-change-more-scores = { $count ->
    [one] { $count } more score
   *[other] { $count } more scores
}
imports-column-new-subject = Becomes a new subject.
imports-column-ignored = Left out.
imports-error-unknown-columns = There is nothing for these columns: { $columns }. Leave them out below, or correct their titles in the file.
imports-choose-columns = Columns to leave out
imports-choose-columns-lead = Tick a column that holds no scores, such as remarks. Nothing of it is imported.
imports-choose-columns-kept = The file stays here; there is no need to choose it again.
imports-leave-out = Leave out
imports-column-why = Why it is listed
imports-preview-again = Preview again
imports-error-many-ignored = Too many columns to leave out one by one. Take them out of the file.
imports-error-reason-long = A reason has at most 1,000 characters.
imports-corrects = { $count ->
    [one] { $count } score that students have seen changes: say why.
   *[other] { $count } scores that students have seen change: say why.
}
change-import-changed = The columns or the reason of a file to import were changed
imports-were-left-out = { $count ->
    [one] { $count } row was left out
   *[other] { $count } rows were left out
}
imports-first-listed = { $count ->
    [one] Only the first is listed here; the file holds up to 1,000.
   *[other] Only the first { $count } are listed here; the file holds up to 1,000.
}
imports-correct-them = Download these rows, correct them and import that file. They are kept for 90 days.
imports-why-left-out = Why it was left out
export-line = Line in the file
export-why-left-out = Why left out
export-left-out = Rows left out
imports-state-cancelled = Cancelled
imports-state-expired = Not confirmed
imports-cancel = Cancel import
imports-cancelled = This import was cancelled. Nothing was written.
change-import-cancelled = An import was cancelled
