//! The page of a run: written with its results, and made again from a finished folder.

use super::RunError;
use super::identify_case::IdentifyCase;
use super::match_case::MatchCase;
use super::rerun::{read_again, read_identification, read_manifest};
use crate::identification::{
    FamilyCase, FamilyWithSamples, Founders, QUICK_MULTIPLICATIONS, SharedRows, multiplications, sexes_agree,
    strangers_score,
};
use crate::io::result_tables::{Format, PAGE};
use crate::io::run_folder::RunFolder;
use crate::io::unfinished::Unfinished;
use crate::matching::one_person::DirectMatches;
use crate::matching::{Child, ListLeads, LociOfPair, loci_of_pairs};
use crate::profile::{Panel, SampleIndex, Sex};
use crate::progress::Progress;
use crate::report::Manifest;
use crate::report::messages::Language;
use crate::report::page::{
    FamilyDrawing, Genotypes, Limits, PairLoci, Report, Strangers, Typing, html, range, some_of,
};
use crate::report::table::{Table, export_csv};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::Path;

/// Why a page has no genotypes until it is given some.
const NOT_YET: &str = "the profiles were not read";

/// Of so many children, or missing persons, it is computed what strangers would score.
const ASKED: usize = 10;

/// Where there are more candidates, what strangers would score is left out: it would take longer than all else of the page.
const MOST_CANDIDATES: usize = 20_000;

/// Writes the page into the folder of a run whose tables stand there (or are made for the page, where none of their formats is CSV).
pub(super) fn write_page(
    folder: &RunFolder,
    tables: &[Table<'_>],
    formats: &[Format],
    manifest: &Manifest,
    genotypes: impl FnOnce(&Report) -> Result<Genotypes, RunError>,
) -> Result<(), RunError> {
    let mut written = Vec::new();
    manifest.write(&mut written)?;
    let target = || folder.target().display().to_string();
    let read = |tables: &Path| {
        Report::read(tables, &written, Limits::PAGE, NOT_YET)
            .map_err(|source| RunError::Report { folder: target(), source })
    };
    let mut report = match formats.contains(&Format::Csv) {
        true => read(folder.scratch())?,
        false => {
            let (beside, _unfinished) = Unfinished::make(tempfile::tempdir, tempfile::TempDir::path)?;
            export_csv(beside.path(), tables)?;
            read(beside.path())?
        }
    };
    report.genotypes = genotypes(&report).map_err(|error| error.to_string());
    let page = html(&report, Language::English)?;
    folder.create_file(PAGE)?.write_all(page.as_bytes())?;
    Ok(())
}

/// Reads a finished run, with the genotypes where its inputs are there and unchanged.
///
/// # Errors
/// A folder without the results of a run of `match` or `identify`.
pub fn read_report(folder: &Path, limits: Limits, progress: &dyn Progress) -> Result<Report, RunError> {
    let path = folder.join("manifest.json");
    let manifest =
        fs::read(&path).map_err(|source| RunError::NoManifest { path: path.display().to_string(), source })?;
    let mut report = Report::read(folder, &manifest, limits, NOT_YET)
        .map_err(|source| RunError::Report { folder: folder.display().to_string(), source })?;
    let genotypes = match report.is_identify {
        false => read_again(folder, progress).and_then(|case| case.genotypes(&report)),
        true => read_manifest(&folder.join("manifest.json"), "identify")
            .and_then(|manifest| read_identification(&manifest, progress))
            .and_then(|case| case.genotypes(&report)),
    };
    report.genotypes = genotypes.map_err(|error| error.to_string());
    Ok(report)
}

impl MatchCase {
    /// What the profiles add to the pairs of a report.
    pub(super) fn genotypes(&self, report: &Report) -> Result<Genotypes, RunError> {
        let case = self.scoring();
        let children: BTreeMap<SampleIndex, usize> =
            self.roster.children.iter().enumerate().map(|(at, child)| (child.sample, at)).collect();
        let panel = self.panel();
        let of_child = |id: &str| panel.find_all(id).find_map(|sample| children.get(&sample).copied());
        let of_candidate =
            |id: &str| panel.find_all(id).find(|sample| self.roster.candidates.binary_search(sample).is_ok());
        let mut by_child: Vec<(usize, Vec<SampleIndex>)> = Vec::new();
        let subjects = report.subjects();
        let mut samples: Vec<SampleIndex> =
            subjects.iter().filter_map(|id| Some(self.roster.children[of_child(id)?].sample)).collect();
        for (child, candidate) in report.pairs() {
            let (Some(child), Some(candidate)) = (of_child(child), of_candidate(candidate)) else { continue };
            match by_child.last_mut() {
                Some((last, candidates)) if *last == child => candidates.push(candidate),
                _ => by_child.push((child, vec![candidate])),
            }
            samples.push(candidate);
        }
        let known = by_child.iter().flat_map(|&(child, _)| {
            let child = &self.roster.children[child];
            child.mother.into_iter().chain(child.father)
        });
        samples.extend(known);
        let by_child: Vec<_> =
            by_child.into_iter().map(|(child, candidates)| (&self.roster.children[child], candidates)).collect();
        let id = |sample| panel.full_id(sample).into_owned();
        let pairs = loci_of_pairs(&case, &by_child)?
            .into_iter()
            .map(|pair| ((id(pair.child), id(pair.candidate)), loci(panel, &pair)));
        Ok(Genotypes {
            loci: self.models.locus_names(panel).map(ToString::to_string).collect(),
            pairs: pairs.collect(),
            typings: typings(panel, &self.models.loci, samples)?,
            families: Vec::new(),
            strangers: self.strangers(report)?,
        })
    }

    /// How many pairs would reach each log10 LR if all candidates were strangers. Every sample counts as a person, as it does in the table.
    fn strangers(&self, report: &Report) -> Result<Option<Strangers>, RunError> {
        let Some(log10_lrs) = range(report).filter(|_| self.roster.candidates.len() <= MOST_CANDIDATES) else {
            return Ok(None);
        };
        let (case, direct) = (self.scoring(), DirectMatches::default());
        let leads = ListLeads::new(&case, &self.roster, &direct)?;
        let children = some_of(&self.roster.children, ASKED);
        let lowest = *log10_lrs.start() as f64;
        let of_child = |child: &&Child| -> Result<Vec<f64>, RunError> {
            let lists = [Sex::Male, Sex::Female, Sex::Unknown].map(|sex| leads.of(child, sex, lowest));
            let lists = lists.into_iter().collect::<Result<Vec<_>, _>>()?;
            let expected = |at: i64| lists.iter().flatten().map(|list| list.expected_at(at as f64)).sum();
            Ok(log10_lrs.clone().map(expected).collect())
        };
        let by_child = children.par_iter().map(of_child).collect::<Result<Vec<_>, _>>()?;
        Ok(Some(summed(*log10_lrs.start(), &by_child, self.roster.children.len())))
    }
}

impl IdentifyCase {
    /// What the profiles and the pedigrees add to a report.
    pub(super) fn genotypes(&self, report: &Report) -> Result<Genotypes, RunError> {
        let bodies = self.roster.bodies.iter().flat_map(|body| body.samples.iter().copied());
        let relatives = self.roster.families.iter().flat_map(|family| family.typed.iter().map(|typed| typed.sample));
        let families = self.roster.families.iter().map(|family| {
            let typed: Vec<usize> = family.typed.iter().map(|typed| typed.person).collect();
            FamilyDrawing::of(&family.family, &typed)
        });
        let panel = &self.profiles.panel;
        Ok(Genotypes {
            loci: self.loci.iter().map(ToString::to_string).collect(),
            typings: typings(panel, &self.models.loci, bodies.chain(relatives).collect())?,
            pairs: BTreeMap::new(),
            families: families.collect(),
            strangers: self.strangers(report)?,
        })
    }

    /// How many pairs would reach each log10 LR if all bodies were strangers, with full profiles. Families for which theta takes long are
    /// left out.
    fn strangers(&self, report: &Report) -> Result<Option<Strangers>, RunError> {
        let Some(log10_lrs) = range(report) else { return Ok(None) };
        let (panel, bodies) = (&self.profiles.panel, self.coded(self.roster.bodies.clone())?);
        let models = self.populations()[0];
        let mut missing: Vec<(&FamilyWithSamples, usize)> = Vec::new();
        for with in self.roster.families.iter().filter(|with| !with.typed.is_empty()) {
            if multiplications(panel, &[models], with, &bodies)? <= QUICK_MULTIPLICATIONS {
                missing.extend(with.family.missing.iter().map(|&person| (with, person)));
            }
        }
        if missing.is_empty() {
            return Ok(None);
        }
        let (founders, shared) = (Founders::new(models, &bodies), SharedRows::new(models.loci.len()));
        let asked = some_of(&missing, ASKED);
        let of_person = |(with, person): &&(&FamilyWithSamples, usize)| -> Result<Vec<f64>, RunError> {
            let case = FamilyCase::new(panel, models, &with.family, &with.typed, &shared)?;
            let score = strangers_score(&case, *person, &founders)?;
            let sex = with.family.sex(*person);
            let possible = self.roster.bodies.iter().filter(|body| sexes_agree(sex, body.sex)).count() as f64;
            Ok(log10_lrs.clone().map(|at| possible * score.at_least(at as f64)).collect())
        };
        let by_person = asked.par_iter().map(of_person).collect::<Result<Vec<_>, _>>()?;
        let all = self.roster.families.iter().map(|with| with.family.missing.len()).sum();
        Ok(Some(summed(*log10_lrs.start(), &by_person, all)))
    }
}

/// What those asked expect, for all of them: so many times their mean.
fn summed(first: i64, expected: &[Vec<f64>], all: usize) -> Strangers {
    let (computed, length) = (expected.len(), expected.first().map_or(0, Vec::len));
    let times = all as f64 / computed.max(1) as f64;
    let at_least = (0..length).map(|at| expected.iter().map(|one| one[at]).sum::<f64>() * times).collect();
    Strangers { first, at_least, computed, all }
}

/// What each locus says of a pair, for the page.
fn loci(panel: &Panel, pair: &LociOfPair) -> PairLoci {
    PairLoci {
        log10_lr: pair.log10_lr.clone(),
        inconsistent: pair.inconsistent.clone(),
        known_parent: pair.known_parent.map(|known| panel.full_id(known).into_owned()),
    }
}

/// What these samples show at these loci.
fn typings(panel: &Panel, loci: &[usize], mut samples: Vec<SampleIndex>) -> Result<BTreeMap<String, Typing>, RunError> {
    samples.sort_unstable();
    samples.dedup();
    let numbers: Vec<u32> = samples.iter().map(|sample| sample.0).collect();
    let columns = panel.gather(&numbers, loci)?;
    let typing = |(at, &sample): (usize, &SampleIndex)| {
        let calls = loci
            .iter()
            .zip(&columns)
            .map(|(&locus, codes)| panel.dictionary(locus).observation(codes[at]).call.to_string());
        (panel.full_id(sample).into_owned(), Typing { sex: panel.sex(sample).as_str(), calls: calls.collect() })
    };
    Ok(samples.iter().enumerate().map(typing).collect())
}
