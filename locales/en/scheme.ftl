# Categories, assessments, the policy of a course, totals and report cards.
change-assessment-changed = Assessment changed
change-assessment-deleted = Assessment deleted
change-category-created = Category added
change-category-changed = Category changed
change-category-deleted = Category deleted
change-course-policy-changed = Grading policy of a course changed

grid-settings = Categories and assessments
grid-add-assessment = Add assessment
settings-title = Categories and assessments
settings-add-category = Add category
settings-add-assessment = Add assessment
settings-edit-category = Edit category
settings-edit-assessment = Edit assessment
settings-delete-category = Delete category
settings-delete-assessment = Delete { $title }
settings-add = Add
settings-save = Save
settings-edit = Edit
settings-edit-of = Edit { $name }
settings-delete = Delete
settings-delete-of = Delete { $name }
settings-up = Move { $name } up
settings-down = Move { $name } down
settings-term-closed = The term is closed: nothing changes here any more.
settings-weights = The weights add up to { $sum }%.
settings-weights-less = The weights of the categories add up to { $sum }%, not 100%: totals scale them up to 100%, so that each counts for more than it says.
settings-weights-more = The weights of the categories add up to { $sum }%, not 100%: they are not scaled down, and a total can go above 100%.
settings-weights-none = No category has a weight: the course has no totals.
settings-weights-relative = weights count relative to each other: { $sum }% in all is the whole
settings-no-assessments = No assessments yet.
settings-full-marks = out of { $points }
settings-extra = up to { $points } extra
settings-weight-of = weight { $weight }%
settings-new-is-draft = It begins as a draft: students see it once it is published.
settings-published-lead = { $count ->
    [one] One assessment here is published. What changes its totals needs a reason, which stays on record.
   *[other] { $count } assessments here are published. What changes their totals needs a reason, which stays on record.
}
settings-published = { $count ->
    [one] One assessment is published
   *[other] { $count } assessments are published
}
settings-students = { $count ->
    [0] no student’s total changes
    [one] one student’s total changes
   *[other] { $count } students’ totals change
}
settings-reason-needed = { $published }: { $students }. Give a reason.
settings-name = Name
settings-weight = Weight in percent
settings-weight-hint = Of the course. Below 100% in all, the weights are scaled up.
settings-aggregation = How assessments are combined
settings-by-points = All points together
settings-by-mean = Mean of the percentages
settings-by-weight = Mean weighted by each assessment’s weight
settings-drop-lowest = Drop the lowest
settings-drop-highest = Drop the highest
settings-name-of = Title
settings-category = Category
settings-date = Date
settings-date-hint = Today if left empty.
settings-max-score = Full marks
settings-extra-limit = Extra credit
settings-extra-hint = How far a score may go above full marks.
settings-weight-within = Weight in its category
settings-weight-within-hint = Counts if the category combines by weights.
settings-policy = Absences, letters and figures
settings-absent = An absence
settings-absent-zero = counts as 0
settings-absent-left-out = is left out
settings-letters = Letters
settings-scale-none = none
settings-scale-a-to-e = A to E
settings-scale-four-grades = 优, 良, 及格, 不及格
settings-scale-own = as written below
settings-band = { $letter } from { $from }%
settings-bands = Letters of your own
settings-bands-hint = One per line: the letter, a space, and the percentage from which it is given. Used if “as written below” is chosen.
settings-statistics = Mean and distribution of the class
settings-statistics-shown = students see them, once 10 have a score
settings-statistics-hidden = students do not see them
settings-show-statistics = Show students the mean and distribution of the class
settings-show-statistics-hint = Of published assessments with at least 10 scores. Nobody sees another student’s score.
settings-reason = Reason
settings-reason-hint = Needed if it changes totals that students have seen.
settings-confirm = Title, to confirm
settings-confirm-hint = Type “{ $title }”.
settings-delete-scores = { $count ->
    [one] One score goes with it. The change log keeps what it was.
   *[other] { $count } scores go with it. The change log keeps what they were.
}
settings-delete-assessment-lead = “{ $title }” has no scores.
settings-delete-category-lead = “{ $name }” has no assessments.
settings-category-added = Category added.
settings-category-saved = Category saved.
settings-category-deleted = Category deleted.
settings-assessment-added = Assessment added.
settings-assessment-saved = Assessment saved.
settings-assessment-deleted = Assessment deleted.
settings-policy-saved = Saved.
settings-is-locked = This assessment is locked. Unlock it first.
settings-is-published = This assessment is published. Unpublish it first.
settings-is-full = This course cannot have any more of these.
settings-last-category = A course keeps at least one category.
settings-not-empty = Move or delete its assessments first.
settings-name-taken = This course already has a category with this name.
settings-reason-wrong = A reason has at most 1,000 characters.
settings-scores-above = { $count ->
    [one] One score is above this maximum:
   *[other] { $count } scores are above this maximum:
}
settings-confirm-wrong = Type the title exactly as it is.
settings-wrong-name = A name has 1 to 64 characters.
settings-wrong-title = A title has 1 to 128 characters.
settings-wrong-weight = A weight is a number from 0 to 1000 with at most four decimals.
settings-wrong-drop = A whole number from 0 to 100.
settings-wrong-max = Full marks are a number above 0, at most 100,000, with at most four decimals.
settings-wrong-extra = Extra credit is a number from 0 to 100,000 with at most four decimals.
settings-wrong-category = Choose a category of this course.
settings-wrong-date = A date like 2026-11-21.
settings-wrong-bands = Write one letter a line with its percentage: “A 90”. Each letter and each percentage once.

report-mine = Report card
report-class = Report cards
report-link = Report cards of the class
report-print = Print
report-none = No report card yet
report-none-lead = It appears once there are courses with published grades.
report-note = Published grades only, as the students themselves read them.
report-subject = Subject
report-year = Year
report-letter = Letter
report-index = Find a student
report-until = Up to term
report-language = Language of the cards
report-all = All students
report-show = Show
report-head = Report card
report-teacher = Class teacher
report-parent = Parent or guardian
report-date = Date
report-printed = Printed on { $day }

class-mean = Class mean { $mean } of { $count } scores
class-tenth = { $from }–{ $to }%: { $count }
class-own = you are in { $from }–{ $to }%
settings-save-and-enter = Save and enter scores
settings-also = The same in my other courses
settings-also-hint = Each gets its own draft, in its category of the same name.
settings-assessments-added = { $count ->
    [one] Added to { $count } course.
   *[other] Added to { $count } courses.
}
settings-too-many-courses = So many courses cannot be changed at once. Choose at most 59 others.
settings-wrong-courses = Choose other courses than this one, each once.
settings-no-such-category = There is no category “{ $category }” in { $courses }. Copy the grading scheme there first, or leave them out.
settings-empty = Move all…
settings-empty-of = Move all assessments of { $name }
settings-empty-category = Move all assessments of “{ $name }”
settings-move-to = To
settings-move = Move
settings-then-delete = Delete the category, which is empty then
settings-assessments-moved = The assessments were moved.
settings-category-emptied = The assessments were moved, and the category was deleted.
settings-scheme-copied = { $count ->
    [one] Copied to { $count } course.
   *[other] Copied to { $count } courses.
}
scheme-copy-menu = Copy to other courses…
scheme-copy-title = Copy the grading scheme
scheme-copy-lead = The chosen courses count like this one from then on. Categories are matched by their names; scores stay as they are.
scheme-copy-to = To
scheme-copy-what = What
scheme-copy-categories = Categories, with weights, drops and order
scheme-copy-policy = Absences, letters, what students see of the class
scheme-copy-rest = Assessments in categories that only the other course has
scheme-copy-rest-stays = stay there
scheme-copy-rest-into = move to “{ $name }”
scheme-copy-rest-hint = A category that is empty then is deleted.
scheme-copy-look = Look at what changes
scheme-copy-preview = What changes
scheme-copy-added = New categories: { $names }
scheme-copy-changed = Categories that count differently: { $names }
scheme-copy-reordered = The categories get another order.
scheme-copy-plan-changed = What would change is not what was shown any more. Look at it again.
scheme-copy-removed = Categories that are deleted: { $names }
scheme-copy-kept = Categories that stay, since they hold assessments: { $names }
scheme-copy-moved = { $count ->
    [one] { $count } assessment moves to another category.
   *[other] { $count } assessments move to another category.
}
scheme-copy-policy-changed = Absences, letters or what students see of the class become as here.
scheme-copy-students = { $count ->
    [one] { $count } student sees another total.
   *[other] { $count } students see another total.
}
scheme-copy-same = Counts like this course already.
scheme-copy-do = Copy
scheme-copy-nowhere = There is no other course
scheme-copy-nowhere-lead = A scheme is copied to other courses of open terms that you teach.
