# Publishing, corrections, amendments and requests for a review.
publish-look = Before students see it
publish-figures = Figures
publish-steps = Who sees it
publish-entered = { $entered } of { $expected } entered
publish-mean = Mean
publish-mean-of = { $mean } of { $max }
publish-previous = Last exam: { $title }, mean { $mean } of { $max }.
publish-previous-change = Last exam: { $title }, mean { $mean } of { $max }. This one: { $change } points of percent.
publish-no-previous = There is no earlier published assessment in this course to compare the mean with.
publish-blank = { $count ->
    [one] { $count } student has nothing entered:
   *[other] { $count } students have nothing entered:
}
publish-more = { $count ->
   *[other] and { $count } more
}
publish-unusual = { $count ->
    [one] { $count } value is far from what the student usually gets:
   *[other] { $count } values are far from what the students usually get:
}
publish-unusual-one = { $name }: { $value } ({ $percent }%), otherwise { $usual }% on average
publish-publish = Publish
publish-effect = Students see their scores at once. A later change needs a reason and is marked “corrected”.
publish-lock = Lock
publish-lock-effect = Students go on seeing it. A score then changes only through an amendment that an administrator approves.
publish-unpublish = Unpublish
publish-unpublish-effect = Students no longer see these scores, nor totals with them.
publish-unlock = Unlock
publish-unlock-effect = Scores can be changed again, each with a reason.
publish-done = Published. Students see it now.
publish-undone = No longer published. Students do not see it.
publish-locked = Locked.
publish-unlocked = Unlocked.
publish-state-changed = Somebody else changed the state meanwhile. This is how it is now.
publish-term-closed = The term is closed: nothing can be published, taken back, locked or unlocked. A score changes through an amendment.
grid-states-without-script = Their states change on pages of their own:
review-reason = Reason
review-reason-missing = Write a reason.
review-reason-wrong = At most 1,000 characters, without control characters.
