# Publishing, corrections, amendments and requests for a review.
publish-look = Before students see it
publish-figures = Figures
publish-steps = State
publish-entered = { $entered } of { $expected } entered
publish-mean = Mean
publish-mean-of = { $mean } of { $max }
publish-previous-same = Previous one of its kind
publish-previous-any = Previous assessment, of another kind
publish-previous = { $which }: { $title }, mean { $mean } of { $max }.
publish-previous-change = { $which }: { $title }, mean { $mean } of { $max }. The mean percentage is { $change }.
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
publish-unusual-one = { $name }: { $what }
publish-publish = Publish
publish-effect = Students see their scores at once. A later change needs a reason and is marked “corrected”.
publish-lock = Lock
publish-lock-effect = Students go on seeing it, and no score is entered any more. A score then changes only through an amendment that an administrator approves. While the term is open, whoever teaches the course can unlock it again with a reason, which stays on record.
publish-lock-ask = Lock “{ $title }”?
publish-lock-menu = Lock…
publish-lock-blank = They stay blank, which counts 0 in the final total.
publish-unpublish = Unpublish
publish-unpublish-effect = Students no longer see these scores, nor totals with them.
publish-unlock = Unlock
publish-unlock-effect = Scores can be changed again, each with a reason.
publish-done = Published. Students see it now.
publish-undone = No longer published. Students do not see it.
publish-locked = Locked.
publish-unlocked = Unlocked.
publish-state-changed = Somebody else has changed the state meanwhile. This is how it is now.
publish-term-closed = The term is closed: nothing can be published, unpublished, locked or unlocked. A score changes through an amendment.
grid-states-without-script = Their states change on pages of their own:
review-reason = Reason
review-reason-missing = Write a reason.
review-reason-wrong = At most 1,000 characters, without control characters.

change-amendment-proposed = Amendment of a locked score proposed
change-review-requested = Review of a score asked for
change-review-answered = Request for a review answered
change-review-corrected = Score corrected after a request for a review
change-review-upheld = Score checked and upheld
change-amendment-approved = Amendment approved
change-amendment-rejected = Amendment rejected
change-amendment-withdrawn = Amendment withdrawn

nav-reviews = Reviews
nav-reviews-waiting = { $count ->
    [one] { $count } is waiting for you
   *[other] { $count } are waiting for you
}
reviews-title = Reviews
reviews-lead = Amendments of locked scores, and reviews that students asked for.
reviews-open = Open
reviews-settled = Settled
reviews-none = Nothing is open
reviews-none-lead = Proposals and requests appear here as soon as somebody makes one.
reviews-look = Look at it
reviews-newest = Newest
reviews-older = Older
reviews-done-answered = Your answer is with the administrators.
reviews-done-approved = Approved. The score is changed and marked “corrected”.
reviews-done-rejected = Rejected. The score stays.
reviews-done-withdrawn = Withdrawn.
reviews-done-corrected = The score is corrected, and the student is told.
reviews-done-upheld = The score stays, and the student is told.
review-kind-change = Amendment
review-kind-review = Review
review-state-open = Open
review-state-approved = Approved
review-state-rejected = Not approved
review-state-withdrawn = Withdrawn
review-state-corrected = Corrected
review-state-upheld = Upheld
review-to = to
review-answer-stays = { $name }: checked, it should stay
review-answer-change = { $name }: checked, it should change
review-changed = The score has changed since: it is { $now } now. What you decide applies to that.
review-approve = Approve
review-approve-effect = The score changes to this value and is marked “corrected” to the student.
review-reject = Reject
review-reject-effect = The score stays.
review-correct = Correct the score
review-correct-effect = The score changes to this value at once and is marked “corrected” to the student.
review-recommend = Recommend another score
review-recommend-effect = The score is locked, so an administrator decides.
review-stays = Checked, it stays
review-stays-effect = The score stays.
review-value = Score
review-note = Note
review-withdraw = Withdraw
review-withdraw-effect = Nothing changes, and nobody has to decide any more.
review-note-missing = Write a note: somebody will read it instead of asking you.
review-value-missing = Type a score.
review-value-unchanged = That is the score already.
review-value-above = At most { $max }.
review-value-wrong = Type a number from 0 with at most four decimals, or abs, ex or mi.
review-settled-meanwhile = Somebody else has settled this meanwhile.
review-changed-meanwhile = The score was changed meanwhile. Look at it again, then decide.
review-open-already = A review of this score is open already.
review-too-many = You have ten open requests. Wait for an answer, or withdraw one.
review-asked-often = You asked three times about this score. Speak with your teacher.
review-too-many-today = You made twenty requests within a day. Ask again tomorrow.
review-not-published = The assessment is not published any more, so students cannot see it. Enter the score in the gradebook and publish it: that settles the request.
my-review-title = Ask for a review
my-review-ask = Ask for a review
my-review-ask-again = Ask for another review
my-review-back = Back to { $name }
my-review-gone = There is no such score: the teacher may have unpublished it. Nothing was sent.
my-review-gone-text = What you wrote
my-review-reason = What should be looked at again?
my-review-hint = Name the question or the page, and what you think is wrong. One open request per score.
my-review-who-teacher = Your teacher looks at it and answers here.
my-review-who-admin = Your teacher looks at it, and the school's administration decides.
my-review-send = Send
my-review-was = was { $score }
my-review-open = Somebody will look at it again.
my-review-answered = Your teacher has looked at it. The administration decides.
my-review-changed = { $from } → { $to }
my-review-withdrawn = You withdrew the request.
my-review-stays = It was looked at again and stays.
publish-higher = { $points } percentage points higher
publish-lower = { $points } percentage points lower
publish-same = the same
publish-entered-absent = { $entered } of { $expected } entered ({ $absent } of them absent)
review-decide = Decision
review-note-decide = Not needed to approve, and the student reads it; needed to reject, and whoever asked reads it.
review-note-settle = The student reads it.
review-note-recommend = Only administrators read it.
