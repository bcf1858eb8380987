# Setting the school up: the overview of administration, terms, subjects, classes, courses, exams.
overview-title = Administration
overview-lead = Everything that a school needs before and between the grades.
overview-people = People
overview-school = School
overview-grades = Grades
overview-users = Users
overview-users-lead = Accounts of students, teachers and administrators: add, change, disable, reset a password.
overview-slips = Password slips
overview-slips-lead = One-time passwords of a class to print and hand out.

change-term-changed = Term changed
change-term-closed = Term closed
change-term-reopened = Term opened again
change-exam-changed = Exam changed
change-exam-course-removed = Course taken out of an exam
change-subject-changed = Subject changed
change-class-changed = Class changed
change-enrolment-ended = Left a class
change-enrolment-changed = Days in a class put right
