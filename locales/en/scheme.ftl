# Categories, assessments, the policy of a course, totals and report cards.
change-assessment-changed = Assessment changed
change-assessment-deleted = Assessment deleted
change-category-created = Category added
change-category-changed = Category changed
change-category-deleted = Category deleted
change-course-policy-changed = Policy of a course changed
