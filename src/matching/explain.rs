//! One child and one candidate, locus by locus: what was seen, the frequencies used, the LR under each relationship, and why.

use super::assess::{Assessment, OtherCandidates, RIVALS, assess};
use super::roster::{Asked, Child};
use super::rows::RowsAtHand;
use super::{Case, MatchError};
use crate::inheritance::Relationship;
use crate::model::{CaseModels, Question};
use crate::profile::{Call, SampleIndex};
use crate::search::log10_sum;
use serde::{Serialize, Serializer};

/// One allele's frequency in one population.
#[derive(Clone, Debug, Serialize, PartialEq)]
pub struct FrequencyUsed {
    /// The allele.
    pub allele: String,
    /// Its frequency.
    pub frequency: f64,
}

/// One locus of a pair.
#[derive(Clone, Debug, Serialize)]
pub struct LocusExplanation {
    /// The locus.
    pub locus: String,
    /// The child's call.
    pub child: String,
    /// The known parent's call, where the question has a known parent.
    pub known_parent: Option<String>,
    /// The candidate's call.
    pub candidate: String,
    /// The frequency of each allele that any of them shows; none where the locus does not count.
    pub frequencies: Vec<FrequencyUsed>,
    /// log10 LR under each relationship, in the order of [`Explanation::relationships`]; in JSON minus infinity is `"-inf"`. Of a
    /// relationship with several lines: what the locus adds to the log10 LR of the loci before it.
    #[serde(serialize_with = "log10_numbers")]
    pub log10_lr: Vec<f64>,
    /// log10 LR under each line, in the order of [`Explanation::lines`].
    #[serde(serialize_with = "log10_numbers", skip_serializing_if = "Vec::is_empty")]
    pub log10_lr_by_line: Vec<f64>,
    /// Sum of the tested relationship's log10 LR over this locus and those before it.
    #[serde(serialize_with = "log10_number")]
    pub running_log10_lr: f64,
    /// Whether the locus is impossible under the tested relationship unless an allele mutated.
    pub inconsistent: bool,
    /// The fewest repeats by which a candidate's allele must have changed, where the locus is inconsistent.
    pub steps_needed: Option<f64>,
}

/// One of several ways in which two people can be what a relationship says, the same at every locus.
#[derive(Clone, Debug, Serialize)]
pub struct ExplainedLine {
    /// The relationship.
    pub relationship: Relationship,
    /// What the candidate is to the child, in words.
    pub line: &'static str,
    /// The probability that it is this line. The LR of the relationship is the mean of its lines' by these weights.
    pub weight: f64,
    /// log10 LR of the line against unrelated: the sum over the loci.
    #[serde(serialize_with = "log10_number")]
    pub total_log10_lr: f64,
}

/// A pair explained.
#[derive(Clone, Debug, Serialize)]
pub struct Explanation {
    /// The child's sample.
    pub child: String,
    /// The candidate's sample.
    pub candidate: String,
    /// The known parent's sample, where the question has one.
    pub known_parent: Option<String>,
    /// The frequency table: of several, the one with the lowest LR.
    pub population: String,
    /// The relationships scored; the tested one is first. Left out is what the candidate cannot be: a second mother or father.
    pub relationships: Vec<Relationship>,
    /// log10 LR of each relationship against unrelated.
    #[serde(serialize_with = "log10_numbers")]
    pub total_log10_lr: Vec<f64>,
    /// The lines of the relationships that have several which differ at some locus.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<ExplainedLine>,
    /// The loci in use.
    pub loci: Vec<LocusExplanation>,
    /// What to be wary of.
    pub flags: Vec<String>,
    /// The best-supported relationship.
    pub best_relationship: Relationship,
}

/// A number, or the text `-inf`: JSON has no infinity.
fn log10_number<S: Serializer>(number: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    if number.is_finite() { serializer.serialize_f64(*number) } else { serializer.collect_str(number) }
}

fn log10_numbers<S: Serializer>(numbers: &[f64], serializer: S) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct Number(#[serde(serialize_with = "log10_number")] f64);
    serializer.collect_seq(numbers.iter().map(|&number| Number(number)))
}

/// Explains one pair.
///
/// # Errors
/// A case that the likelihood engine refuses.
pub fn explain(case: &Case<'_>, child: &Child, candidate: SampleIndex) -> Result<Explanation, MatchError> {
    let tested = case.settings.search.relationship;
    let sex = case.panel.sex(candidate);
    let asked = asked_of(case, child, candidate);
    let mut rows = RowsAtHand::new(case);
    let totals = rows.totals(asked, candidate)?;
    let lowest = lowest_population(&totals);
    let is_possible = |rival: &Relationship| child.rival(case, asked, *rival, sex).is_some();
    let rivals = RIVALS.into_iter().filter(|rival| *rival != tested).filter(is_possible);
    let relationships: Vec<_> = std::iter::once(tested).chain(rivals).collect();
    let by_relationship = relationships
        .iter()
        .map(|&relationship| Scored::new(&mut rows, child, asked, relationship, candidate, lowest))
        .collect::<Result<Vec<_>, _>>()?;
    let assessment = assess(&mut rows, child, asked, candidate, totals[lowest], OtherCandidates::default())?;
    Ok(Explanation {
        child: case.panel.full_id(child.sample).into_owned(),
        candidate: case.panel.full_id(candidate).into_owned(),
        known_parent: asked.known.map(|sample| case.panel.full_id(sample).into_owned()),
        population: case.models.populations[lowest].name.clone(),
        total_log10_lr: by_relationship.iter().map(Scored::total).collect(),
        lines: by_relationship.iter().flat_map(Scored::explained_lines).collect(),
        loci: explain_loci(case, asked, candidate, lowest, &by_relationship, &assessment),
        flags: assessment.flags.iter().map(ToString::to_string).collect(),
        best_relationship: assessment.best,
        relationships,
    })
}

/// The log10 LR of one pair in each population.
///
/// # Errors
/// A case that the likelihood engine refuses.
pub fn totals(case: &Case<'_>, child: &Child, candidate: SampleIndex) -> Result<Vec<f64>, MatchError> {
    Ok(RowsAtHand::new(case).totals(asked_of(case, child, candidate), candidate)?)
}

/// The log10 LR of a child with each of these candidates: of several populations the lowest, as a search reports it.
///
/// # Errors
/// A case that the likelihood engine refuses.
pub fn log10_lrs(case: &Case<'_>, child: &Child, candidates: &[SampleIndex]) -> Result<Vec<f64>, MatchError> {
    let mut rows = RowsAtHand::new(case);
    let with = |&candidate| Ok(rows.lowest(asked_of(case, child, candidate), candidate)?);
    candidates.iter().map(with).collect()
}

/// The question that is asked of a child and a candidate.
pub(super) fn asked_of(case: &Case<'_>, child: &Child, candidate: SampleIndex) -> Asked {
    let (tested, sex) = (case.settings.search.relationship, case.panel.sex(candidate));
    child.asked(case, tested, sex).unwrap_or_else(|| child.asked_with(case, tested, sex, None))
}

/// The population with the lowest LR: its numbers are those that count.
pub(super) fn lowest_population(totals: &[f64]) -> usize {
    (0..totals.len()).min_by(|&one, &other| totals[one].total_cmp(&totals[other])).unwrap_or(0)
}

/// What each locus adds to the log10 LR of those before it, from the scores of each line beside the log10 of its weight.
pub(super) fn by_locus(lines: Vec<(f64, Vec<f64>)>) -> Vec<f64> {
    Scored { asked: None, lines }.by_locus()
}

/// The scores of one relationship.
struct Scored {
    /// Nothing for unrelated.
    asked: Option<Asked>,
    /// For each line the log10 of its weight, and the log10 LR of each locus in use.
    lines: Vec<(f64, Vec<f64>)>,
}

impl Scored {
    fn new(
        rows: &mut RowsAtHand<'_>,
        child: &Child,
        asked: Asked,
        relationship: Relationship,
        candidate: SampleIndex,
        population: usize,
    ) -> Result<Self, MatchError> {
        let case = rows.case();
        let is_tested = asked.relationship() == Some(relationship);
        let rival = || child.rival(case, asked, relationship, case.panel.sex(candidate));
        let asked = if is_tested { Some(asked) } else { rival() };
        let asked = asked.filter(|_| relationship != Relationship::Unrelated);
        let lines = match asked {
            Some(asked) => rows.scores(asked, population, candidate)?,
            None => vec![(0.0, vec![0.0; case.models.loci.len()])],
        };
        Ok(Self { asked, lines })
    }

    fn total(&self) -> f64 {
        log10_sum(self.lines.iter().map(|(weight, scores)| weight + scores.iter().sum::<f64>()))
    }

    /// What each locus adds to those before it.
    fn by_locus(&self) -> Vec<f64> {
        if let [(_, scores)] = &self.lines[..] {
            return scores.clone();
        }
        let mut sums: Vec<f64> = self.lines.iter().map(|(weight, _)| *weight).collect();
        let mut before = log10_sum(sums.iter().copied());
        let loci = self.lines.first().map_or(0, |(_, scores)| scores.len());
        let of_locus = |locus: usize| {
            sums.iter_mut().zip(&self.lines).for_each(|(sum, (_, scores))| *sum += scores[locus]);
            let after = log10_sum(sums.iter().copied());
            let added = if before == f64::NEG_INFINITY { 0.0 } else { after - before };
            before = after;
            added
        };
        (0..loci).map(of_locus).collect()
    }

    /// The lines by name, where there are several.
    fn explained_lines(&self) -> Vec<ExplainedLine> {
        let Some(Asked { question: Question::Kin { relationship, candidate_sex, known, .. }, .. }) = self.asked else {
            return Vec::new();
        };
        let named = relationship.lines(candidate_sex, known).into_iter().zip(&self.lines);
        let explained = named.map(|(line, (log10_weight, scores))| ExplainedLine {
            relationship,
            line: relationship.line_name(line),
            weight: 10_f64.powf(*log10_weight),
            total_log10_lr: scores.iter().sum(),
        });
        if self.lines.len() > 1 { explained.collect() } else { Vec::new() }
    }
}

fn explain_loci(
    case: &Case<'_>,
    asked: Asked,
    candidate: SampleIndex,
    population: usize,
    by_relationship: &[Scored],
    assessment: &Assessment,
) -> Vec<LocusExplanation> {
    let mut running = 0.0;
    let added: Vec<_> = by_relationship.iter().map(Scored::by_locus).collect();
    let lines: Vec<_> =
        by_relationship.iter().filter(|scored| scored.lines.len() > 1).flat_map(|scored| &scored.lines).collect();
    let loci = case.models.loci.iter().enumerate();
    loci.map(|(position, &locus)| {
        let call = |sample| case.panel.observation(sample, locus).call;
        let (child, known, other) = (call(asked.child), asked.known.map(call), call(candidate));
        let inconsistent = assessment.inconsistent.contains(&locus);
        running += added[0][position];
        LocusExplanation {
            locus: case.panel.loci()[locus].to_string(),
            child: child.to_string(),
            known_parent: known.map(|known| known.to_string()),
            candidate: other.to_string(),
            frequencies: frequencies_used(
                case.models,
                population,
                position,
                [Some(child), known, Some(other)].into_iter().flatten(),
            ),
            log10_lr: added.iter().map(|scores| scores[position]).collect(),
            log10_lr_by_line: lines.iter().map(|(_, scores)| scores[position]).collect(),
            running_log10_lr: running,
            inconsistent,
            steps_needed: inconsistent.then(|| steps_needed(child, known, other)).flatten(),
        }
    })
    .collect()
}

/// The frequency of each allele of these calls at a locus (0-based among those in use), which has no other unseen alleles than
/// theirs; none where the locus does not count.
pub fn frequencies_used(
    models: &CaseModels,
    population: usize,
    position: usize,
    calls: impl IntoIterator<Item = Call>,
) -> Vec<FrequencyUsed> {
    let models = &models.populations[population];
    let mut alleles: Vec<_> = calls.into_iter().flat_map(Call::alleles).collect();
    alleles.sort_unstable();
    alleles.dedup();
    let of_people =
        models.open[position].as_ref().and_then(|open| open.model(&open.unseen_of(alleles.iter().copied())).ok());
    let model = of_people.as_deref().unwrap_or(&models.loci[position]);
    let frequency = |allele| model.allele_index(allele).map(|index| model.frequencies()[index.position()]);
    alleles.retain(|_| models.counts[position]);
    alleles
        .into_iter()
        .filter_map(|allele| Some(FrequencyUsed { allele: allele.to_string(), frequency: frequency(allele)? }))
        .collect()
}

/// The fewest repeats between an allele of the candidate and an allele of the child that the known parent leaves to explain.
pub(super) fn steps_needed(child: Call, known: Option<Call>, candidate: Call) -> Option<f64> {
    let alleles: Vec<_> = child.alleles().collect();
    let known: Vec<_> = known.into_iter().flat_map(Call::alleles).collect();
    let (first, last) = (*alleles.first()?, *alleles.last()?);
    let ways = [(first, last), (last, first)];
    let explained: Vec<_> = ways.iter().filter(|(of_known, _)| known.contains(of_known)).collect();
    let to_explain: Vec<_> = if explained.is_empty() { ways.iter().collect() } else { explained };
    to_explain
        .into_iter()
        .flat_map(|(_, allele)| candidate.alleles().map(move |of_candidate| (allele.tenths(), of_candidate.tenths())))
        .filter_map(|(allele, of_candidate)| Some(f64::from(allele?.abs_diff(of_candidate?)) / 10.0))
        .reduce(f64::min)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(text: &str) -> Call {
        let alleles: Vec<_> = text.split(',').map(|allele| allele.parse().unwrap()).collect();
        Call::from_alleles(&alleles)
    }

    #[test]
    fn steps_are_counted_to_the_allele_that_is_left_to_explain() {
        assert_eq!(steps_needed(call("12,15"), None, call("13,18")), Some(1.0));
        assert_eq!(steps_needed(call("12,15"), Some(call("12,12")), call("10,13")), Some(2.0));
        assert_eq!(steps_needed(call("9.3"), None, call("8")), Some(1.3));
        assert_eq!(steps_needed(call("A"), None, call("G")), None);
    }
}
