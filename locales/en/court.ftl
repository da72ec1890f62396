## The court report of filia. What stands in braces is put in by the program.

title = Report on a question of kinship by DNA
subtitle-child = Child { $id }
subtitle-body = Body { $id }
subtitle-family = Family { $id } and its missing persons

number-more-than = more than { $number }
number-less-than = less than { $number }

result-heading = Result in short
result-nobody = The run reports no candidate for { $id }.
result-nobody-missing = The run compared { $id } with no missing person whom it could be.
result-no-body = The run has no body that could be a missing person of family { $id }.
result-without = None of the bodies can be: { $missing }.
weight = The DNA results are about { $ratio } times more probable if { $first } than if { $second } (log10 LR { $log }). In the words of the ENFSI scale: { $strength } for the statement that { $first }.
weight-impossible = The DNA results are impossible, as far as the calculation knows, if { $first }; they are possible if { $second }.
status-with = All candidates of the lists taken together, the run calls this place “{ $status }”: { $named } with probability { $probability }. This rests on prior probabilities; see the section on prior and posterior.
status-without = All candidates of the lists taken together, the run calls this place “{ $status }”.
status-body-with = All bodies and families taken together, the run calls the identity of { $body } “{ $status }”: { $named } with probability { $probability }. This rests on prior probabilities; see the section on prior and posterior.
status-body-without = All bodies and families taken together, the run calls the identity of { $body } “{ $status }”.
inputs-changed = The profiles of the run could not be read again, so that genotypes, the LR of each locus and the sensitivity cannot be shown: { $reason }. All else is from the tables of the run.
run-lacks = These tables of the run are not there; what rests on them is left out: { $tables }.

status-established = established
status-probable = probable
status-disputed = disputed
status-none = none in the lists
status-undecidable = undecidable
status-stated = stated
status-not-asked = not asked

asked-heading = What was asked, and by whom
asked-reference = Reference
asked-by = Asked by
asked-question = Question
asked-laboratory = Laboratory
asked-author = Author
asked-reader = Second reader
asked-signatures = Date and signatures

items-heading = Items and their integrity
items-caption = Samples that this report rests on
item-sample = Sample
item-part = Part
item-sex = Sex
item-place = Read from
item-custody = Custody number
item-kit = Kit
item-collected = Collected
item-line = { $file }, line { $line }
items-not-here = The case file describes samples that this report does not rest on: { $items }.
items-one-body = These samples are of one person by their DNA (log10 LR { $log } or more) and were taken as one body: { $samples }.
items-one-body-contradictory = These samples are of one person by their DNA (log10 LR { $log } or more) and were taken as one body: { $samples }. They contradict each other at these loci, which are not used: { $loci }.
files-caption = Files that the run read
file-role = Read for
role-children = children
role-candidates = candidates
role-remains = remains
role-relatives = relatives
role-pedigrees = families
role-frequencies = allele frequencies
role-rates = mutation rates
role-recombination = recombination fractions
role-markers = markers
role-settings = settings
file-path = File
file-sha256 = SHA-256 when the run read it
file-sha256-now = SHA-256
file-state = Now
file-unchanged = unchanged
file-changed = changed
file-gone = not there
files-explained = The SHA-256 of a file changes with every change of its contents: who has a file can check that it is the one that was analysed.
part-child = Child
part-known-parent = Known parent
part-candidate = Candidate
part-body = Body
part-relative = Relative
sex-male = male
sex-female = female
sex-unknown = unknown

propositions-heading = The propositions
propositions-explained = The DNA is weighed between two statements that exclude each other. Its weight says nothing of other statements, for example that a brother of the candidate is the father.
bodies-explained = The DNA is weighed between two statements that exclude each other. Its weight says nothing of other statements, for example that the body is a brother of the missing person.
proposition-first = First: { $proposition }.
proposition-second = Second: { $proposition }.
proposition-known = Under both, { $known } is the other parent of { $child }.
proposition-father = { $candidate } is the father of { $child }
proposition-other-father = the father of { $child } is a man who is related neither to { $candidate } nor to { $child }’s mother
proposition-mother = { $candidate } is the mother of { $child }
proposition-other-mother = the mother of { $child } is a woman who is related neither to { $candidate } nor to { $child }’s father
proposition-parent = { $candidate } is a parent of { $child }
proposition-identity = { $candidate } and { $child } are one person
proposition-full-sibling = { $candidate } and { $child } have both parents in common
proposition-half-sibling = { $candidate } and { $child } have one parent in common
proposition-grandparent = { $candidate } is a grandparent of { $child }
proposition-avuncular = { $candidate } is an uncle or aunt of { $child }
proposition-first-cousin = { $candidate } and { $child } are first cousins
proposition-unrelated = { $candidate } and { $child } are not related
proposition-missing = { $body } is the body of { $missing } of family { $family }
proposition-other-body = { $body } is the body of somebody who is not related to family { $family }
drawing-explained = Squares are men, circles women, diamonds people of unknown sex. Shaded: typed. Dashed: somebody who is not known, or who is missing. A slash: dead (remains).
drawing-none = The family is too large to be drawn here, or could not be read again.
couple-heading = Father and mother at once
couple-propositions = First: { $father } and { $mother } are the parents of { $child }. Second: the three are not related to each other.
family-heading = All of the family at once
family-propositions = First: the bodies are these missing persons of family { $family }: { $identities }. Second: none of these bodies is related to the family, nor to another of them.

genotypes-heading = Genotypes and likelihood ratios
genotypes-explained = The likelihood ratio (LR) of a locus says how many times more probable its genotypes are under the first proposition than under the second. Above 1 it speaks for the first, below 1 for the second. The LRs of independent loci are multiplied; the log10 LR is the power of ten, and those of the loci are added.
genotypes-not-shown = The genotypes and the LR of each locus cannot be shown, because the profiles of the run could not be read again.
genotypes-caption = { $child } and { $candidate }, locus by locus
genotypes-caption-body = { $body } as { $missing } of family { $family }, locus by locus
genotypes-of-others = Genotypes of all others who count
locus = Locus
lr = LR
log-lr = log10 LR
all-loci = All loci
combined = Combined LR: { $ratio } (log10 LR { $log }).
combined-together = Combined LR of all of this at once: { $ratio } (log10 LR { $log }).
confirmed = Computed again from the profiles for this report, the combined LR is the one in the tables of the run.
not-confirmed = Computed again from the profiles for this report, the log10 LR is { $again }, but the tables of the run have { $stored }. Find out why before this report is used.
formulas-none = No locus has an LR in closed form here (a closed form is given for a parent of known sex at autosomal loci, without drop-out, drop-in and silent alleles).
formulas-heading = To be checked by hand
formulas-explained = { $t } is the probability that the candidate passes the allele x on to the child: one half for each copy, changed a little by mutation. { $k } is the same for the known parent. { $q } is the probability that an allele drawn from the population is x; { $second } the same after the child’s allele y was drawn. Numbers put in have five significant digits, so that a last digit can differ. A formula stands here only where its value is the LR that the program computed in another way.
formulas-theta = With θ, alleles that were seen are likelier to be seen again. Where { $p } is the frequency of x, and n of the m alleles seen before are x ({ $source }):

basis-heading = What the likelihood ratios rest on
basis-markers = Frequencies, mutation and silent alleles are those of the marker file among the files above.
basis-tables = Frequency tables
basis-theta = θ (coancestry)
basis-mutation = Mutation model
mutation-none = none
basis-mutation-range = A further step is less likely by the factor
basis-mutation-rate2 = Rate between repeat classes
basis-silent = Frequency of silent alleles
basis-minimum = Least frequency of an allele
basis-drop-out = Probability of drop-out
drop-out-none = 0 for all
basis-drop-in = Probability of drop-in
basis-linkage = Linked loci
linkage-independent = all loci are taken as independent
linkage-together = linked loci are taken together, as the notes of the run say
loci-caption = Loci in use
people = People counted in { $table }
rate-father = Mutation rate, father
rate-mother = Mutation rate, mother
basis-mutation-explained = Rates are probabilities for each passing-on of an allele. 5/2N stands for five copies among the 2N alleles that a table counted.
raised-none = For { $pair }, every allele counts with the frequency that its table has.
raised-caption = For { $pair }: alleles that count with more than their table has, because they are rare or not listed there
raised-locus = Locus
raised-allele = Allele
raised-counted = In the table
raised-used = Used
raised-not-listed = not listed
linkage-not-in-search = The settings ask for linked loci to be taken together. A search for parents takes loci as independent, which is exact for parent and child.

left-out-heading = Loci left out, inconsistencies
left-out-no-frequencies = Typed, but not used, because no table has frequencies: { $loci }.
left-out-of-family = Not used for this family: { $loci }.
family-fits = The typed relatives do not contradict each other.
family-mutation = What the relatives show is possible only by mutation at: { $loci }; the place of { $person } explains it worst.
family-contradiction = The relatives contradict each other at: { $loci }. Most likely at fault is the place or the sample of { $person }: find out before this report is used.
loci-compared = { $count ->
    [one] { $count } locus has a result in both profiles.
   *[other] { $count } loci have a result in both profiles.
}
loci-compared-body = { $count ->
    [one] { $count } locus has a result in the body and in at least one relative.
   *[other] { $count } loci have a result in the body and in at least one relative.
}
loci-without-result = { $sample } has no result at: { $loci }.
loci-set-aside = { $sample } shows three or more alleles, so that the locus is set aside, at: { $loci }.
inconsistent-none = No locus contradicts the first proposition.
inconsistent = { $locus } is possible under the first proposition only by mutation.
inconsistent-steps = { $locus } is possible under the first proposition only by mutation; fewest repeats by which an allele must have changed: { $steps }.
rejected-none = Nothing that was read of these samples was refused.
rejected-caption = What was read of these samples and not used, with the reason in the words of the run
rejected-sample = Sample
rejected-locus = Locus or column
rejected-value = Value
rejected-reason = Reason

uncertainty-heading = Uncertainty
uncertainty-explained = A likelihood ratio is no measurement with an error, but it rests on frequencies that were counted in samples and on assumptions. This section says how much it depends on them.
interval = 99 % interval of the log10 LR from the sampling of the frequencies: { $low } to { $high }.
interval-none = The run was made without an interval for the sampling of the frequencies.
sensitivity-not-shown = The LR under other values of θ cannot be shown, because the profiles of the run could not be read again.
sensitivity-caption = log10 LR of { $pair } under other values of θ and each table; where there are several tables, the lowest counts
sensitivity-out-of-reach = A dash: with this θ the sum over the untyped members of the family takes too long.
theta = θ
theta-of-run = { $theta } (in this report)
log-lr-under = { $table }

prior-heading = Prior and posterior probability
prior-explained = The LR alone is no probability that somebody is a parent. For that one must also say how probable it was before the DNA. This prior probability is not for the laboratory to choose: whoever decides can put in another one.
prior-explained-body = The LR alone is no probability that a body is somebody. For that one must also say how probable it was before the DNA. This prior probability is not for the laboratory to choose: whoever decides can put in another one.
prior-in-list = The run took { $prior } as the prior probability that a child’s father is among the candidates, shared evenly by those who can be the father; mothers likewise. It also allows for other relatives of the child among the candidates.
prior-other = For this relationship the run gives the prior probabilities of its settings to all candidates evenly.
prior-by-body = The run took { $prior } as the prior probability that a body is one of the missing persons, shared evenly by those whose sex it can have.
prior-flat = The run took every assignment of bodies to missing persons as equally probable beforehand.
prior-default = These are the defaults of the program: nobody chose them for this case.
posterior-child = Posterior probability given all candidates of this child: { $posterior }.
posterior-case = Posterior probability given all children and candidates of the case at once: { $posterior }.
posterior-other = Probability that this person is another relative of the child: { $posterior }.
posterior-identity = Posterior probability that { $body } is { $missing }, given all bodies and families at once: { $posterior }.
posterior-family = Posterior probability that { $body } is any missing person of family { $family }: { $posterior }.
posterior-nobody = Posterior probability that { $body } is none of the missing persons of the run: { $posterior }.
posterior-sampled = The sum over all assignments is out of reach, so that these probabilities are sampled; standard error of the first: { $error }.
posterior-none = The tables of the run have no posterior probability for this person.
posterior-together = Posterior probability of all of this at once: { $posterior }.
prior-caption = { $pair } alone, against the second proposition: the posterior probability for three prior probabilities
prior-column = Prior probability
posterior-column = Posterior probability

comparisons-heading = Number of comparisons
comparisons-run = The run compared { $children } children with { $candidates } candidates, { $pairs } pairs in all.
comparisons-bodies = The run compared { $bodies } bodies with { $missing } missing persons of { $families } families, { $pairs } pairs in all.
comparisons-explained = The more strangers are compared, the more probable it is that one of them matches by chance. On average at most the number of strangers divided by x have an LR of x or more.
compared = { $count ->
    [one] { $count } candidate who could have this place was compared with the child.
   *[other] { $count } candidates who could have this place were compared with the child.
}
compared-missing = { $count ->
    [one] { $count } missing person whose sex the body can have was compared with it.
   *[other] { $count } missing persons whose sex the body can have were compared with it.
}
compared-bodies = { $count ->
    [one] { $count } body whose sex the missing person can have was compared with the family.
   *[other] { $count } bodies whose sex the missing person can have were compared with the family.
}
power-of-family = What these relatives can do with a full profile: the DNA excludes an unrelated body with probability { $exclusion }; the right body has a log10 LR of { $log } on average.
rank = Rank among the candidates of this child by LR: { $rank }.
false-leads = Expected number of strangers of the list who score as high, computed from the child’s profile: { $expected }.
false-leads-at-most = Expected number of strangers of the list with an LR as high or higher: at most { $expected }.
false-identities = Expected number of such comparisons with an LR as high or higher if nobody were related: at most { $expected }.

others-heading = Other relationships
others-explained = What else the two could be to each other, each against “not related”. Two relationships whose LRs are close cannot be told apart by these profiles. Half siblings stand for grandparents, uncles and aunts too, from whom two profiles at unlinked loci cannot tell them.
others-caption = { $candidate } and the child
identities-heading = Other persons and bodies considered
identities-explained = What competes with this identification: who else the body could be, or which other bodies could be the missing person, the likeliest first. That the body is another relative of the family than one of the missing is not weighed here.
identities-caption = Beside { $body } as { $missing }
identities-none = Nobody else is in question.
identities-more = { $count } more are in { $files }.
missing-person = Missing person
family = Family
relationship = Relationship
lr-against-unrelated = LR against “not related”
best-relationship = Best-supported relationship: { $relationship } (log10 LR { $log } against “not related”).
flags-explained = What the run warns of:
relation-identity = one and the same person
relation-parent = parent and child
relation-full-sibling = full siblings
relation-half-sibling = half siblings
relation-grandparent = grandparent and grandchild
relation-avuncular = uncle or aunt, and nephew or niece
relation-first-cousin = first cousins
relation-unrelated = not related
flag-too-few-loci = Fewer than 12 loci were compared: type more before relying on this.
flag-age-conflict = By the birth years the candidate was too young when the child was born: check them.
flag-sex-conflict = Recorded sex and amelogenin contradict each other: check for a swapped sample.
flag-sex-unknown = The sex of the candidate is not known.
flag-better-rival = Another relationship explains the two profiles better than the one asked about.
flag-close-rival = Another relationship comes within two units of log10 LR.
flag-close-candidate = Another person for the same place comes within two units of log10 LR: they may be brothers or sisters.
flag-known-parent-unsupported = The parent whom the child’s row names is not supported by their own two profiles.
flag-same-person = Another sample of this person is among the candidates.
flag-locus-set-aside = A locus with three or more alleles was set aside: check for a mixture.

verbal-heading = Verbal equivalent
verbal-scale = The words are those of the European Network of Forensic Science Institutes ({ $guideline }). They stand for the number and add nothing to it; below 1 the same words speak for the second proposition.
scale-caption = Scale of ENFSI, version 3.0 (2015)
scale-lr = LR
scale-words = Words
strength-none = no support
strength-weak = weak support
strength-moderate = moderate support
strength-moderately-strong = moderately strong support
strength-strong = strong support
strength-very-strong = very strong support
strength-extremely-strong = extremely strong support

limits-heading = Limits
limit-propositions = The LR weighs the two propositions of this report and no others.
limit-relatives = A close relative of a true parent, such as a brother, shares many alleles with the child. Where such a person could be in question and is not typed, this report must say so beside its numbers.
limit-relatives-body = A close relative of the missing person, such as a brother, shares many alleles with the same family. Where such a person could have died too and is not among the missing of the run, this report must say so beside its numbers.
limit-linked = Loci close to each other on a chromosome are taken as independent. For siblings and further relatives that is not exact.
limit-population = The frequencies are those of the tables named above. Where the people come from another population, the LR can be different; see the section on uncertainty.
limit-laboratory = The numbers hold for the profiles as they were given. Swapped samples, contamination and errors of typing are not part of them.
limit-transposed = That the results are a thousand times more probable if somebody is the father does not say that it is a thousand times more probable that this person is the father.
limit-transposed-body = That the results are a thousand times more probable if a body is somebody does not say that it is a thousand times more probable that the body is this person.
limit-court = Who the parents are is for the court to decide, from all evidence.
limit-court-body = Who the dead are is for the competent authority to decide, from all evidence: place and time, belongings, teeth, and what the families say.

software-heading = Software and files
software-version = The run was made with filia { $version }; this report with filia { $now }.
software-decimals = Numbers have a decimal point. The tables of the run hold all digits.
results-caption = Files of the run that this report rests on, with their SHA-256 now
notes-explained = Notes of the run, in its own words (English):

attached-files = Attached inside this PDF, as they are: { $files }.
attached-file = File of the run that this report rests on
page-of = Page { $page } of { $pages }
