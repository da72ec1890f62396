//! How many unrelated candidates of this very list would score as high against a child by chance.
//!
//! Where the lines of a relationship differ, its LR is a mean of products over loci, whose distribution is no convolution. It is
//! bounded then, by what are convolutions ([`Leads`]): false leads from above, true ones from below.

use super::parents::Candidacy;
use super::roster::{Asked, AskedLine, Child, Roster};
use super::{Case, MatchError};
use crate::matching::one_person::{DirectMatches, Persons};
use crate::power::{Atom, FalseLeads, RESOLUTION, StrangerScores, TypedAlike};
use crate::profile::{Code, Observation, SampleIndex, Sex};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The lists of candidates of each sex, and what strangers score.
pub struct ListLeads<'a> {
    case: &'a Case<'a>,
    direct: &'a DirectMatches,
    /// One for each population.
    strangers: Vec<StrangerScores<'a>>,
    drop_outs: Vec<f64>,
    persons: Persons,
    lists: Vec<CandidateList>,
}

/// The candidates of one sex, as any sample of theirs tells; one sample of each person.
struct CandidateList {
    sex: Sex,
    members: Vec<SampleIndex>,
    typed_alike: BTreeMap<TypedAlike, u64>,
}

/// The scores that the candidates of one list would reach against one child if all were strangers.
pub struct ChildLeads {
    /// Number of candidates.
    pub candidates: u64,
    by_population: Vec<Leads>,
}

/// The scores in one population. Let S(k) be the log10 LR of line k, a sum over loci of s(k, l), and w(k) its weight; the log10 LR
/// of the relationship is S = log10 Σ w(k) 10^S(k).
enum Leads {
    /// One line: S itself.
    Exact(FalseLeads),
    /// From above. S ≥ t needs some S(k) ≥ t, the weights summing to 1, so P(S ≥ t) ≤ Σ P(S(k) ≥ t), the `lines`; and S is at most the
    /// sum over the loci of max over k of s(k, l), the `highest`. The lesser counts.
    AtMost { lines: Vec<FalseLeads>, highest: FalseLeads },
    /// From below, one of the lines being true with its weight. S ≥ S(k) + log10 w(k), the `own`; and, the logarithm being concave,
    /// S ≥ Σ w(k) S(k), the sum over the loci of the mean over k of s(k, l), the `mean`. The greater counts.
    AtLeast(Vec<TrueLine>),
}

/// The scores of somebody who is what one line says.
struct TrueLine {
    weight: f64,
    own: FalseLeads,
    mean: FalseLeads,
}

impl Leads {
    /// How far, in log10 units, rounding raised scores at most.
    fn raised(&self) -> f64 {
        let all: Vec<&FalseLeads> = match self {
            Self::Exact(leads) => vec![leads],
            Self::AtMost { lines, highest } => lines.iter().chain([highest]).collect(),
            Self::AtLeast(lines) => lines.iter().flat_map(|line| [&line.own, &line.mean]).collect(),
        };
        all.into_iter().map(FalseLeads::raised).fold(0.0, f64::max)
    }

    fn expected_at(&self, log10_lr: f64) -> f64 {
        match self {
            Self::Exact(leads) => leads.expected_at(log10_lr),
            Self::AtMost { lines, highest } => {
                let sum = lines.iter().map(|leads| leads.expected_at(log10_lr)).sum();
                highest.expected_at(log10_lr).min(sum)
            }
            Self::AtLeast(lines) => {
                let own = |line: &TrueLine| line.own.expected_at(log10_lr - line.weight.log10());
                let of_line = |line: &TrueLine| line.weight * own(line).max(line.mean.expected_at(log10_lr));
                lines.iter().map(of_line).sum()
            }
        }
    }

    /// The probability that none is at or above this log10 LR, or less.
    fn none_at(&self, log10_lr: f64) -> f64 {
        match self {
            Self::Exact(leads) => leads.none_at(log10_lr),
            Self::AtMost { highest, .. } => highest.none_at(log10_lr).max(1.0 - self.expected_at(log10_lr)),
            Self::AtLeast(_) => 1.0 - self.expected_at(log10_lr).min(1.0),
        }
    }
}

/// Who the candidates are whose scores are asked about.
#[derive(Clone, Copy, PartialEq, Eq)]
enum CandidateTruth {
    Strangers,
    Tested,
}

/// Scores by drop-out probability and locus.
type Scores = Vec<Vec<Arc<[Atom]>>>;

/// The probabilities of these scores where the candidate is what is tested, by drop-out probability and locus.
type Tested = Vec<Vec<Option<Arc<[f64]>>>>;

impl ChildLeads {
    /// Expected number of candidates at or above this log10 LR. Several populations: the largest of theirs, so it is not too
    /// low whichever the strangers come from (the reported log10 LR is the lowest of theirs).
    pub fn expected_at(&self, log10_lr: f64) -> f64 {
        self.by_population.iter().map(|leads| leads.expected_at(log10_lr)).fold(0.0, f64::max)
    }

    /// How far, in log10 units, rounding raised the candidates' scores at most.
    pub fn raised(&self) -> f64 {
        self.by_population.iter().map(Leads::raised).fold(0.0, f64::max)
    }

    /// The same; of several populations the least.
    pub fn least_expected_at(&self, log10_lr: f64) -> f64 {
        self.by_population.iter().map(|leads| leads.expected_at(log10_lr)).fold(f64::INFINITY, f64::min)
    }

    /// The probability that none is at or above this log10 LR; of several populations the least.
    pub fn none_at(&self, log10_lr: f64) -> f64 {
        self.by_population.iter().map(|leads| leads.none_at(log10_lr)).fold(1.0, f64::min)
    }
}

impl<'a> ListLeads<'a> {
    /// Sorts the candidates by sex and by what they are typed at.
    ///
    /// # Errors
    /// Profiles that can no longer be read from the disk.
    pub fn new(case: &'a Case<'a>, roster: &Roster, direct: &'a DirectMatches) -> Result<Self, MatchError> {
        let persons = Persons::new(case, direct, &roster.candidates);
        let mut leads = Self { case, direct, strangers: Vec::new(), drop_outs: Vec::new(), persons, lists: Vec::new() };
        let mut counted = Vec::new();
        for sex in [Sex::Male, Sex::Female, Sex::Unknown] {
            let of_sex = |&sample: &SampleIndex| leads.sex(sample) == sex && !leads.persons.is_further(sample);
            let members: Vec<_> = roster.candidates.iter().copied().filter(of_sex).collect();
            counted.push((sex, count_typed_alike(case, &members)?, members));
        }
        leads.drop_outs = counted.iter().flat_map(|list| list.1.keys().map(|key| f64::from_bits(key.0))).collect();
        leads.drop_outs.sort_unstable_by(f64::total_cmp);
        leads.drop_outs.dedup();
        for (sex, counts, members) in counted {
            let typed_alike = counts.into_iter().map(|(typing, count)| (leads.kind_of(typing), count)).collect();
            leads.lists.push(CandidateList { sex, members, typed_alike });
        }
        let drop_in = case.settings.observation.drop_in;
        let strangers =
            |population| StrangerScores::new(case.panel, &case.models.loci, population, drop_in, &leads.drop_outs);
        leads.strangers = case.models.populations.iter().map(strangers).collect();
        Ok(leads)
    }

    /// The sex of the person who gave this sample.
    fn sex(&self, sample: SampleIndex) -> Sex {
        self.persons.sex(self.case.panel, sample)
    }

    /// What this child's candidates of one sex would score; nothing where none of that sex are asked about.
    /// `lowest`: the least log10 LR that will be asked about.
    ///
    /// # Errors
    /// A case that the likelihood engine refuses.
    pub fn of(&self, child: &Child, sex: Sex, lowest: f64) -> Result<Option<ChildLeads>, MatchError> {
        let asked = child.asked(self.case, self.case.settings.search.relationship, sex);
        let list = self.lists.iter().find(|list| list.sex == sex && !list.members.is_empty());
        let (Some(asked), Some(list)) = (asked, list) else { return Ok(None) };
        let mut compared = list.typed_alike.clone();
        let excluded = self.case.excluded(asked.child, asked.known, self.direct);
        let is_listed = |sample: &SampleIndex| list.members.binary_search(sample).is_ok();
        let not_compared = excluded.iter().map(|&sample| SampleIndex(sample)).filter(is_listed);
        let too_young = list.members.iter().copied().filter(|&member| {
            self.case.is_left_out_by_age(asked.child, member) && excluded.binary_search(&member.0).is_err()
        });
        for sample in not_compared.chain(too_young) {
            if let Some(count) = compared.get_mut(&self.typing(sample)) {
                *count -= 1;
            }
        }
        self.leads(asked, &compared, lowest, CandidateTruth::Strangers).map(Some)
    }

    /// The same of a single stranger who is typed at every locus, and of one who is what the question tests, both with the least
    /// drop-out probability of the candidates.
    ///
    /// # Errors
    /// A case that the likelihood engine refuses.
    pub fn typed_everywhere(
        &self,
        child: &Child,
        sex: Sex,
        lowest: f64,
    ) -> Result<Option<(ChildLeads, ChildLeads)>, MatchError> {
        let asked = child.asked(self.case, self.case.settings.search.relationship, sex);
        let Some(asked) = asked.filter(|_| !self.drop_outs.is_empty()) else { return Ok(None) };
        let one = BTreeMap::from([(TypedAlike { drop_out: 0, typed: vec![true; self.case.models.loci.len()] }, 1)]);
        let leads = |truth| self.leads(asked, &one, lowest, truth);
        Ok(Some((leads(CandidateTruth::Strangers)?, leads(CandidateTruth::Tested)?)))
    }

    fn leads(
        &self,
        asked: Asked,
        candidates: &BTreeMap<TypedAlike, u64>,
        lowest: f64,
        truth: CandidateTruth,
    ) -> Result<ChildLeads, MatchError> {
        let lines = asked.lines(self.case)?;
        let leads = |scores: &Scores| FalseLeads::new(scores, candidates, lowest);
        let of_population = |strangers| {
            let scores: Vec<Scores> =
                lines.iter().map(|line| self.scores(strangers, asked, *line)).collect::<Result<_, MatchError>>()?;
            let tested = |line: AskedLine| self.tested(strangers, asked, line);
            Ok(match (&scores[..], truth) {
                ([only], CandidateTruth::Strangers) => Leads::Exact(leads(only)),
                ([only], CandidateTruth::Tested) => Leads::Exact(leads(&of_tested(only, &tested(lines[0])?))),
                (several, CandidateTruth::Strangers) => Leads::AtMost {
                    lines: several.iter().map(leads).collect(),
                    highest: leads(&combined(several, |of_lines| of_lines.fold(f64::NEG_INFINITY, f64::max))),
                },
                (several, CandidateTruth::Tested) => {
                    let weights = || lines.iter().map(|line| line.weight);
                    let mean = combined(several, |of_lines| of_lines.zip(weights()).map(|(score, w)| score * w).sum());
                    let of_line = |(own, line): (&Scores, &AskedLine)| -> Result<TrueLine, MatchError> {
                        let (tested, weight) = (tested(*line)?, line.weight);
                        let (own, mean) = (leads(&of_tested(own, &tested)), leads(&of_tested(&mean, &tested)));
                        Ok(TrueLine { weight, own, mean })
                    };
                    Leads::AtLeast(several.iter().zip(&lines).map(of_line).collect::<Result<_, _>>()?)
                }
            })
        };
        let by_population = self.strangers.iter().map(of_population).collect::<Result<_, MatchError>>()?;
        Ok(ChildLeads { candidates: candidates.values().sum(), by_population })
    }

    fn scores(&self, strangers: &StrangerScores<'_>, asked: Asked, line: AskedLine) -> Result<Scores, MatchError> {
        let known = asked.known_codes(self.case);
        let of_kind = |kind| {
            let keys = asked.keys(self.case, line.number, known.as_deref()).enumerate();
            Ok(keys.map(|(locus, key)| strangers.row(locus, key, kind)).collect::<Result<_, _>>()?)
        };
        (0..self.drop_outs.len()).map(of_kind).collect()
    }

    fn tested(&self, strangers: &StrangerScores<'_>, asked: Asked, line: AskedLine) -> Result<Tested, MatchError> {
        let known = asked.known_codes(self.case);
        let of_kind = |kind| {
            let keys = asked.keys(self.case, line.number, known.as_deref()).enumerate();
            Ok(keys.map(|(locus, key)| strangers.tested(locus, key, kind)).collect::<Result<_, _>>()?)
        };
        (0..self.drop_outs.len()).map(of_kind).collect()
    }

    fn typing(&self, sample: SampleIndex) -> TypedAlike {
        let profile = self.case.panel.profile(sample);
        self.kind_of(typing_of(self.case, |_, locus| profile.code(locus)))
    }

    fn kind_of(&self, (drop_out, typed): SampleTyping) -> TypedAlike {
        let below = |other: &f64| *other < f64::from_bits(drop_out);
        TypedAlike { drop_out: self.drop_outs.partition_point(below), typed }
    }
}

/// The bits of a sample's drop-out probability (0 without any call), and whether it has a call at each locus in use.
type SampleTyping = (u64, Vec<bool>);

/// `code`: the sample's code, by position among the loci in use and by the panel's locus.
fn typing_of(case: &Case<'_>, code: impl Fn(usize, usize) -> Code) -> SampleTyping {
    let seen = |(at, &locus): (usize, &usize)| case.panel.dictionary(locus).observation(code(at, locus));
    let seen: Vec<Observation> = case.models.loci.iter().enumerate().map(seen).collect();
    let drop_out = seen.iter().find(|seen| seen.call.is_informative()).map_or(0.0, |seen| seen.drop_out);
    (drop_out.to_bits(), seen.iter().map(|seen| seen.call.is_informative()).collect())
}

/// Profiles read at once.
const CHUNK: usize = 65_536;

fn count_typed_alike(case: &Case<'_>, members: &[SampleIndex]) -> Result<BTreeMap<SampleTyping, u64>, MatchError> {
    let mut counts = BTreeMap::new();
    for chunk in members.chunks(CHUNK) {
        let numbers: Vec<u32> = chunk.iter().map(|sample| sample.0).collect();
        let codes = case.panel.gather(&numbers, &case.models.loci)?;
        let typings = (0..chunk.len()).map(|sample| typing_of(case, |at, _| codes[at][sample]));
        typings.for_each(|typing| *counts.entry(typing).or_insert(0) += 1);
    }
    Ok(counts)
}

/// One score in place of those of the lines, which list the same calls in the same order.
fn combined(lines: &[Scores], combine: impl Fn(&mut dyn Iterator<Item = f64>) -> f64) -> Scores {
    let at_locus = |kind: usize, locus: usize| -> Arc<[Atom]> {
        let of_line = |line: usize, at: usize| lines[line][kind][locus][at].log10_lr;
        let atom = |(at, first): (usize, &Atom)| {
            let log10_lr = combine(&mut (0..lines.len()).map(|line| of_line(line, at)));
            Atom { log10_lr, ..*first }
        };
        lines[0][kind][locus].iter().enumerate().map(atom).collect()
    };
    let of_kind = |(kind, loci): (usize, &Vec<_>)| (0..loci.len()).map(|locus| at_locus(kind, locus)).collect();
    lines[0].iter().enumerate().map(of_kind).collect()
}

/// These scores with their probabilities where the candidate is what is tested.
fn of_tested(scores: &Scores, tested: &Tested) -> Scores {
    let at_locus = |(scores, tested): (&Arc<[Atom]>, &Option<Arc<[f64]>>)| -> Arc<[Atom]> {
        // nobody can be what is tested, or the locus decides nothing
        let Some(tested) = tested else { return Arc::clone(scores) };
        let with = |(score, &probability): (&Atom, &f64)| Atom { probability, ..*score };
        scores.iter().zip(&**tested).filter(|(_, probability)| **probability > 0.0).map(with).collect()
    };
    let of_kind = |(scores, tested): (&Vec<_>, &Vec<_>)| scores.iter().zip(tested).map(at_locus).collect();
    scores.iter().zip(tested).map(of_kind).collect()
}

/// Puts the expected number of false leads beside each reported candidate. Returns how far, in log10 units, rounding raised
/// scores at most.
///
/// # Errors
/// A case that the likelihood engine refuses.
pub fn expect_false_leads(
    case: &Case<'_>,
    roster: &Roster,
    direct: &DirectMatches,
    candidacies: &mut [Candidacy],
) -> Result<f64, MatchError> {
    let leads = ListLeads::new(case, roster, direct)?;
    let by_child = candidacies.par_chunk_by_mut(|one, next| one.child == next.child);
    let raised = by_child.map(|of_child| {
        let sample = of_child[0].child;
        let Ok(position) = roster.children.binary_search_by_key(&sample, |child| child.sample) else { return Ok(0.0) };
        let child = &roster.children[position];
        let mut raised = 0.0_f64;
        for sex in [Sex::Male, Sex::Female, Sex::Unknown] {
            let mut of_sex: Vec<_> =
                of_child.iter_mut().filter(|candidacy| leads.sex(candidacy.candidate) == sex).collect();
            let finite = of_sex.iter().map(|candidacy| candidacy.log10_lr).filter(|log10_lr| log10_lr.is_finite());
            let lowest = finite.fold(f64::INFINITY, f64::min);
            if of_sex.is_empty() {
                continue;
            }
            if let Some(found) = leads.of(child, sex, if lowest.is_finite() { lowest } else { 0.0 })? {
                // of a list that was screened there are as many more, taken as typed like those who are left
                let whole = case.settings.prior.listed.of(sex);
                let times = if found.candidates == 0 { 1.0 } else { (whole / found.candidates as f64).max(1.0) };
                for candidacy in &mut of_sex {
                    candidacy.expected_false_leads = Some(found.expected_at(candidacy.log10_lr) * times);
                }
                raised = raised.max(found.raised());
            }
        }
        Ok(raised)
    });
    raised.try_reduce(|| 0.0, |one, other| Ok(one.max(other)))
}

/// A sentence where scores were rounded up further than usual, `raised` log10 units.
pub fn note_on_rounding(raised: f64) -> Option<String> {
    (raised > RESOLUTION).then(|| {
        format!(
            "so many loci, or so many patterns of loci typed, that scores were rounded up by as much as {raised:.2} in all \
             (usually {RESOLUTION}): an expected number of false leads can be that of a log10 LR lower by so much"
        )
    })
}
