# The first set-up, the school's name, lists of pupils.
school-title = The school
school-lead = Its name heads every page, report cards and password slips.
school-name = Name of the school
school-name-hint = In one or both languages, as it stands on report cards.
school-locale = Language
school-locale-hint = Of new accounts, and of pages for visitors whose browser asks for another language.
overview-name = Name and language
overview-name-lead = What the school is called on pages, report cards and slips.
change-school-changed = School’s name or language changed
login-title-school = Sign in to { $school }

begin-title = Set up your school
begin-lead = Nobody has an account here yet. Make the first one: it administers the school.
begin-code = Set-up code
begin-code-hint = The server showed it when it started, so that nobody else can begin your school.
begin-code-again = To see it again, run “gradebook setup-code” on the server.
begin-code-wrong = This is not the set-up code of this server.
begin-you = Your account
begin-effect = You are signed in at once, and the set-up goes on.
begin-submit = Begin
begin-steps = Steps
begin-step-admin = First administrator
begin-step-school = School
begin-step-year = Year and terms
begin-step-subjects = Subjects
begin-step-class = First class
begin-step-teacher = First teacher
begin-step-done = What comes next
begin-step-is-done = (done)
begin-progress = Set-up: { $done } of { $all }
begin-go-on = Go on
begin-save = Save and go on
begin-skip = Later
begin-there = This is done.
begin-change = Change it
begin-school-title = Name your school
begin-school-lead = It heads every page and every report card. You can change it at any time.
begin-year-title = School year and terms
begin-year-lead = Grades belong to a term. These dates are a proposal: put in your own.
begin-term = { $count ->
    [1] First term
   *[other] Second term
}
begin-term-autumn = Autumn
begin-term-spring = Spring
begin-term-optional = Leave it empty for a year of one term.
begin-subjects-title = Subjects
begin-subjects-lead = These are here already. Add what else your school teaches.
begin-subjects-more = More subjects
begin-subjects-hint = One on each line: the Chinese name, a space, the English name. One name alone is enough.
begin-class-title = First class
begin-class-lead = With its students and a gradebook for each subject. More classes come from a file later.
begin-class-needs-year = A class belongs to a school year: begin with that.
begin-teacher-title = First teacher
begin-teacher-lead = You get a one-time password to hand over.
begin-teaches = Teaches
begin-no-courses = No course is without a teacher. Courses are made with the class.
begin-done-title = Your school is set up
begin-done-lead = Teachers can sign in and enter grades. This is what usually comes next.
begin-left-lead = Some steps are still open: go on with them whenever you like. This is what usually comes after them.
begin-line = Line { $line }: { $what }
begin-next-slips = Students of the first class have no passwords yet: make them and print the slips.
begin-next-roster = All other classes with their students and teachers, from one file.
begin-next-people = One more teacher, student or administrator.
begin-next-courses = Which class has which subjects, and who teaches them.
begin-next-exams = A mid-term or final exam for many classes at once.

pupils-label = Students
pupils-hint = One on each line: student number, space, name. Pasting two columns of a spreadsheet works. You can leave this empty and import a list later.
pupils-incomplete = Needs a number and a name.
pupils-both = Either one student or a list: clear one of the two. Nothing was added.
pupils-number = The number has at most 32 characters and no spaces.
pupils-name = The name has at most 128 characters.
pupils-twice = An earlier line has this number.
pupils-taken = Somebody has this number already.
pupils-alike = A student’s number differs only in zeros at the front, spaces, letter case or width.
pupils-too-many = At most 1,000 students at once. Import a file instead.
pupils-more-wrong = { $count ->
    [one] One more line is wrong.
   *[other] { $count } more lines are wrong.
}

pupil-add-title = Add a new student
pupil-add-lead = Makes the account, puts it into this class and shows the slip with the one-time password.
pupil-add = Add
pupil-back = To the class
pupil-list = Several at once
pupil-list-hint = One on each line: student number, space, name. Pasting two columns of a spreadsheet works. Their passwords are made with the class’s slips.
pupils-added = The students are in the class. Make their passwords with the slips.
