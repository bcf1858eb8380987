# Words of every page.
product = Gradebook
language-en = English
language-zh-CN = 中文
skip-to-content = Skip to content
nav-main = Main
nav-courses = Courses
nav-exams = Exams
nav-admin = Admin
nav-my-grades = My grades
menu-language = Language
menu-account = Account
my-account = My account
change-password = Change password
sign-out = Sign out
back-home = Home

role-admin = Administrator
role-teacher = Teacher
role-student = Student

list-separator = ,{ " " }
term-closed = Closed

date = { $day } { $month ->
    [1] Jan
    [2] Feb
    [3] Mar
    [4] Apr
    [5] May
    [6] Jun
    [7] Jul
    [8] Aug
    [9] Sep
    [10] Oct
    [11] Nov
   *[12] Dec
} { $year }
instant = { $date }, { $time } UTC

# Takes a message away.
close = Close
