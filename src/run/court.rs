//! The court report on one child: from a finished run folder, and from its inputs where they are there and unchanged.

use super::RunError;
use super::match_case::MatchCase;
use super::rerun::read_again;
use crate::io::case_details::CaseDetails;
use crate::io::source::Fingerprint;
use crate::io::workbook::split_part;
use crate::matching::{ClosedForm, Explanation, closed_forms, explain, totals};
use crate::model::CaseModels;
use crate::population::bundled;
use crate::profile::{SampleIndex, Sex};
use crate::progress::Progress;
#[cfg(feature = "pdf")]
use crate::report::court::RunFiles;
use crate::report::court::{
    Basis, Comparison, CourtReport, Evidence, FileState, InputState, Item, LocusUsed, Part, Place, RaisedAllele,
    Sensitivity, StoredChild, TableUsed, run_facts,
};
use crate::report::manifest::{InputFile, Manifest};
use crate::settings::Settings;
use crate::statistics::Statistics;
use std::fs;
use std::path::Path;

/// The values of theta under which every LR is given.
const THETAS: [f64; 4] = [0.0, 0.01, 0.03, 0.05];

/// A closed form counts as the locus's LR where the logarithms of both differ by no more.
const SAME: f64 = 1e-6;

/// Whom a court report is on.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct CourtRequest {
    /// The child's sample.
    pub child: String,
    /// A candidate; those whom the run names if none.
    pub candidate: Option<String>,
    /// What is known of the case beside its DNA.
    pub details: CaseDetails,
}

/// Reads what a finished run says of one child.
///
/// # Errors
/// A folder without the results of a run of `match`; a child, or a candidate, whom the run does not know.
pub fn read_court_report(
    folder: &Path,
    request: CourtRequest,
    progress: &dyn Progress,
) -> Result<CourtReport, RunError> {
    let name = || folder.display().to_string();
    let path = folder.join("manifest.json");
    let shown = path.display().to_string();
    let bytes = fs::read(&path).map_err(|source| RunError::NoManifest { path: shown.clone(), source })?;
    let manifest = Manifest::read(&bytes).map_err(|source| RunError::Manifest { path: shown.clone(), source })?;
    if manifest.command != "match" {
        return Err(RunError::OtherCommand { path: shown, found: manifest.command });
    }
    let CourtRequest { child, candidate, details } = request;
    let stored = StoredChild::read(folder, &child).map_err(|source| RunError::Report { folder: name(), source })?;
    if !stored.is_named() {
        return Err(RunError::NotInRun { id: child, folder: name() });
    }
    let relationship = manifest.settings.search.relationship;
    let mut run = run_facts(folder, &manifest, &bytes, &stored)?;
    run.inputs = manifest.inputs.iter().map(state).collect();
    let case = read_again(folder, progress);
    let sex = |id: &str| {
        let panel = case.as_ref().ok().map(MatchCase::panel);
        panel.and_then(|panel| Some(panel.sex(panel.find_all(id).next()?))).unwrap_or(Sex::Unknown)
    };
    let named = candidate.as_deref().map(|id| (id, sex(id)));
    let mut comparisons = stored.comparisons(relationship, named);
    let basis = case.as_ref().map_err(ToString::to_string).and_then(|case| {
        case.add_evidence(&child, &mut comparisons).map_err(|error| error.to_string())?;
        Ok(case.basis())
    });
    if let Some(unknown) = comparisons.iter().find(|one| one.found.is_none() && one.evidence.is_none()) {
        return Err(RunError::NotInRun { id: unknown.candidate.clone(), folder: name() });
    }
    let items = items(&child, &stored, &comparisons, case.as_ref().ok());
    let people: Vec<&str> = items.iter().map(|item| item.id.as_str()).collect();
    let (couple, rejected) = (stored.couple(&comparisons), stored.rejected(&people));
    Ok(CourtReport { child, relationship, details, run, items, comparisons, couple, basis, rejected })
}

/// The files of the run that a report rests on, to go with it.
///
/// # Errors
/// What the system refuses.
#[cfg(feature = "pdf")]
pub fn files_of_run(report: &CourtReport) -> Result<RunFiles, RunError> {
    let mut files = Vec::new();
    for (name, _) in &report.run.results {
        files.push((name.clone(), fs::read(report.run.folder.join(name))?));
    }
    let identity = report.run.results.iter().map(|(_, sha256)| sha256.as_str()).collect();
    Ok(RunFiles { ended: report.run.ended, identity, files })
}

/// What has become of a file that the run read.
fn state(input: &InputFile) -> InputState {
    let bundled = bundled::find(&input.path).filter(|_| input.role == "frequencies");
    let now = match bundled {
        Some(table) => Ok(Fingerprint::of(table.text.as_bytes())),
        None => Fingerprint::of_file(&split_part(Path::new(&input.path)).0),
    };
    let state = match now {
        Ok(now) if now.hexadecimal() == input.sha256 => FileState::Unchanged,
        Ok(_) => FileState::Changed,
        Err(_) => FileState::Gone,
    };
    InputState { role: input.role.clone(), path: input.path.clone(), sha256: input.sha256.clone(), state }
}

/// Everybody whose profile counts.
fn items(child: &str, stored: &StoredChild, comparisons: &[Comparison], case: Option<&MatchCase>) -> Vec<Item> {
    let item = |id: &str, part| {
        let sample = case.and_then(|case| case.panel().find_all(id).next().map(|sample| (case, sample)));
        let place = |(case, sample): (&MatchCase, SampleIndex)| {
            let origins = &case.profiles.origins;
            (case.profiles.files[origins.file(sample)].name.clone(), origins.line(sample))
        };
        let sex = sample.map(|(case, sample)| case.panel().sex(sample).as_str());
        Item { id: id.to_owned(), part, sex, place: sample.map(place) }
    };
    let known = comparisons.iter().filter_map(|one| one.evidence.as_ref()?.explanation.known_parent.clone());
    let candidates = comparisons.iter().map(|one| (one.candidate.clone(), Part::Candidate));
    let known = stored.stated_parents().into_iter().chain(known).map(|id| (id, Part::KnownParent));
    let mut items: Vec<Item> = vec![item(child, Part::Child)];
    for (id, part) in known.chain(candidates) {
        if items.iter().all(|other| other.id != id) {
            items.push(item(&id, part));
        }
    }
    items
}

/// The models of a case under one value of theta.
struct Under {
    theta: f64,
    models: CaseModels,
    settings: Settings,
}

impl MatchCase {
    /// Adds what the profiles say to each comparison.
    fn add_evidence(&self, child: &str, comparisons: &mut [Comparison]) -> Result<(), RunError> {
        let under = self.under_each_theta()?;
        for comparison in comparisons {
            comparison.evidence = Some(self.evidence(child, comparison, &under)?);
        }
        Ok(())
    }

    /// The models under each theta, that of the run among them.
    fn under_each_theta(&self) -> Result<Vec<Under>, RunError> {
        let mut thetas = THETAS.to_vec();
        thetas.push(self.statistics.theta());
        thetas.sort_by(f64::total_cmp);
        thetas.dedup();
        let under = |theta: f64| {
            let changed: Statistics = self.statistics.with_theta(theta);
            let models = changed.case_models(self.panel())?;
            Ok(Under { theta, models, settings: changed.settings })
        };
        thetas.into_iter().map(under).collect()
    }

    fn evidence(&self, child: &str, comparison: &Comparison, under: &[Under]) -> Result<Evidence, RunError> {
        let case = self.scoring();
        let candidate = self.candidate(&comparison.candidate)?;
        let child = self.child(child)?;
        let explanation = explain(&case, child, candidate)?;
        let named = self.models.populations.iter().position(|models| models.name == explanation.population);
        let population = named.unwrap_or(0);
        let forms = closed_forms(&case, child, candidate, population);
        let sensitivity = under.iter().map(|under| {
            let case = crate::matching::Case::new(self.panel(), &under.models, &under.settings);
            let is_of_run = under.theta == self.statistics.theta();
            Ok(Sensitivity { theta: under.theta, is_of_run, log10_lr: totals(&case, child, candidate)? })
        });
        Ok(Evidence {
            formulas: forms
                .into_iter()
                .zip(&explanation.loci)
                .map(|(form, locus)| same(form, locus.log10_lr[0]))
                .collect(),
            sensitivity: sensitivity.collect::<Result<_, RunError>>()?,
            raised: self.raised(&explanation, population),
            compared: self.compared(comparison.place),
            explanation,
        })
    }

    /// How many candidates could have this place.
    fn compared(&self, place: Place) -> u64 {
        let can_be = |sex: Sex| match place {
            Place::Father => sex != Sex::Female,
            Place::Mother => sex != Sex::Male,
            Place::Either => true,
        };
        self.roster.candidates.iter().filter(|&&candidate| can_be(self.panel().sex(candidate))).count() as u64
    }

    /// The alleles that count with more than the table says.
    fn raised(&self, explanation: &Explanation, population: usize) -> Vec<RaisedAllele> {
        let mut raised = Vec::new();
        for (position, locus) in explanation.loci.iter().enumerate() {
            let name = &self.panel().loci()[self.models.loci[position]];
            let own = self.statistics.tables.get(population).and_then(|table| table.locus(name));
            let Some(table) = own.or_else(|| self.statistics.tables.iter().find_map(|table| table.locus(name))) else {
                continue;
            };
            for used in &locus.frequencies {
                let counted = used.allele.parse().map_or(0.0, |allele| table.frequency(allele));
                if used.frequency > counted {
                    let (locus, allele) = (locus.locus.clone(), used.allele.clone());
                    raised.push(RaisedAllele { locus, allele, counted, used: used.frequency });
                }
            }
        }
        raised
    }

    /// What the likelihoods rest on.
    fn basis(&self) -> Basis {
        let markers = self.statistics.markers.as_ref();
        let table = |models: &crate::model::PopulationModels| TableUsed {
            name: models.name.clone(),
            source: bundled::find(&models.name).filter(|_| markers.is_none()).map(|table| table.source),
        };
        let locus = |(position, &locus): (usize, &usize)| {
            let name = &self.panel().loci()[locus];
            let mutation = self.models.populations[0].loci[position].definition().mutation.as_ref();
            LocusUsed {
                locus: name.to_string(),
                people: self.models.populations.iter().map(|models| models.people[position]).collect(),
                rates: mutation.map(crate::inheritance::MutationDefinition::rates),
            }
        };
        Basis {
            tables: self.models.populations.iter().map(table).collect(),
            loci: self.models.loci.iter().enumerate().map(locus).collect(),
            unused: self.models.unused.iter().map(ToString::to_string).collect(),
        }
    }
}

/// The closed form, if its value is the LR of the locus.
fn same(form: Option<ClosedForm>, log10_lr: f64) -> Option<ClosedForm> {
    form.filter(|form| (form.likelihood_ratio().log10() - log10_lr).abs() <= SAME)
}
