# Pages of teachers and admins.
home-teacher-title = My courses
home-admin-title = All courses
home-waiting = Waiting for you
home-entered = { $entered } of { $of } entered
home-to-publish = all entered, not published
home-exams = Exams
home-no-courses = No courses yet
home-no-courses-teacher = Once an administrator assigns you a course, its gradebook appears here.
home-no-courses-admin = Set the school up first: term, subjects, classes with their students, courses with their teachers.
home-no-teacher = no teacher
home-more-courses = More courses
home-more-exams = Earlier exams

exam-kind-midterm = Mid-term
exam-kind-final = Final
exam-kind-monthly = Monthly
exam-kind-quiz = Quiz

grid-needs-script = This table needs JavaScript
grid-needs-script-lead = Allow JavaScript for this site and open the page again.
grid-exam-sheets = Exam sheets
grid-gradebooks = Gradebooks
grid-states = States
state-draft = Draft
state-draft-note = students do not see it
state-published = Published
state-published-note = students see it; a change needs a reason
state-locked = Locked
state-locked-note = students see it; a score changes by an approved amendment, or once it is unlocked with a reason
sheet-title = { $exam } · { $class }
gradebook-title = { $subject } · { $class }
grid-more = More
home-set-up = Set the school up
