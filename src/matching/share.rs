//! The first scans, of all candidates or of a fixed share of them: who is one person with whom, and the best candidates of each
//! child. What the shares found is put together; whatever needs all candidates comes after ([`super::run`]).
//!
//! A share knows all that its own candidates have to do with: every sample that is one person with one of them. So it leaves out
//! of the ranking whoever gave several samples; these persons are compared once all shares are together ([`super::parents`]).

use super::limits::{EXACT_LIMIT, SPARE, SUMMED_LIMIT};
use super::one_person::{DirectMatches, Persons, compares_all, find_pairs_with};
use super::parts::Task;
use super::roster::Roster;
use super::scan_sex::{SEXES, ScanList, SexScan, of_recorded_sex};
use super::{Case, MatchError};
use crate::profile::{SampleIndex, Sex};
use crate::progress::{Progress, Stage};
use crate::search::{PART, PlanSummary, ScanPart, Wanted};
use crate::settings::RankBy;
use serde::{Deserialize, Serialize};
use std::ops::Range;
use std::str::FromStr;
use std::time::{Duration, Instant};

/// Part `number` (from 1) of so many parts of the candidates: the same candidates on every machine.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct Share {
    /// From 1.
    number: usize,
    /// How many there are.
    of: usize,
}

/// A text that names no part.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected the number of a part and how many there are, such as 3/16")]
pub struct NoShare;

impl Share {
    /// All candidates.
    pub const WHOLE: Self = Self { number: 1, of: 1 };

    /// Part `number` of `of`; nothing where there is no such part.
    pub fn new(number: usize, of: usize) -> Option<Self> {
        (1..=of).contains(&number).then_some(Self { number, of })
    }

    /// Which part it is, from 1.
    pub fn number(self) -> usize {
        self.number
    }

    /// How many parts there are.
    pub fn of(self) -> usize {
        self.of
    }

    /// The positions that are this part's in a list of this length, which is cut at multiples of `unit` only.
    pub(crate) fn positions(self, length: usize, unit: usize) -> Range<usize> {
        let units = length.div_ceil(unit) as u128;
        let cut = |parts: usize| ((units * parts as u128 / self.of as u128) as usize * unit).min(length);
        cut(self.number - 1)..cut(self.number)
    }
}

impl FromStr for Share {
    type Err = NoShare;

    fn from_str(text: &str) -> Result<Self, NoShare> {
        let (number, of) = text.trim().split_once('/').ok_or(NoShare)?;
        let parsed = |text: &str| text.trim().parse::<usize>().map_err(|_| NoShare);
        Self::new(parsed(number)?, parsed(of)?).ok_or(NoShare)
    }
}

impl std::fmt::Display for Share {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}/{}", self.number, self.of)
    }
}

/// What the first scans of a share found.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct ScannedShare {
    /// Pairs of samples that are one person: the share's own with any.
    pub(super) pairs: Vec<(SampleIndex, SampleIndex)>,
    /// What was wanted of each child.
    wanted: Wanted,
    /// The candidates by recorded sex, those of persons of several samples apart; nothing where nobody is asked.
    pub(super) by_sex: [Option<SexShare>; 3],
    /// Time to find samples of one person.
    #[serde(skip)]
    pub(super) direct_time: Duration,
    /// Time to make the score rows and the plans.
    #[serde(skip)]
    pub(super) plan_time: Duration,
    /// Time to compare the pairs.
    #[serde(skip)]
    pub(super) scan_time: Duration,
}

/// What was found among the candidates of one recorded sex.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub(super) struct SexShare {
    /// One answer for each child who is asked about.
    pub(super) found: ScanPart,
    /// How all candidates of the sex are scanned.
    pub(super) plan: PlanSummary,
    /// In how many parts the candidates were in memory, and the children, where the scan was done in this run.
    #[serde(skip)]
    pub(super) parts: Option<(usize, usize)>,
}

/// Does the first scans of a share.
///
/// # Errors
/// A case that the likelihood engine refuses, or an interruption.
pub fn scan_share(
    case: &Case<'_>,
    roster: &Roster,
    share: Share,
    progress: &dyn Progress,
) -> Result<ScannedShare, MatchError> {
    let started = Instant::now();
    let children = roster.children.iter();
    case.panel.keep(children.flat_map(|child| [Some(child.sample), child.mother, child.father]).flatten())?;
    let unit = if case.needs_sums(roster) { PART } else { 1 };
    let own = SEXES.map(|sex| {
        let recorded = of_recorded_sex(case, roster, sex);
        recorded[share.positions(recorded.len(), unit)].to_vec()
    });
    let direct = find_pairs_with(case, roster, &own_samples(roster, share, &own), progress)?;
    let mut scanned = ScannedShare {
        pairs: direct.pairs.iter().map(|pair| (pair.first, pair.second)).collect(),
        wanted: case.wanted(roster),
        by_sex: [None, None, None],
        direct_time: started.elapsed(),
        plan_time: Duration::ZERO,
        scan_time: Duration::ZERO,
    };
    let several = direct.with_another(&roster.candidates);
    for (at, own) in own.iter().enumerate() {
        let scan = SexScan::new(case, roster, &Persons::default(), &several, SEXES[at]);
        scanned.by_sex[at] = scanned.scan_sex(case, roster, &direct, &scan, own, progress)?;
    }
    Ok(scanned)
}

/// The samples of a share, ascending: its candidates, and its part of whoever else is compared with everybody.
fn own_samples(roster: &Roster, share: Share, candidates: &[Vec<u32>; 3]) -> Vec<u32> {
    let is_other = |sample: &SampleIndex| roster.candidates.binary_search(sample).is_err();
    let children = if compares_all(roster) { &roster.children[..] } else { &[] };
    let others = children.iter().map(|child| child.sample).filter(is_other);
    let others: Vec<u32> = others.map(|sample| sample.0).collect();
    let mut own: Vec<u32> = candidates.iter().flatten().copied().collect();
    own.extend(&others[share.positions(others.len(), 1)]);
    own.sort_unstable();
    own
}

impl ScannedShare {
    fn scan_sex(
        &mut self,
        case: &Case<'_>,
        roster: &Roster,
        direct: &DirectMatches,
        scan: &SexScan,
        own: &[u32],
        progress: &dyn Progress,
    ) -> Result<Option<SexShare>, MatchError> {
        if scan.asked.is_empty() {
            return Ok(None);
        }
        let list = &scan.recorded;
        progress.begin(Stage::of(scan.name(), "pairs", scan.asked.len() as u64 * own.len() as u64));
        let task = Task { members: own, ..case.ranking(roster, list) };
        let scanned = case.scan(&task, &scan.asked, |asked| SexScan::queries(case, direct, list, asked), progress)?;
        self.plan_time += scanned.plan_time;
        self.scan_time += scanned.scan_time;
        Ok(scanned.plan.map(|plan| SexShare { found: scanned.part, plan, parts: Some(scanned.parts) }))
    }

    /// Takes in what another share of the same case found.
    ///
    /// # Panics
    /// Shares of different cases ([`ScannedShare::goes_with`]): a broken invariant.
    pub fn merge(&mut self, other: Self) {
        self.pairs.extend(other.pairs);
        self.pairs.sort_unstable();
        self.pairs.dedup();
        for (own, other) in self.by_sex.iter_mut().zip(other.by_sex) {
            if let (Some(own), Some(other)) = (own, other) {
                own.found.merge(other.found, &self.wanted);
            }
        }
    }

    /// Whether another share answers the same questions in the same way.
    pub fn goes_with(&self, other: &Self) -> bool {
        let goes_with = |(own, other): (&Option<SexShare>, &Option<SexShare>)| match (own, other) {
            (None, None) => true,
            (Some(own), Some(other)) => own.found.goes_with(&other.found),
            _ => false,
        };
        self.wanted == other.wanted && self.by_sex.iter().zip(&other.by_sex).all(goes_with)
    }

    /// Whether this can have been found in this case.
    pub fn fits(&self, case: &Case<'_>, roster: &Roster) -> bool {
        let is_sample = |sample: SampleIndex| (sample.0 as usize) < case.panel.len();
        let is_candidate = |member: u32| roster.candidates.binary_search(&SampleIndex(member)).is_ok();
        let fits = |(sex, own): (Sex, &Option<SexShare>)| {
            let asked = SexScan::asked(case, roster, sex).len();
            match own {
                None => asked == 0,
                Some(own) => own.found.queries() == asked && own.found.members().all(is_candidate),
            }
        };
        self.wanted == case.wanted(roster)
            && self.pairs.iter().all(|&(first, second)| first < second && is_sample(second))
            && SEXES.into_iter().zip(&self.by_sex).all(fits)
    }
}

impl Case<'_> {
    /// What is wanted of each child and the candidates of one sex.
    pub(super) fn wanted(&self, roster: &Roster) -> Wanted {
        // who is first by the lower ends may be far down by the estimates
        let top = match self.settings.search.rank_by {
            RankBy::Lower => roster.candidates.len(),
            RankBy::Estimate => self.settings.search.top.saturating_add(SPARE),
        };
        Wanted { threshold: self.settings.search.min_log10_lr, top }
    }

    /// Whether sums over candidates who are not reported are needed: smaller runs are weighed candidate by candidate.
    fn needs_sums(&self, roster: &Roster) -> bool {
        pairs(roster) > EXACT_LIMIT
    }

    /// The scan of a whole list for the best candidates.
    pub(super) fn ranking<'l>(&self, roster: &Roster, list: &'l ScanList) -> Task<'l> {
        Task {
            list: &list.members,
            members: &list.members,
            left_out: &list.left_out,
            wanted: self.wanted(roster),
            needs_total: needs_total(pairs(roster), self.settings.search.min_log10_lr),
            beside: list.columns(),
        }
    }
}

fn pairs(roster: &Roster) -> u64 {
    roster.children.len() as u64 * roster.candidates.len() as u64
}

/// Whether every pair has to be looked up for the sum of all.
fn needs_total(pairs: u64, threshold: Option<f64>) -> bool {
    pairs > EXACT_LIMIT && (threshold.is_none() || pairs <= SUMMED_LIMIT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_runs_with_a_threshold_leave_out_who_cannot_reach_it() {
        let needs = |pairs, threshold| needs_total(pairs, threshold);
        assert_eq!([EXACT_LIMIT, EXACT_LIMIT + 1].map(|pairs| needs(pairs, None)), [false, true]);
        let pairs = [EXACT_LIMIT, EXACT_LIMIT + 1, SUMMED_LIMIT, SUMMED_LIMIT + 1, 1_000_000_000_000];
        assert_eq!(pairs.map(|pairs| needs(pairs, Some(2.0))), [false, true, true, false, false]);
    }

    #[test]
    fn parts_take_everybody_once() {
        for (length, unit) in [(0, 1), (1, 1), (10, 1), (11, 4), (100_000, PART)] {
            for of in [1, 2, 3, 7, 200_001] {
                let mut next = 0;
                for number in 1..=of {
                    let own = Share::new(number, of).unwrap().positions(length, unit);
                    assert!(own.start == next && (own.end == length || own.end.is_multiple_of(unit)));
                    next = own.end;
                }
                assert_eq!(next, length);
            }
        }
    }

    #[test]
    fn a_part_has_a_number_within_theirs() {
        assert_eq!("3/16".parse(), Ok(Share { number: 3, of: 16 }));
        for wrong in ["", "3", "0/4", "5/4", "-1/4", "1/0", "a/b", "1/2/3", "1.5/2"] {
            assert_eq!(wrong.parse::<Share>(), Err(NoShare), "{wrong}");
        }
    }
}
