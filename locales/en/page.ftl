## The page and the workbook of filia. What stands in braces is put in by the program; what the court report says too stands in court.ftl.

page-title-match = Whose children they are
page-title-identify = Who the dead are
page-kind-match = search
page-kind-identify = identification
page-skip-children = Skip to the children
page-skip-bodies = Skip to the bodies
page-mask = Mask ids
page-print = Print
page-parts = Parts of this page
page-overview = Overview
page-children = Children
page-bodies = Bodies
page-families = Families
page-answers = Whole answers
page-one-person = Samples of one person
page-read = What was read
page-settings = Settings
page-lacks = What this page does not show

lacks-genotypes = Genotypes cannot be shown: { $reason }. All else is shown.
lacks-tables = This run was written without { $absent }: what rests on it is left blank.
lacks-table = the table { $table }
lacks-column = the column { $column } of { $table }
lacks-candidates = { $more } more candidates are in { $file } and not on this page.
lacks-couples = { $more } more couples are in { $file } and not on this page.
lacks-pairs = { $more } more pairs are in { $file } and not on this page.
lacks-subjects = Of { $all } children or bodies the first { $shown } are on this page; the tables hold all.

question-parents = Which of { $candidates } are the parents of { $children }? Compared at up to { $loci }.
question-related = Which of { $candidates } and { $children } are { $relation }? Compared at up to { $loci }.
question-bodies = Which of { $missing } of { $families } is each of { $bodies }? Compared at up to { $loci }.
count-children = { $count ->
    [one] { $count } child
   *[other] { $count } children
}
count-candidates = { $count ->
    [one] { $count } candidate
   *[other] { $count } candidates
}
count-bodies = { $count ->
    [one] { $count } body
   *[other] { $count } bodies
}
count-missing = { $count ->
    [one] { $count } missing person
   *[other] { $count } missing persons
}
count-families = { $count ->
    [one] { $count } family
   *[other] { $count } families
}
count-loci = { $count ->
    [one] { $count } locus
   *[other] { $count } loci
}
count-pairs = { $count ->
    [one] { $count } pair
   *[other] { $count } pairs
}

card-children = { $count ->
    [one] child
   *[other] children
}
card-bodies = { $count ->
    [one] body
   *[other] bodies
}
card-of-children = { $count ->
    [one] of { $count } child
   *[other] of { $count } children
}
card-with-candidate = with a candidate above the threshold
page-counted-once = Each child is counted once, by the surer of its two parents.
page-by-place = By place
page-status = Status
place-father = Father
place-mother = Mother
place-identity = Identity
verdict-established = one person at { $limit } or more
verdict-probable = one person at { $limit } or more
verdict-disputed = somebody at { $limit } or more, but who is open
verdict-none = nobody of the lists at { $limit } or more
verdict-undecidable = the DNA at hand does not say
verdict-stated = named by the child's row
verdict-not-asked = nobody was compared

page-lrs = Likelihood ratios of this run
page-lrs-about = Histogram of the log10 likelihood ratios of the pairs on this page
page-pairs = pairs
chance-bars = Bars: the pairs that this run lists.
chance-line = Line: what would be expected if everybody were a stranger to everybody.
chance-line-part = Line: what would be expected if everybody were a stranger to everybody (computed from { $computed } of the { $all } children).
chance-line-identify = Line: what would be expected if everybody were a stranger to everybody, with full profiles.
chance-line-identify-part = Line: what would be expected if everybody were a stranger to everybody, with full profiles (computed from { $computed } of the { $all } missing persons).
chance-from = From log10 LR { $from } on chance alone would give { $expected } pairs; the run lists { $pairs }.
page-completeness = Completeness by sample ({ $samples } on this page)
page-completeness-about = Histogram of the number of loci with a result, sample by sample
page-loci-with-result = loci with a result
page-samples = samples
page-completeness-by-locus = Completeness by locus
page-typed = Typed
page-of-samples = of { $samples } samples on this page
page-heat-children = Children × candidates: the fuller the colour, the higher the log10 LR
page-heat-bodies = Bodies × missing persons: the fuller the colour, the higher the log10 LR
page-heat-about = Heat map; the table below holds the same numbers

page-no-script = The list needs the script of this page. The same results are in the tables beside it.
page-search = Search
page-any-id = any id
page-answers-heading = Whole answers, likeliest first
page-answers-explained = Each row says who every body is, at once. The bodies that it does not name are nobody of the families.

page-read-heading = What was read, and what was not used
page-masked = File names, notes and rejected cells can hold ids: they are not shown while ids are masked.
page-files = Files, as they were read
page-role = Role
page-bytes = Bytes
page-notes = Notes
page-rejected = Rejected
page-rejected-none = Nothing: everything that was read counted.
page-rejected-count = { $count ->
    [one] { $count } cell or row was read and not used.
   *[other] { $count } cells or rows were read and not used.
}
page-by-reason = By reason
page-number = Number
page-one-by-one = One by one (the first { $shown })
page-where = Where
page-rejected-place = { $file }, line { $line }, { $column }
page-settings-all = Every setting that had an effect
page-setting = Setting
page-weigh = A log10 LR of 3 says that the profiles are 1,000 times more probable if the two are related as asked than if they are strangers. A posterior weighs all candidates against each other, and against nobody of the lists being the one. Neither says what papers, places and people say: that is for the reader. The tables beside this page hold all digits.

total-children = children
total-candidates = candidates
total-remains = remains
total-bodies = bodies
total-families = families
total-missing = missing
total-samples = samples
total-loci = loci
total-rejected = rejected
total-contradictions = contradictions
total-direct-matches = direct matches
total-matches = matches
total-couples = couples
total-pairs = pairs compared

## What the script of the page says.

script-comma = ,
script-semicolon = ;
script-best-candidate = Best candidate
script-any = any
script-no-candidate-listed = no candidate listed
script-found-children = { $count ->
    [one] { $shown } of { $count } child shown
   *[other] { $shown } of { $count } children shown
}
script-found-bodies = { $count ->
    [one] { $shown } of { $count } body shown
   *[other] { $shown } of { $count } bodies shown
}
script-choose-child = Choose a child in the list.
script-choose-body = Choose a body in the list.
script-not-known = not known
script-dead = { $person } (dead)
script-missing = missing
script-as = as { $missing }
script-drawing-best = Pedigree of the best explanation. { $parents }
script-place = { $place }: { $person }
script-drawing-related = { $person } and { $child } as { $relation }
script-drawing-family = Pedigree of family { $family }
script-drawing-family-as = Pedigree of family { $family }, { $body } as { $missing }
script-fits-better = { $relation }: fits better (log10 LR { $log })
script-another-relative = another relative: { $probability }
script-another-relative-as = another relative ({ $relation }): { $probability }
script-ranked-candidates = Candidates, ranked
script-ranked-missing = Missing persons, ranked
script-ranked-couples = Couples, ranked
script-posterior = Posterior
script-loci = Loci
script-inconsistent = Inconsistent
script-father-and-mother = Father and mother
script-inconsistent-loci = Inconsistent loci
script-two = { $first } and { $second }
script-of = { $part } of { $all }
script-more-couples = { $count ->
    [one] { $count } more couple is in { $file }.
   *[other] { $count } more couples are in { $file }.
}
script-no-result = no result
script-no-genotypes = No genotypes at hand: see the notice at the top of the page.
script-locus-inconsistent = inconsistent
script-locus-steps = { $count ->
    [one] inconsistent, { $count } step
   *[other] inconsistent, { $count } steps
}
script-marked = Marked: alleles that both show.
script-sum = The log10 LR of the pair is the sum over the loci.
script-no-sum = What the family's DNA says of the body is not a sum over single relatives.
script-typed-loci = { $count ->
    [one] { $count } locus with a result
   *[other] { $count } loci with a result
}
script-nobody = nobody of the lists { $probability }
script-same-person = Samples of the same person: { $samples }
script-no-missing = It can be none of the missing persons.
script-no-candidate = No candidate reaches the threshold.
script-locus-by-locus = Locus by locus
script-compare = Compare with
script-none-of-them = none of them
script-of-family = Probability of being of it
script-by-family = By family
script-heat-children = { $count ->
    [one] { $count } child down, { $across } across; the fuller the colour, the higher the log10 LR
   *[other] { $count } children down, { $across } across; the fuller the colour, the higher the log10 LR
}
script-heat-bodies = { $count ->
    [one] { $count } body down, { $across } across; the fuller the colour, the higher the log10 LR
   *[other] { $count } bodies down, { $across } across; the fuller the colour, the higher the log10 LR
}
script-heat-cell = { $subject } × { $person }: { $log }
script-samples = Samples
script-loci-that-differ = Loci that differ
script-contradictory-loci = Contradictory loci
script-records-differ = the records differ: { $columns }
script-kept-apart = kept apart: { $reason }
script-no-samples-of-one = No two samples were found to be of one person.
script-family = { $count ->
    [one] { $count } typed relative; missing: { $missing }
   *[other] { $count } typed relatives; missing: { $missing }
}
script-family-power = an unrelated body is excluded with probability { $exclusion }, the right one expected at log10 LR { $log }
script-family-mutation = Its members fit together only with a mutation.
script-family-contradiction = Its members contradict each other: a wrong pedigree or a swapped sample.
script-rank = Rank
script-who = Who is who
script-nobody-is-anyone = nobody is anyone
apart-asked-for = asked for
apart-twins = may be identical twins: { $one } and { $other } of family { $family }
apart-relatives = may be close relatives
mind-too-few-loci = fewer than 12 loci compared
mind-age-conflict = too young when the child was born
mind-sex-conflict = recorded sex contradicts amelogenin
mind-sex-unknown = sex not known
mind-better-rival = another relationship explains the profiles better
mind-close-rival = another relationship comes close
mind-close-candidate = another person comes close
mind-known-parent-unsupported = the named parent is not supported
mind-same-person = another sample of this person is listed
mind-locus-set-aside = a locus with three or more alleles was set aside

## The workbook.

workbook-summary = Summary
workbook-status = Status
workbook-matches = Matches
workbook-couples = Couples
workbook-one-person = One person
workbook-posterior = Posterior
workbook-families = Families
workbook-assignments = Assignments
workbook-loci = Loci
workbook-rejected = Rejected
workbook-settings = Settings
workbook-what = What
workbook-command = command
workbook-version = version of filia
workbook-children = children, by the surer parent: { $status }
workbook-bodies = bodies: { $status }
workbook-file = file read: { $role }
workbook-file-is = { $path } (SHA-256 { $sha256 })
workbook-sheet = sheet { $sheet }
workbook-empty = empty: { $reason }
workbook-note = note
