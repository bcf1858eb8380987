# Setting the school up: the overview of administration, terms, subjects, classes, courses, exams.
overview-title = Administration
overview-lead = Set the school up, then watch the grades come in.
overview-people = People
overview-school = School
overview-grades = Grades
overview-users = Users
overview-users-lead = Accounts of students, teachers and administrators: add, change, disable, reset a password.
overview-slips = Password slips
overview-slips-lead = One-time passwords of a class to print and hand out.

change-term-changed = Term changed
change-term-closed = Term closed
change-term-reopened = Term reopened
change-exam-changed = Exam changed
change-exam-course-removed = Course removed from an exam
change-subject-changed = Subject changed
change-class-changed = Class changed
change-enrolment-ended = Left a class
change-enrolment-changed = Dates in a class corrected

overview-terms = Terms
overview-terms-lead = Dates, weight in the year, closing and reopening.
overview-subjects = Subjects
overview-subjects-lead = What is taught, in both languages, with the usual full marks.
overview-classes = Classes
overview-classes-lead = Who is in which class and when; moving and promoting.
overview-courses = Courses
overview-courses-lead = One subject of one class in one term, and who teaches it.
overview-exams = Exams
overview-exams-lead = Mid-terms, finals and monthly exams for many classes at once.

setup-saved = Saved.
setup-exists = There is one with this name already.
setup-reason-required = Say why: students see work of this term already.
setup-reason-wrong = A reason has at most 1,000 characters, all of them visible.
setup-term-closed = This term is closed. Reopen it first.
setup-state-already = Somebody else did this a moment ago. The page shows how it is now.
setup-not-empty = This course has scores in the exam, or they are published: it stays in the exam.
setup-days = { $from } to { $to }
setup-term = Term
setup-show = Show

fault-empty = Fill this in.
fault-too-long = At most { $most } characters.
fault-characters = There is a character here that cannot be used, like a line break or a space.
fault-date = Enter a date like 2026-09-01.
fault-number = Enter a number with at most four decimals.
fault-choice = Choose one of the options.
fault-ends-before-start = The last day is before the first.
fault-overlaps = { $name } of the same school year lasts from { $from } to { $to }. Terms of a year may not overlap.
fault-unknown = This does not exist any more. Choose again.
fault-twice = This is listed twice.
fault-has-courses = The class has courses, so it stays in its school year.
fault-other-year = The class and the other school year do not fit together.
fault-other-term = This course belongs to another term.
fault-not-a-student = This is not a student’s account.
fault-before-joining = The student is in the class from { $day } on. Enter that day or a later one.
fault-has-scores = The student has scores in { $term }, which begins on { $day }, and stays in it. Enter that day or a later one.
fault-is-there = The student is in that class already, from { $day } on.
fault-has-left = The student left this class on { $day }.
fault-same-class = The student is in this class.
fault-too-many = At most { $most } at once.
fault-term-begins = { $term } of this class begins on { $day }. Enter a later day.
fault-teacher-unknown = Nobody has this username.
fault-teacher-role = This is not a teacher’s account.
fault-teacher-disabled = This account is disabled.

terms-title = Terms
terms-lead = A school year is made of terms. Scores are entered while a term is open.
terms-none = No terms yet
terms-none-lead = Add the first term to begin.
term-open = Open
term-weighs = { $weight } % of the year
term-added = The term has been added.
term-add-title = New term
term-add = Add term
term-year = School year
term-year-hint = Like 2026-2027.
term-name = Name
term-name-hint = Like Autumn or Spring.
term-first-day = First day
term-last-day = Last day
term-weight = Weight in the year, %
term-weight-hint = 50 for each of two terms.
term-rank = Rank shown to students
term-rank-hidden = Hidden
term-rank-bands = Bands instead of numbers
term-rank-hint = With bands, students see in which quarter of their class their total of an exam is: excellent, good, pass or to improve. Over published subjects, and only with ten or more to compare.
term-why = Reason for another weight
term-why-hint = Needed only if the weight changes: students see work of this term already.
term-fact-courses = Courses
term-fact-exams = Exams
term-fact-drafts = Drafts
term-fact-published = Published
term-fact-locked = Locked
term-close-title = Close the term
term-close-locks = { $count ->
    [0] No assessment is published, so none is locked.
    [one] { $count } published assessment is locked; students go on seeing it.
   *[other] { $count } published assessments are locked; students go on seeing them.
}
term-close-drafts = { $count ->
    [0] There are no drafts.
    [one] { $count } draft stays hidden from students and cannot be published any more.
   *[other] { $count } drafts stay hidden from students and cannot be published any more.
}
term-close-scores = No scores, courses or exams can be added. An administrator can reopen the term, with a reason.
term-close-confirm = I know what closing does.
term-close-unconfirmed = Tick this to close the term.
term-close = Close term
term-now-closed = { $count ->
    [one] The term is closed. { $count } assessment was locked.
   *[other] The term is closed. { $count } assessments were locked.
}
term-reopen-title = Reopen the term
term-reopen-unlocks = { $count ->
    [0] Closing locked no assessment, so none is unlocked.
    [one] { $count } assessment that the closing locked is unlocked.
   *[other] { $count } assessments that the closing locked are unlocked.
}
term-reopen-stays = { $count ->
    [0] None was locked by hand.
    [one] { $count } that was locked by hand stays locked.
   *[other] { $count } that were locked by hand stay locked.
}
term-reopen-reason = Reason
term-reopen = Reopen term
term-now-open = { $count ->
    [one] The term is open. { $count } assessment was unlocked.
   *[other] The term is open. { $count } assessments were unlocked.
}

subjects-title = Subjects
subjects-lead = The order here is the order of columns on exam sheets.
subject-added = The subject has been added.
subject-add-title = New subject
subject-add = Add subject
subject-code = Code
subject-code-hint = Short, unique, without spaces, like physics.
subject-name-zh = Chinese name
subject-name-en = English name
subject-full = Full marks
subject-full-hint = Of new assessments that state none.
subject-full-of = Full marks { $full }
subject-place = Place
subject-place-hint = Smaller numbers come first; the last place if left empty.

classes-title = Classes
classes-count = { $count ->
    [one] { $count } class
   *[other] { $count } classes
}
classes-search = Find a class
classes-search-hint = Year, grade level or name
classes-none = No classes
classes-none-lead = Add the first class below, or import a roster.
class-all-years = All years
class-level = Grade level
class-level-hint = Like Grade 6.
class-name = Name
class-name-hint = Like Class 3.
class-add-title = New class
class-add = Add class
class-added = The class has been added. Its students come next.
class-enrolled = The student is in the class.
class-left = The last day has been recorded. Scores and history stay.
class-moved = The student has moved. Scores in this class stay where they are.
class-promoted = This is the class of the new school year, with its students.
class-students = { $count ->
    [0] No students
    [one] { $count } student
   *[other] { $count } students
}
class-roster = Students
class-empty = Nobody is in this class yet.
class-days = In the class
class-since = since { $from }
class-change-days = Move or leave
class-unknown-number = No student has this number or name. Add the account first.
class-first-day = First day
class-last-day = Last day
class-day-hint = Today if left empty.
class-enrol = Add to class
class-move-to = Move to
class-move-choose = Choose a class
class-move-from = First day there
class-move = Move
class-leave = Leaves the class
class-leave-day = Change the last day
class-leave-effect = Nothing is deleted: the student stays in the gradebooks of this term with the scores they have.
class-promote-title = Next school year
class-promote-effect = Makes the class of the next school year with the students who are here now. They leave this one the day before.
class-promote = { $count ->
    [0] Add the class of the next year
    [one] Promote 1 student
   *[other] Promote { $count } students
}

courses-title = Courses
courses-search = Find courses
courses-search-hint = Class, subject or teacher
courses-found = { $count ->
    [one] { $count } course found
   *[other] { $count } courses found
}
exams-search = Find exams
exams-search-hint = Name, term or school year
exams-all-terms = All terms
exams-found = { $count ->
    [one] { $count } exam found
   *[other] { $count } exams found
}
courses-lead = A course is one subject of one class in one term. It owns a gradebook.
courses-none = No courses
courses-none-lead = Add courses for many classes and subjects at once below.
courses-added = { $count ->
    [0] All of these courses were there already.
    [one] { $count } course has been added.
   *[other] { $count } courses have been added.
}
courses-add-title = Add courses
courses-add-lead = Every ticked class gets a course in every ticked subject. What is there already stays as it is.
courses-no-classes = This school year has no classes yet. Add them first.
courses-add = Add courses
course-all-classes = All classes
course-class = Class
course-term-closed = This term is closed: nothing can be added or changed.
course-teachers-of = Same teachers as in
course-no-teachers-of = Nobody yet
course-gradebook = Gradebook
course-teachers = Teachers
course-teacher = Teacher
course-teacher-hint = All teachers who can sign in. A new one is added under Users.
course-take = Remove
course-give = Assign course

exams-title = Exams
exams-lead = An exam makes one draft assessment in every course that takes it.
exams-none = No exams
exams-none-lead = Add one below.
exam-add-title = New exam
exam-add = Create exam
exam-added = The exam has been created. Teachers find its column in their gradebooks.
exam-removed = The course does not take this exam any more.
exam-name = Name
exam-name-hint = Like Mid-term; the name of its column.
exam-kind = Kind
exam-day = Date
exam-subjects = Subjects and full marks
exam-full = Full marks
exam-classes = { $count ->
    [0] No classes
    [one] { $count } class
   *[other] { $count } classes
}
exam-no-courses = This term has no courses yet. Add them first.
exam-empty = No course takes this exam.
exam-untaught = Nobody teaches { $courses }: only an administrator can enter scores there.
exam-course = Course
exam-remove = Remove
exam-more = Other courses of this term
exam-add-courses = Add to exam
exam-state-draft = Draft
exam-state-published = Published
exam-state-locked = Locked
class-student = Student number or name
class-add-student = Add a student who has an account
class-matches = Several students match. Choose one:
class-many-matches = Too many students match. Type more of the name.
class-courses = Courses
class-promote-hint = Filled in as usual. Check it.
course-teacher-of = Teacher of { $subject }
courses-teacher-hint = A teacher chosen beside a subject teaches all of its new courses. Where none is chosen, those of the term below do.
exam-progress = Entry progress
exam-import = Import from a file
course-no-teacher-yet = No teacher yet
course-choose-teacher = Choose a teacher

promotion-title = Promote { $class } to { $next }?
promotion-adds = { $class } is added to the school year { $year }.
promotion-students = { $count ->
    [one] 1 student who is here now belongs to it from { $day } on.
   *[other] { $count } students who are here now belong to it from { $day } on.
}
promotion-leave = The day before is their last one in { $class }. Their scores there stay and can be read and corrected.
promotion-courses = It has no courses yet: they are added next, for the terms of that year.
leaving-move = Move { $name } to { $class }?
leaving-leave = { $name } leaves the class?
leaving-last-day = Last day in { $class }: { $day }.
leaving-joins = In the gradebooks of { $class } from { $day } on; the day before is the last one here.
leaving-scores-stay = The scores in these courses of the class stay, and are corrected there: { $courses }.
leaving-no-scores = There are no scores in the courses of { $class } yet.
leaving-later-counts-nothing = What is held in { $class } after the last day counts nothing for this student.
leaving-earlier-counts-nothing = What was held in { $class } before the first day there counts nothing either.
list-comma = {", "}
course-take-title = Take the course from { $name }?
course-take-at-once = { $name } cannot open this gradebook any more, at once. What is not saved yet in an open page is lost.
course-take-scores = Scores, comments and the change log stay.
course-take-nobody = Nobody teaches the course then: only an administrator can enter scores.
course-take-others = It is taught by { $names } then.

teaching-title = Who teaches what
teaching-lead = The courses of a term: a class in each line, a subject in each column.
teaching-untaught = { $count ->
    [one] Nobody teaches { $count } course: choose it to assign a teacher.
   *[other] Nobody teaches { $count } courses: choose one to assign a teacher.
}
teaching-no-course = No course
