//! What chance alone would do in an actual case: for each child, given its own profile, how high strangers score.

use super::false_leads::ListLeads;
use super::roster::{Child, Roster};
use super::{Case, MatchError};
use crate::inheritance::Relationship;
use crate::matching::one_person::DirectMatches;
use crate::profile::Sex;
use crate::threads::EvenlyShared;
use rayon::prelude::*;
use serde::Serialize;

/// The answers for a case.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct CasePower {
    /// The relationship that is tested against unrelated.
    pub tested: Relationship,
    /// Each child with the candidates of each sex, in the order of the children's ids.
    pub lists: Vec<ListPower>,
    /// Expected number of false leads over all children, at each threshold.
    pub expected_false_leads: Vec<(f64, f64)>,
    /// How far, in log10 units, rounding raised scores at most: an expected number is never too low, nor above that of a threshold
    /// lower by this.
    pub rounded_up_by: f64,
}

/// One child and the candidates of one sex.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct ListPower {
    /// The child.
    pub child_id: String,
    /// The typed parent that is taken as known.
    pub known_parent_id: Option<String>,
    /// Loci in use at which the child has a call.
    pub loci: usize,
    /// The candidates' sex.
    pub candidate_sex: Sex,
    /// Number of candidates compared.
    pub candidates: u64,
    /// The least threshold, of those that are a multiple of 0.01, at which at most one false lead is expected; nothing where that is so at
    /// the least threshold asked for.
    pub threshold_of_one: Option<f64>,
    #[serde(skip)]
    rounded_up_by: f64,
    /// What happens at each threshold.
    pub thresholds: Vec<ListThreshold>,
}

/// A threshold of log10 LR and what chance does there.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
pub struct ListThreshold {
    /// The threshold.
    pub threshold: f64,
    /// Expected number of these candidates at or above it if all were strangers.
    pub expected_false_leads: f64,
    /// The probability that none is.
    pub none: f64,
    /// The probability that one stranger is who is typed at every locus.
    pub stranger: f64,
    /// The probability that one of the tested relationship is who is typed at every locus.
    pub relative: f64,
}

/// log10 LRs are not expected above this.
const HIGHEST: f64 = 60.0;

/// Computes what chance alone would do.
///
/// # Errors
/// A case that the likelihood engine refuses.
pub fn case_power(
    case: &Case<'_>,
    roster: &Roster,
    direct: &DirectMatches,
    thresholds: &[f64],
) -> Result<CasePower, MatchError> {
    let leads = ListLeads::new(case, roster, direct)?;
    let pairs: Vec<(&Child, Sex)> = roster
        .children
        .iter()
        .flat_map(|child| [Sex::Male, Sex::Female, Sex::Unknown].map(|sex| (child, sex)))
        .collect();
    let lists: Vec<ListPower> = pairs
        .into_par_iter()
        .evenly_shared()
        .map(|(child, sex)| list_power(case, &leads, child, sex, thresholds))
        .collect::<Result<Vec<_>, _>>()?
        .into_iter()
        .flatten()
        .collect();
    let total = |at: usize| lists.iter().map(|list| list.thresholds[at].expected_false_leads).sum();
    let expected_false_leads = thresholds.iter().enumerate().map(|(at, &threshold)| (threshold, total(at))).collect();
    let rounded_up_by = lists.iter().map(|list| list.rounded_up_by).fold(0.0, f64::max);
    Ok(CasePower { tested: case.settings.search.relationship, lists, expected_false_leads, rounded_up_by })
}

fn list_power(
    case: &Case<'_>,
    leads: &ListLeads<'_>,
    child: &Child,
    sex: Sex,
    thresholds: &[f64],
) -> Result<Option<ListPower>, MatchError> {
    let lowest = thresholds.iter().copied().fold(f64::INFINITY, f64::min).min(HIGHEST);
    let (Some(list), Some(whole)) = (leads.of(child, sex, lowest)?, leads.typed_everywhere(child, sex, lowest)?) else {
        return Ok(None);
    };
    let known = child.asked(case, case.settings.search.relationship, sex).and_then(|asked| asked.known);
    let has_call = |locus| case.panel.observation(child.sample, locus).call.is_informative();
    let of = |&threshold: &f64| ListThreshold {
        threshold,
        expected_false_leads: list.expected_at(threshold),
        none: list.none_at(threshold),
        stranger: whole.0.expected_at(threshold),
        relative: whole.1.least_expected_at(threshold),
    };
    Ok(Some(ListPower {
        child_id: case.panel.full_id(child.sample).into_owned(),
        known_parent_id: known.map(|sample| case.panel.full_id(sample).into_owned()),
        loci: case.models.loci.iter().filter(|&&locus| has_call(locus)).count(),
        candidate_sex: sex,
        candidates: list.candidates,
        rounded_up_by: [list.raised(), whole.0.raised(), whole.1.raised()].into_iter().fold(0.0, f64::max),
        threshold_of_one: threshold_of_one(|threshold| list.expected_at(threshold), lowest),
        thresholds: thresholds.iter().map(of).collect(),
    }))
}

/// The least multiple of 0.01 above `lowest` at which at most one is expected, by halving.
fn threshold_of_one(expected_at: impl Fn(f64) -> f64, lowest: f64) -> Option<f64> {
    let value = |hundredths: i64| hundredths as f64 / 100.0;
    let (mut above, mut at_most) = ((lowest * 100.0).ceil() as i64, (HIGHEST * 100.0) as i64);
    if expected_at(value(above)) <= 1.0 {
        return None;
    }
    while at_most - above > 1 {
        let middle = above + (at_most - above) / 2;
        if expected_at(value(middle)) > 1.0 { above = middle } else { at_most = middle }
    }
    Some(value(at_most))
}
