//! One child and one candidate, locus by locus: what was seen, the frequencies used, the LR under each relationship, and why.

use super::assess::{Assessment, Others, RIVALS, assess};
use super::roster::{Asked, Child};
use super::rows::RowsAtHand;
use super::{Case, MatchError};
use crate::inheritance::Relationship;
use crate::profile::{Call, SampleIndex};
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
    /// The frequency of each allele that any of them shows.
    pub frequencies: Vec<FrequencyUsed>,
    /// log10 LR under each relationship, in the order of [`Explanation::relationships`]; in JSON minus infinity is `"-inf"`.
    #[serde(serialize_with = "log10_numbers")]
    pub log10_lr: Vec<f64>,
    /// Sum of the tested relationship's log10 LR over this locus and those before it.
    #[serde(serialize_with = "log10_number")]
    pub running_log10_lr: f64,
    /// Whether the locus is impossible under the tested relationship unless an allele mutated.
    pub inconsistent: bool,
    /// The fewest repeats by which a candidate's allele must have changed, where the locus is inconsistent.
    pub steps_needed: Option<f64>,
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
    /// The relationships scored; the tested one is first.
    pub relationships: Vec<Relationship>,
    /// log10 LR of each relationship against unrelated.
    #[serde(serialize_with = "log10_numbers")]
    pub total_log10_lr: Vec<f64>,
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
    let asked = child.asked(case, tested, sex).unwrap_or_else(|| child.asked_with(case, tested, sex, None));
    let mut rows = RowsAtHand::new(case);
    let totals = rows.totals(asked, candidate)?;
    let lowest = (0..totals.len()).min_by(|&one, &other| totals[one].total_cmp(&totals[other])).unwrap_or(0);
    let relationships: Vec<_> =
        std::iter::once(tested).chain(RIVALS.into_iter().filter(|rival| *rival != tested)).collect();
    let by_relationship = relationships
        .iter()
        .map(|&relationship| scores(case, &mut rows, child, asked, relationship, candidate, lowest))
        .collect::<Result<Vec<_>, _>>()?;
    let assessment = assess(case, &mut rows, child, asked, candidate, totals[lowest], Others::default())?;
    Ok(Explanation {
        child: case.panel.id(child.sample).to_owned(),
        candidate: case.panel.id(candidate).to_owned(),
        known_parent: asked.known.map(|sample| case.panel.id(sample).to_owned()),
        population: case.models.populations[lowest].name.clone(),
        total_log10_lr: by_relationship.iter().map(|scores| scores.iter().sum()).collect(),
        loci: explain_loci(case, asked, candidate, lowest, &by_relationship, &assessment),
        flags: assessment.flags.iter().map(ToString::to_string).collect(),
        best_relationship: assessment.best,
        relationships,
    })
}

fn scores(
    case: &Case<'_>,
    rows: &mut RowsAtHand<'_>,
    child: &Child,
    asked: Asked,
    relationship: Relationship,
    candidate: SampleIndex,
    population: usize,
) -> Result<Vec<f64>, MatchError> {
    if relationship == Relationship::Unrelated {
        return Ok(vec![0.0; case.models.loci.len()]);
    }
    let asked = child.asked_with(case, relationship, asked.candidate_sex(), child.known_parent(asked));
    Ok(rows.scores(asked, population, candidate)?)
}

fn explain_loci(
    case: &Case<'_>,
    asked: Asked,
    candidate: SampleIndex,
    population: usize,
    by_relationship: &[Vec<f64>],
    assessment: &Assessment,
) -> Vec<LocusExplanation> {
    let mut running = 0.0;
    let loci = case.models.loci.iter().enumerate();
    loci.map(|(position, &locus)| {
        let call = |sample| case.panel.observation(sample, locus).call;
        let (child, known, other) = (call(asked.child), asked.known.map(call), call(candidate));
        let inconsistent = assessment.inconsistent.contains(&locus);
        running += by_relationship[0][position];
        LocusExplanation {
            locus: case.panel.loci()[locus].to_string(),
            child: child.to_string(),
            known_parent: known.map(|known| known.to_string()),
            candidate: other.to_string(),
            frequencies: frequencies_used(case, population, position, [Some(child), known, Some(other)]),
            log10_lr: by_relationship.iter().map(|scores| scores[position]).collect(),
            running_log10_lr: running,
            inconsistent,
            steps_needed: inconsistent.then(|| steps_needed(child, known, other)).flatten(),
        }
    })
    .collect()
}

fn frequencies_used(
    case: &Case<'_>,
    population: usize,
    position: usize,
    calls: [Option<Call>; 3],
) -> Vec<FrequencyUsed> {
    let model = &case.models.populations[population].loci[position];
    let mut alleles: Vec<_> = calls.into_iter().flatten().flat_map(Call::alleles).collect();
    alleles.sort_unstable();
    alleles.dedup();
    let frequency = |allele| model.allele_index(allele).map(|index| model.frequencies()[index.position()]);
    alleles
        .into_iter()
        .filter_map(|allele| Some(FrequencyUsed { allele: allele.to_string(), frequency: frequency(allele)? }))
        .collect()
}

/// The fewest repeats between an allele of the candidate and an allele of the child that the known parent leaves to explain.
fn steps_needed(child: Call, known: Option<Call>, candidate: Call) -> Option<f64> {
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
