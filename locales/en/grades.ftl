# Pages of students.
me-title = My grades
me-newest = Newest
me-courses = Courses
me-exams = Exams
me-no-grades = No grades yet
me-no-grades-lead = They appear here as soon as a teacher publishes them.
me-no-courses = No courses yet
me-no-courses-lead = They appear here once the school has put you in a class and added its courses.
exam-total = Total
rank-in-class = Quarter of the class
rank-excellent = Excellent
rank-good = Good
rank-pass = Pass
rank-below = To improve
exam-part-of = { $count } of { $all } subjects
exam-part = { $count ->
    [one] { $count } subject
   *[other] { $count } subjects
}
total-current = Current
total-current-note = Leaves out what has not been entered or handed in.
total-final = Final
total-final-note = Counts what has not been entered or handed in as 0.
total-none = –
total-of = { $name } { $reading }
grade-of = { $subject } { $title }
out-of = / { $max }

status-blank = Not entered
status-absent = Absent
status-excused = Excused
status-missing = Missing
corrected = Corrected
corrected-at = Corrected

course-crumbs = You are here
course-grades = Grades
course-no-grades = No grades yet

why-current = How the current total is worked out
why-final = How the final total is worked out
why-item = Item
why-result = Result
why-weight = Weight
why-points = Points
why-rule = Result × weight, added up over the categories.
why-scaled = The weights of the categories that count so far add up to less than 100%, so they are scaled up.
why-weight-scaled = counts as { $effective }%
why-share = { $value }% of its category
why-rounded = Each line is shown to two decimals. The total is made of exact values, so the lines may add up to 0.01 more or less.
why-letters = The letter comes from the final total: { $bands }.
why-year-current = How “Current” of the year is worked out
why-year-final = How “Final” of the year is worked out
why-year-rule = Each term’s result × the term’s weight, added up.
why-year-scaled = The weights of the terms that count add up to less than 100%, so they are scaled up.
why-year-not-taught = not taught, left out
why-year-nothing = nothing to count yet, left out
why-year-only = only { $term } counts
why-skipped = nothing to count yet
why-none = Nothing counts yet, so there is no total.
why-total = Total
why-aggregation-points = all points together
why-aggregation-mean = mean of the percentages
why-aggregation-weighted = weighted mean of the percentages
why-drop-lowest = { $count ->
    [one] without the lowest
   *[other] without the { $count } lowest
}
why-drop-highest = { $count ->
    [one] without the highest
   *[other] without the { $count } highest
}
why-absent-zero = An absence counts as 0.
why-absent-left-out = An absence is left out.
percent = { $value }%

treatment-zero-blank = not entered, counts as 0
treatment-zero-missing = missing, counts as 0
treatment-zero-absent = absent, counts as 0
treatment-dropped-lowest = dropped, among the lowest
treatment-dropped-highest = dropped, among the highest
treatment-excused = excused, left out
treatment-out-blank = not entered, left out
treatment-out-missing = missing, left out for now
treatment-out-absent = absent, left out
treatment-no-weight = no weight, does not count
treatment-no-maximum = no full marks, does not count
treatment-no-category = no category, does not count

# The app on a phone
app-short-name = Grades
app-description = Grades of your school: enter them, read them, understand them.
shell-loading = Loading…
shell-no-connection = No connection
shell-no-connection-lead = This page opens by itself as soon as the connection is back.
shell-kept = Scores that were typed and not saved yet stay on this device.
shell-again = Try again
shell-copy-of = Copy of
device-title = This device
device-cover = Hide grades until they are tapped
device-cover-lead = For reading your grades where others look on. The report card, the calculator and requests for a review still show them.
device-copy = Read your grades without a connection
device-copy-lead = Keeps a copy of your grades on this device until you sign out. Leave it off where others use the device too.

cover-show = Show the grade: { $name }

# New, trend, calculator
grade-new = New
trend = Scores in percent, the latest last: { $values }
calc-what-next = What do I need?
calc-title = What if?
calc-lead = Try it out: nothing here is saved, and nobody else sees it. The grades of your course stay as they are.
calc-target = Wanted final total
calc-target-hint = A percentage, such as 85
calc-target-hint-letters = A percentage, such as 85, or a letter: { $letters }
calc-go = Calculate
calc-badge = Supposed
calc-answer = What it takes
calc-totals = With these scores
calc-now = now { $total }
calc-open = Still open
calc-entered = Other scores
calc-nothing-published = Nothing published yet; counts { $weight }
calc-letter = { $letter } (from { $from })
calc-needs-one = For { $target } you need at least { $score } in “{ $title }”.
calc-needs = For { $target } you need { $average } on average in everything that is still open.
calc-extra-credit = { $needs } That takes extra credit: it is above full marks.
calc-reached = { $target } is reached whatever comes: you get at least { $total }.
calc-out-of-reach = { $target } cannot be reached any more: with the highest score in all that is open you get { $total }.
calc-unforeseeable = This cannot be said: a category drops both its lowest and its highest score, so that more points in one can count less in all. Type scores below to see what they make.
calc-closed = { $target } is not reached: nothing is open any more, the final total is { $total }.
calc-closed-reached = { $target } is reached: nothing is open any more, the final total is { $total }.
calc-nothing-counts = Nothing counts in this course yet.
calc-no-score = Type points, such as 8.5, or absent, excused or missing.
calc-above = At most { $limit }.
calc-negative = Not below 0.
calc-no-target = Type a percentage between 0 and 1000, or one of the course’s letters.
calc-wrong = { $count ->
    [one] One field cannot be used. It says why.
   *[other] { $count } fields cannot be used. They say why.
}
