//! The ranked candidates of each child.

use super::assess::{Assessment, OtherCandidates, assess};
use super::close::{PlacedCandidate, below_the_threshold, placed};
use super::families::CasePosterior;
use super::intervals::Intervals;
use super::parentage::{OtherRelative, Parentage};
use super::roster::{Asked, Child, Roster};
use super::rows::RowsAtHand;
use super::scan_sex::{SEXES, ScanList, SexScan};
use super::share::{ScannedShare, SexShare};
use super::{Case, MatchError};
use crate::inference::{InList, Place, as_shown, log10_add};
use crate::inheritance::Relationship;
use crate::matching::one_person::{DirectMatches, Persons};
use crate::power::LrInterval;
use crate::profile::{SampleIndex, Sex};
use crate::progress::Stage;
use crate::search::{Coverage, Hit, PlanSummary, Progress, QueryResult};
use crate::settings::RankBy;
use crate::threads::EvenlyShared;
use rayon::prelude::*;
use std::time::{Duration, Instant};

/// One reported candidate of one child.
#[derive(Clone, Debug)]
pub struct Candidacy {
    /// The child.
    pub child: SampleIndex,
    /// The candidate.
    pub candidate: SampleIndex,
    /// Position in the child's list, from 1.
    pub rank: usize,
    /// The lowest of the populations' log10 LR.
    pub log10_lr: f64,
    /// log10 LR in each population.
    pub by_population: Vec<f64>,
    /// The interval of log10 LR that uncertain allele frequencies leave, where it was asked for.
    pub interval: Option<LrInterval>,
    /// The probability that this person is the parent, given all candidates: the same for each of its samples; the lowest of the
    /// populations.
    pub posterior: f64,
    /// The same in each population.
    pub posterior_by_population: Vec<f64>,
    /// The greatest that the posterior can be, whoever was not scored being impossible.
    pub posterior_at_most: f64,
    /// The probability that this person is the parent, given all children and candidates of the case (the lowest of the
    /// populations), where it is known.
    pub posterior_case: Option<f64>,
    /// How far that can be off, about; 0 where it is exact.
    pub posterior_case_error: Option<f64>,
    /// What this person is if not the parent.
    pub other: OtherRelative,
    /// Expected number of unrelated candidates of this sex in the list that score at least as high, where it was asked for.
    pub expected_false_leads: Option<f64>,
    /// The pair looked at closely.
    pub assessment: Assessment,
}

/// What the search for parents found.
#[derive(Clone, Debug, Default)]
pub struct ParentSearch {
    /// The candidates of all children, by child (in the order of their ids) and rank.
    pub candidacies: Vec<Candidacy>,
    /// Which candidates are one person.
    pub persons: Persons,
    /// For each child of the roster and each sex, what the scan of its persons came to, where it was asked.
    pub(super) totals: Vec<[Option<ScanTotals>; 3]>,
    /// Pairs compared.
    pub pairs: u64,
    /// Pairs that were not compared because the candidate is too young.
    pub too_young: u64,
    /// Time to make the score rows and the plans.
    pub plan_time: Duration,
    /// Time to compare the pairs.
    pub scan_time: Duration,
    /// Time to find samples of one person among what is reported.
    pub reported_time: Duration,
    /// Time to look closely at what is reported.
    pub assess_time: Duration,
    /// How each sex was scanned.
    pub plans: Vec<(Sex, SexPlan)>,
}

/// How the candidates of one sex were scanned.
#[derive(Clone, Debug)]
pub struct SexPlan {
    /// The plan (of the first part for the first children, where there are several).
    pub plan: PlanSummary,
    /// In how many parts the candidates were in memory, and the children, where the scan was done in this run.
    pub parts: Option<(usize, usize)>,
}

impl ParentSearch {
    /// What is reported for this child, best first.
    pub fn of_child(&self, child: SampleIndex) -> &[Candidacy] {
        let start = self.candidacies.partition_point(|candidacy| candidacy.child < child);
        let count = self.candidacies[start..].partition_point(|candidacy| candidacy.child == child);
        &self.candidacies[start..start + count]
    }

    /// The candidates reported for this child, best first.
    pub fn candidates_of(&self, child: SampleIndex) -> impl Iterator<Item = SampleIndex> + Clone + '_ {
        self.of_child(child).iter().map(|candidacy| candidacy.candidate)
    }
}

/// What the scan of one child and one sex came to.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct ScanTotals {
    /// How many persons were compared.
    pub compared: u64,
    /// log10 of the sum of their LRs. Those that the sum leaves out count with the threshold that they did not reach:
    pub log10_lr: f64,
    /// log10 of what they come to so.
    pub log10_bound: f64,
}

/// The result of scanning the candidates of one sex: by child of the roster, if it was asked of.
type BySex = [Vec<Option<QueryResult>>; 3];

/// Finds and ranks the candidates of every child, from what all shares found.
///
/// Pairs of samples that are one person are left out of the comparison. Samples of one person are one candidate.
///
/// # Errors
/// A case that the likelihood engine refuses, or an interruption.
pub fn find_parents(
    case: &Case<'_>,
    roster: &Roster,
    direct: &mut DirectMatches,
    first: ScannedShare,
    progress: &dyn Progress,
) -> Result<ParentSearch, MatchError> {
    let mut search = ParentSearch {
        persons: Persons::new(case, direct, &roster.candidates),
        plan_time: first.plan_time,
        scan_time: first.scan_time,
        ..ParentSearch::default()
    };
    let mut scans = scans_of(case, roster, direct, &search.persons);
    let mut by_sex: BySex = std::array::from_fn(|_| vec![None; roster.children.len()]);
    for ((results, scan), first) in by_sex.iter_mut().zip(&scans).zip(first.by_sex) {
        let Some(SexShare { found, plan, parts }) = first else { continue };
        search.plans.push((scan.sex, SexPlan { plan, parts }));
        let compared = Compared { case, roster, direct, scan, asked: &scan.asked };
        compared.take_in(&scan.recorded, found.finish(&case.wanted(roster)), results, &mut search);
        compared.scan_persons(results, &mut search, progress)?;
    }
    let started = Instant::now();
    let is_more =
        !direct.all_with_all && direct.compare_reported(case, &reported(&by_sex), &roster.candidates, progress)?;
    search.reported_time = started.elapsed();
    if is_more {
        search.persons = Persons::new(case, direct, &roster.candidates);
        scans = scans_of(case, roster, direct, &search.persons);
        scan_persons_again(case, roster, direct, &scans, &mut by_sex, &mut search, progress)?;
    }
    rank(case, roster, direct, &scans, &by_sex, &mut search, progress)?;
    Ok(search)
}

/// Ranks the candidates of every child, with what is told of each.
fn rank(
    case: &Case<'_>,
    roster: &Roster,
    direct: &DirectMatches,
    scans: &[SexScan; 3],
    by_sex: &BySex,
    search: &mut ParentSearch,
    progress: &dyn Progress,
) -> Result<(), MatchError> {
    let results_of = |position: usize| by_sex.each_ref().map(|results| results[position].as_ref());
    let found: Vec<_> = (0..roster.children.len()).map(|at| placed(scans, at, results_of(at))).collect();
    let below = below_the_threshold(case, direct, scans, &found, progress)?;
    let hits = by_sex.iter().flatten().flatten().flat_map(|result| &result.hits);
    case.panel.keep(hits.map(|hit| SampleIndex(hit.member)))?;
    let started = Instant::now();
    progress.begin(Stage::of("rivals", "children", roster.children.len() as u64));
    let intervals = case.settings.reports_intervals().then(|| Intervals::new(case)).transpose()?;
    let totals = |result: &QueryResult| ScanTotals::of(result, case.settings.search.min_log10_lr);
    search.totals = (0..roster.children.len()).map(|at| results_of(at).map(|result| result.map(totals))).collect();
    search.candidacies = roster
        .children
        .par_iter()
        .enumerate()
        .evenly_shared()
        .map(|(position, child)| {
            let cut = below.each_ref().map(|of_sex| of_sex[position]);
            let beside: Vec<_> = found[position].iter().copied().chain(cut.into_iter().flatten()).collect();
            let results = results_of(position);
            let among = Among { direct, beside: &beside };
            let ranked = rank_child(case, intervals.as_ref(), child, among, results);
            progress.advance(1);
            ranked
        })
        .collect::<Result<Vec<_>, _>>()?
        .into_iter()
        .flatten()
        .collect();
    search.assess_time = started.elapsed();
    Ok(())
}

/// The scans of the candidates of each sex, persons of several samples apart.
fn scans_of(case: &Case<'_>, roster: &Roster, direct: &DirectMatches, persons: &Persons) -> [SexScan; 3] {
    let several = direct.with_another(&roster.candidates);
    SEXES.map(|sex| SexScan::new(case, roster, persons, &several, sex))
}

/// Who was found, by child of the roster, ascending.
fn reported(by_sex: &BySex) -> Vec<Vec<SampleIndex>> {
    let of_child = |at: usize| {
        let hits = by_sex.iter().filter_map(|results| results[at].as_ref()).flat_map(|result| &result.hits);
        let mut reported: Vec<_> = hits.map(|hit| SampleIndex(hit.member)).collect();
        reported.sort_unstable();
        reported
    };
    (0..by_sex[0].len()).map(of_child).collect()
}

/// Scans once more for the children with a reported candidate who turned out to have given several samples, now by persons.
fn scan_persons_again(
    case: &Case<'_>,
    roster: &Roster,
    direct: &DirectMatches,
    scans: &[SexScan; 3],
    by_sex: &mut BySex,
    search: &mut ParentSearch,
    progress: &dyn Progress,
) -> Result<(), MatchError> {
    let has_several = |hit: &Hit| search.persons.samples(SampleIndex(hit.member)).is_some();
    let is_concerned = |results: &Option<QueryResult>| results.iter().flat_map(|result| &result.hits).any(has_several);
    let concerned: Vec<bool> =
        (0..by_sex[0].len()).map(|at| by_sex.iter().any(|results| is_concerned(&results[at]))).collect();
    let mut again = ParentSearch::default();
    for (results, scan) in by_sex.iter_mut().zip(scans) {
        let asked = scan.asked_where(|position| concerned[position]);
        asked.iter().for_each(|(position, _)| results[*position] = None);
        let compared = Compared { case, roster, direct, scan, asked: &asked };
        compared.scan(&scan.recorded, results, &mut again, progress)?;
        compared.scan_persons(results, &mut again, progress)?;
    }
    search.plan_time += again.plan_time;
    search.scan_time += again.scan_time;
    Ok(())
}

/// Children compared with the candidates of one sex.
struct Compared<'a> {
    case: &'a Case<'a>,
    roster: &'a Roster,
    direct: &'a DirectMatches,
    scan: &'a SexScan,
    /// The children, with their positions in the roster.
    asked: &'a [(usize, Asked)],
}

impl Compared<'_> {
    /// Compares them with those who gave several samples.
    fn scan_persons(
        &self,
        results: &mut [Option<QueryResult>],
        search: &mut ParentSearch,
        progress: &dyn Progress,
    ) -> Result<(), MatchError> {
        self.scan(&self.scan.persons, results, search, progress)?;
        self.scan(&self.scan.further, results, search, progress)
    }

    /// Compares them with a whole list.
    fn scan(
        &self,
        list: &ScanList,
        results: &mut [Option<QueryResult>],
        search: &mut ParentSearch,
        progress: &dyn Progress,
    ) -> Result<(), MatchError> {
        if self.asked.is_empty() || list.members.is_empty() {
            return Ok(());
        }
        let (case, direct) = (self.case, self.direct);
        let pairs = self.asked.len() as u64 * list.members.len() as u64;
        progress.begin(Stage::of(self.scan.name(), "pairs", pairs));
        let task = case.ranking(self.roster, list);
        let scanned = case.scan(&task, self.asked, |asked| SexScan::queries(case, direct, list, asked), progress)?;
        search.plan_time += scanned.plan_time;
        search.scan_time += scanned.scan_time;
        self.take_in(list, scanned.results(), results, search);
        Ok(())
    }

    /// Adds what was found in a list to the `results`, by child of the roster.
    fn take_in(
        &self,
        list: &ScanList,
        found: Vec<QueryResult>,
        results: &mut [Option<QueryResult>],
        search: &mut ParentSearch,
    ) {
        let wanted = self.case.wanted(self.roster);
        let counts = !std::ptr::eq(list, &self.scan.further);
        for ((position, asked), mut result) in self.asked.iter().zip(found) {
            if let Some(ages) = &list.ages {
                let excluded = self.case.excluded(asked.child, asked.known, self.direct);
                let lists = (&list.members[..], &list.left_out[..]);
                search.too_young += ages.leave_out(self.case, asked.child, &excluded, lists, &wanted, &mut result);
            }
            search.pairs += result.compared;
            match &mut results[*position] {
                Some(before) => add(before, result, counts),
                empty => *empty = Some(result),
            }
        }
    }
}

/// Adds what was found among further candidates; where they are no further persons they do not count.
fn add(before: &mut QueryResult, result: QueryResult, counts: bool) {
    before.hits.extend(result.hits);
    before.hits.sort_unstable_by(|left, right| right.score.total_cmp(&left.score).then(left.member.cmp(&right.member)));
    if counts {
        before.at_or_above += result.at_or_above;
        before.compared += result.compared;
        before.total.log10 = log10_add(before.total.log10, result.total.log10);
    }
}

impl Case<'_> {
    /// The samples that are never compared with this child, ascending: itself, its other samples (unless they are what is
    /// looked for), and the known parent of the question in all samples. Those who are too young are left out by [`super::ages`].
    pub fn excluded(&self, child: SampleIndex, known: Option<SampleIndex>, direct: &DirectMatches) -> Vec<u32> {
        let mut excluded: Vec<_> = known.into_iter().flat_map(|known| direct.of(known).chain([known])).collect();
        if self.settings.search.relationship != Relationship::Identity {
            excluded.extend(direct.of(child));
        }
        excluded.push(child);
        excluded.sort_unstable();
        excluded.dedup();
        excluded.into_iter().map(|sample| sample.0).collect()
    }
}

impl ScanTotals {
    fn of(result: &QueryResult, threshold: Option<f64>) -> Self {
        let left_out = (result.compared - result.at_or_above) as f64;
        let log10_bound = match (result.total.covers, threshold) {
            (Coverage::All, _) | (_, None) => f64::NEG_INFINITY,
            (_, Some(threshold)) => left_out.log10() + threshold,
        };
        Self { compared: result.compared, log10_lr: log10_add(result.total.log10, log10_bound), log10_bound }
    }
}

impl Candidacy {
    /// Takes in what was found of the child's parents.
    pub(super) fn weigh(&mut self, in_list: InList, parentage: &Parentage, persons: &Persons) {
        let person = persons.stands_for(self.candidate);
        self.posterior_by_population = parentage.posteriors(in_list, person);
        self.posterior = parentage.posterior(in_list, person);
        self.posterior_at_most = parentage.at_most(in_list, person);
        self.other = parentage.other(in_list, person);
    }

    /// Takes in what was found of all children together.
    pub(super) fn weigh_in_case(
        &mut self,
        in_list: InList,
        parentage: &Parentage,
        case: &CasePosterior,
        persons: &Persons,
    ) {
        let person = persons.stands_for(self.candidate);
        let own = Place::BOTH.map(|place| parentage.posteriors_in(in_list, place, person));
        self.posterior_case = Some(case.of_person(person, &own));
        self.posterior_case_error = Some(case.error());
    }
}

/// What a child's candidates are seen among.
#[derive(Clone, Copy)]
struct Among<'a> {
    direct: &'a DirectMatches,
    /// Whoever was found, reported or not.
    beside: &'a [PlacedCandidate],
}

/// A candidate that may be reported: its place, its score, and its interval where it was asked for.
struct RankedCandidate {
    hit: Hit,
    /// Its score as it is ranked by.
    shown: f64,
    asked: Asked,
    interval: Option<LrInterval>,
}

/// The best candidates of one child over all sexes, in order.
fn rank_child(
    case: &Case<'_>,
    intervals: Option<&Intervals<'_>>,
    child: &Child,
    among: Among<'_>,
    results: [Option<&QueryResult>; 3],
) -> Result<Vec<Candidacy>, MatchError> {
    let search = &case.settings.search;
    let mut hits: Vec<RankedCandidate> = Vec::new();
    for (&sex, result) in SEXES.iter().zip(results) {
        let asked = child.asked(case, search.relationship, sex);
        let asked = asked.unwrap_or_else(|| child.asked_with(case, search.relationship, sex, None));
        let hits_of_sex = result.into_iter().flat_map(|result| &result.hits);
        hits.extend(hits_of_sex.map(|&hit| RankedCandidate { hit, shown: as_shown(hit.score), asked, interval: None }));
    }
    let by_score = |left: &RankedCandidate, right: &RankedCandidate| {
        right.shown.total_cmp(&left.shown).then(left.hit.member.cmp(&right.hit.member))
    };
    hits.sort_by(by_score);
    if search.rank_by == RankBy::Estimate {
        hits.truncate(search.top);
    }
    if let Some(intervals) = intervals {
        hits.par_iter_mut().try_for_each(|ranked| {
            ranked.interval = Some(intervals.of(ranked.asked, SampleIndex(ranked.hit.member))?);
            Ok::<_, MatchError>(())
        })?;
    }
    if search.rank_by == RankBy::Lower {
        let low =
            |ranked: &RankedCandidate| ranked.interval.map_or(f64::NEG_INFINITY, |interval| as_shown(interval.low));
        hits.sort_by(|left, right| low(right).total_cmp(&low(left)).then_with(|| by_score(left, right)));
        hits.truncate(search.top);
    }
    let mut rows = RowsAtHand::new(case);
    hits.iter().enumerate().map(|(index, ranked)| candidacy(&mut rows, child, among, (index, ranked))).collect()
}

/// One of the hits looked at closely, beside whoever else was found.
fn candidacy(
    rows: &mut RowsAtHand<'_>,
    child: &Child,
    among: Among<'_>,
    (index, ranked): (usize, &RankedCandidate),
) -> Result<Candidacy, MatchError> {
    let RankedCandidate { hit, asked, interval, .. } = *ranked;
    let candidate = SampleIndex(hit.member);
    let place = PlacedCandidate { hit, place: asked.candidate_sex() };
    let Among { direct, beside } = among;
    let next = place.next(rows.case().settings.search.relationship, direct, beside.iter());
    let others = OtherCandidates { next, same_person: direct.of(candidate).next().is_some() };
    Ok(Candidacy {
        child: child.sample,
        candidate,
        rank: index + 1,
        log10_lr: hit.score,
        by_population: rows.totals(asked, candidate)?,
        interval,
        posterior: 0.0,
        posterior_by_population: Vec::new(),
        posterior_at_most: 0.0,
        posterior_case: None,
        posterior_case_error: None,
        other: OtherRelative::default(),
        expected_false_leads: None,
        assessment: assess(rows, child, asked, candidate, hit.score, others)?,
    })
}
