//! The court report on one body or one family.

use super::grounds::{Grounds, Under};
use super::{CourtAnswer, FinishedRun, RunError, item};
use crate::identification::{
    Asked, Bodies, Body, FamilyWithSamples, IdentityExplained, QUICK_MULTIPLICATIONS, explain_identity, join_samples,
    log10_lr_together, multiplications, sexes_agree,
};
use crate::likelihood::case::LinkageGroup;
use crate::matching::{FrequencyUsed, frequencies_used};
use crate::profile::{Panel, SampleIndex};
use crate::progress::Progress;
use crate::report::court::{
    Comparison, Evidence, Item, Jointly, LocusShown, MergedSamples, Part, Question, Sensitivity, StoredIdentification,
    Subject, Together, identity_drawings,
};
use crate::run::identify_case::IdentifyCase;
use crate::run::rerun::read_identification;
use std::collections::BTreeMap;

/// Between the names, and the calls, of linked loci.
const LINKED: &str = " + ";

/// What a run says of a body, and of whether it is this missing person or the likeliest.
pub fn of_body(
    run: &FinishedRun,
    sample: &str,
    missing: Option<&str>,
    progress: &dyn Progress,
) -> Result<CourtAnswer, RunError> {
    let asked = Subject::Body(sample.to_owned());
    let stored = StoredIdentification::read(&run.folder, &asked).map_err(run.unreadable())?;
    let body = stored.body_of(sample).ok_or_else(|| run.knows_nothing_of(sample))?;
    let comparison = stored.of_body(&body, missing, &run.manifest.settings.status);
    if let (None, Some(missing)) = (&comparison, missing) {
        return Err(run.knows_nothing_of(missing));
    }
    let comparisons = Vec::from_iter(comparison);
    let answer = CourtAnswer {
        subject: Subject::Body(body.clone()),
        items: Vec::new(),
        merged: Vec::from_iter(stored.merged(&body)),
        comparisons,
        without: Vec::new(),
        together: None,
        basis: Err(String::new()),
        tables: stored.tables.clone(),
    };
    with_evidence(run, &stored, answer, progress)
}

/// What a run says of a family: for each missing person the likeliest body.
pub fn of_family(run: &FinishedRun, family: &str, progress: &dyn Progress) -> Result<CourtAnswer, RunError> {
    let subject = Subject::Family(family.to_owned());
    let stored = StoredIdentification::read(&run.folder, &subject).map_err(run.unreadable())?;
    let missing = stored.missing_of(family);
    if missing.is_empty() {
        return Err(run.knows_nothing_of(family));
    }
    let limits = &run.manifest.settings.status;
    let (mut comparisons, mut without) = (Vec::new(), Vec::new());
    for missing in missing {
        match stored.of_family(&missing, limits) {
            Some(comparison) => comparisons.push(comparison),
            None => without.push(missing),
        }
    }
    let bodies = comparisons.iter().filter_map(|comparison| Some(identity(comparison)?.0));
    let merged = bodies.filter_map(|body| stored.merged(body)).collect();
    let answer = CourtAnswer {
        subject,
        items: Vec::new(),
        merged,
        comparisons,
        without,
        together: None,
        basis: Err(String::new()),
        tables: stored.tables.clone(),
    };
    with_evidence(run, &stored, answer, progress)
}

/// Body, missing person and family of a comparison.
fn identity(comparison: &Comparison) -> Option<(&str, &str, &str)> {
    match &comparison.question {
        Question::Identity { body, missing, family } => Some((body, missing, family)),
        Question::Kinship { .. } => None,
    }
}

/// Adds what the profiles say, where they are there and unchanged.
fn with_evidence(
    run: &FinishedRun,
    stored: &StoredIdentification,
    mut answer: CourtAnswer,
    progress: &dyn Progress,
) -> Result<CourtAnswer, RunError> {
    let case = read_identification(&run.manifest, progress);
    answer.basis = case.as_ref().map_err(ToString::to_string).and_then(|case| {
        case.add_evidence(stored, &mut answer).map_err(|error| error.to_string())?;
        Ok(case.grounds().basis())
    });
    answer.items = items(&answer, case.as_ref().ok());
    if let Some(unknown) = answer.comparisons.iter().find(|one| one.found.is_none() && one.evidence.is_none()) {
        return Err(run.knows_nothing_of(&unknown.question.name()));
    }
    Ok(answer)
}

/// The samples of the bodies, and the typed relatives of the families.
fn items(answer: &CourtAnswer, case: Option<&IdentifyCase>) -> Vec<Item> {
    let shown = answer.comparisons.iter().filter_map(|one| one.evidence.as_ref()).flat_map(|one| one.people.clone());
    let mut people: Vec<(String, Part)> = shown.collect();
    if let (true, Subject::Body(body)) = (people.is_empty(), &answer.subject) {
        people.push((body.clone(), Part::Body));
    }
    // a body first, then the relatives
    people.sort_by_key(|(_, part)| *part == Part::Relative);
    let mut items: Vec<Item> = Vec::new();
    for (id, part) in people {
        if items.iter().all(|item| item.id != id) {
            let sample = case.and_then(|case| Some((&case.profiles, case.profiles.panel.find_all(&id).next()?)));
            items.push(item(&id, part, sample));
        }
    }
    items
}

/// A body against a missing person, with all that is needed to weigh it.
struct WeighedPair<'c> {
    bodies: Bodies,
    family: &'c FamilyWithSamples,
    asked: Asked,
}

impl WeighedPair<'_> {
    fn body(&self) -> &Body {
        &self.bodies.bodies[self.asked.body]
    }
}

impl IdentifyCase {
    fn grounds(&self) -> Grounds<'_> {
        Grounds { statistics: &self.statistics, models: &self.models, panel: &self.profiles.panel }
    }

    /// Adds what the profiles say to each comparison, and to all of them at once.
    fn add_evidence(&self, stored: &StoredIdentification, answer: &mut CourtAnswer) -> Result<(), RunError> {
        let under = self.grounds().under_each_theta()?;
        for comparison in &mut answer.comparisons {
            let Some((body, missing, family)) = identity(comparison) else { continue };
            let body = self.joined_body(body, stored.merged(body).as_ref())?;
            let Some(pair) = self.pair(vec![body], family, missing)? else { continue };
            let compared = match answer.subject {
                Subject::Family(_) => self.bodies_for(&pair, stored),
                _ => self.missing_for(pair.body()),
            };
            let typed: Vec<usize> = pair.family.typed.iter().map(|typed| typed.person).collect();
            let shown = (pair.body().id.as_str(), pair.body().sex);
            comparison.pedigrees =
                identity_drawings(&pair.family.family, &typed, shown, pair.asked.person).ok().flatten();
            comparison.evidence = Some(self.evidence_on(&pair, compared, &under)?);
        }
        if let Subject::Family(family) = &answer.subject {
            answer.together = self.together(stored, family, &answer.comparisons)?;
        }
        Ok(())
    }

    /// A body, its samples put together as the run did.
    fn joined_body(&self, id: &str, merged: Option<&MergedSamples>) -> Result<Body, RunError> {
        let panel = &self.profiles.panel;
        let unknown = || RunError::UnknownSample { id: id.to_owned(), samples: panel.len() };
        let Some(merged) = merged else {
            return self.roster.bodies.iter().find(|body| body.id == id).cloned().ok_or_else(unknown);
        };
        let singles: Vec<Body> = self.roster.bodies.iter().filter(|body| is_of(panel, body, merged)).cloned().collect();
        let mut samples: Vec<SampleIndex> = singles.iter().flat_map(|body| body.samples.iter().copied()).collect();
        samples.sort_unstable();
        let joined = join_samples(panel, self.populations()[0], singles, &[samples])?;
        joined.into_iter().next().ok_or_else(unknown)
    }

    /// The first of these bodies as a missing person.
    fn pair(&self, bodies: Vec<Body>, family: &str, missing: &str) -> Result<Option<WeighedPair<'_>>, RunError> {
        let Some(family) = self.roster.families.iter().find(|with| with.family.id == family) else { return Ok(None) };
        let Some(person) = family.family.pedigree.position(missing) else { return Ok(None) };
        Ok(Some(WeighedPair { bodies: self.coded(bodies)?, family, asked: Asked { body: 0, person } }))
    }

    /// How many missing persons this body could be, by their sexes.
    fn missing_for(&self, body: &Body) -> u64 {
        let families = self.roster.families.iter().map(|with| &with.family);
        let sexes = families.flat_map(|family| family.missing.iter().map(|&person| family.sex(person)));
        sexes.filter(|&sex| sexes_agree(sex, body.sex)).count() as u64
    }

    /// How many bodies could be this missing person, by their sexes.
    fn bodies_for(&self, pair: &WeighedPair<'_>, stored: &StoredIdentification) -> u64 {
        let (sex, further) = (pair.family.family.sex(pair.asked.person), stored.further_samples());
        let panel = &self.profiles.panel;
        let is_first =
            |body: &&Body| !body.samples.iter().any(|&sample| further.iter().any(|id| *id == panel.full_id(sample)));
        self.roster.bodies.iter().filter(is_first).filter(|body| sexes_agree(sex, body.sex)).count() as u64
    }

    fn evidence_on(&self, pair: &WeighedPair<'_>, compared: u64, under: &[Under]) -> Result<Evidence, RunError> {
        let panel = &self.profiles.panel;
        let explained = explain_identity(panel, &self.populations(), &pair.bodies, pair.family, pair.asked)?;
        let totals: Vec<f64> = explained.log10_lr.iter().map(|groups| groups.iter().sum()).collect();
        let lowest = (0..totals.len()).min_by(|&one, &other| totals[one].total_cmp(&totals[other])).unwrap_or(0);
        let of_body = pair.body().samples.iter().map(|&sample| (sample, Part::Body));
        let people: Vec<(SampleIndex, Part)> =
            of_body.chain(pair.family.typed.iter().map(|typed| (typed.sample, Part::Relative))).collect();
        let samples: Vec<SampleIndex> = people.iter().map(|(sample, _)| *sample).collect();
        let used: Vec<Vec<FrequencyUsed>> = (0..self.models.loci.len())
            .map(|position| {
                let calls = samples.iter().map(|&sample| panel.observation(sample, self.models.loci[position]).call);
                frequencies_used(&self.models, lowest, position, calls)
            })
            .collect();
        let sensitivity = under.iter().map(|under| {
            let log10_lr = match under.is_of_run {
                true => totals.iter().copied().map(Some).collect(),
                false => self.totals_under(pair, under)?,
            };
            Ok(Sensitivity { theta: under.theta, is_of_run: under.is_of_run, log10_lr })
        });
        Ok(Evidence {
            loci: self.shown_loci(&samples, &explained, lowest),
            people: people.into_iter().map(|(sample, part)| (panel.full_id(sample).into_owned(), part)).collect(),
            log10_lr: totals[lowest],
            loci_compared: explained.loci_compared,
            sensitivity: sensitivity.collect::<Result<_, RunError>>()?,
            raised: self.grounds().raised(lowest, used.iter().map(Vec::as_slice)),
            compared,
        })
    }

    /// Group by group what these people show and what it says.
    fn shown_loci(&self, samples: &[SampleIndex], explained: &IdentityExplained, population: usize) -> Vec<LocusShown> {
        let panel = &self.profiles.panel;
        let shown = |(group, &log10_lr): (&LinkageGroup, &f64)| {
            let joined = |of: &dyn Fn(usize) -> String| {
                group.loci.iter().map(|&locus| of(locus)).collect::<Vec<_>>().join(LINKED)
            };
            let call = |sample: SampleIndex| {
                joined(&|locus| panel.observation(sample, self.models.loci[locus]).call.to_string())
            };
            LocusShown {
                locus: joined(&|locus| self.loci[locus].to_string()),
                calls: samples.iter().map(|&sample| call(sample)).collect(),
                log10_lr,
                is_inconsistent: group.loci.iter().any(|locus| explained.inconsistent.contains(locus)),
                steps: None,
                formula: None,
            }
        };
        self.groups.iter().zip(&explained.log10_lr[population]).map(shown).collect()
    }

    /// The log10 LR under another theta, of each table; nothing where that would take too long.
    fn totals_under(&self, pair: &WeighedPair<'_>, under: &Under) -> Result<Vec<Option<f64>>, RunError> {
        let panel = &self.profiles.panel;
        let populations = self.populations_of(&under.models);
        if multiplications(panel, &populations, pair.family, &pair.bodies)? > QUICK_MULTIPLICATIONS {
            return Ok(vec![None; populations.len()]);
        }
        let explained = explain_identity(panel, &populations, &pair.bodies, pair.family, pair.asked)?;
        Ok(explained.log10_lr.iter().map(|groups| Some(groups.iter().sum())).collect())
    }

    /// All the identities of a family at once, where each is of another body.
    fn together(
        &self,
        stored: &StoredIdentification,
        family: &str,
        comparisons: &[Comparison],
    ) -> Result<Option<Together>, RunError> {
        let pairs: Vec<(&str, &str, &str)> = comparisons.iter().filter_map(identity).collect();
        let by_body: BTreeMap<&str, &str> = pairs.iter().map(|&(body, missing, _)| (body, missing)).collect();
        if pairs.len() < 2 || by_body.len() < pairs.len() {
            return Ok(None);
        }
        let bodies = by_body.keys().map(|body| self.joined_body(body, stored.merged(body).as_ref()));
        let Some(pair) = self.pair(bodies.collect::<Result<_, _>>()?, family, pairs[0].1)? else { return Ok(None) };
        let asked: Vec<Asked> = pair
            .bodies
            .bodies
            .iter()
            .enumerate()
            .filter_map(|(at, body)| {
                let person = pair.family.family.pedigree.position(by_body.get(body.id.as_str())?)?;
                Some(Asked { body: at, person })
            })
            .collect();
        let models = self.populations()[0];
        let log10_lr = log10_lr_together(&self.profiles.panel, models, &pair.bodies, pair.family, &asked)?;
        let identities = pairs.iter().map(|&(body, missing, _)| (body.to_owned(), missing.to_owned())).collect();
        let of = Jointly::Identities { family: family.to_owned(), identities };
        Ok(Some(Together { of, log10_lr, posterior: None }))
    }
}

/// Whether a body of one sample is one of these.
fn is_of(panel: &Panel, body: &Body, merged: &MergedSamples) -> bool {
    body.samples.iter().any(|&sample| merged.samples.iter().any(|id| *id == panel.full_id(sample)))
}
