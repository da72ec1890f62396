//! What can be wrong with profiles that each could be read: contradictions between samples.

use super::{LISTED_AT_ONCE, ReadProfiles};
use crate::{
    io::{
        problems::{Reason, Rejected},
        rejected_list::RejectedList,
    },
    profile::{Call, LocusKind, LocusName, Observation, Panel, PanelError, Role, SampleIndex, Sex},
};
use std::collections::HashSet;
use std::sync::Arc;

/// How many samples show something at a locus.
#[derive(Clone, PartialEq, Debug)]
pub struct LocusCoverage {
    /// The locus.
    pub locus: LocusName,
    /// Samples with one or two alleles.
    pub typed: usize,
    /// Samples without a result.
    pub missing: usize,
    /// Samples with three or more alleles.
    pub set_aside: usize,
    /// Distinct alleles.
    pub alleles: usize,
    /// Whether the locus is in the list of loci with frequencies; `None` where no such list was given.
    pub has_frequencies: Option<bool>,
}

/// The completeness of each locus of a panel; `with_frequencies` are the loci for which there are frequencies, if
/// any were given.
pub fn locus_coverage(panel: &Panel, with_frequencies: Option<&[LocusName]>) -> Vec<LocusCoverage> {
    let with_frequencies: Option<HashSet<&LocusName>> = with_frequencies.map(|loci| loci.iter().collect());
    let coverage = |(position, locus): (usize, &LocusName)| {
        let dictionary = panel.dictionary(position);
        let mut counts = vec![0_usize; dictionary.observations().len()];
        panel.indices().for_each(|sample| counts[usize::from(panel.profile(sample).code(position))] += 1);
        let count = |wanted: &dyn Fn(Call) -> bool| {
            let seen = dictionary.observations().iter().zip(&counts).filter(|(seen, _)| wanted(seen.call));
            seen.map(|(_, count)| count).sum::<usize>()
        };
        LocusCoverage {
            locus: locus.clone(),
            typed: count(&|call| call.is_informative()),
            missing: count(&|call| call == Call::Missing),
            set_aside: count(&|call| call == Call::SetAside),
            alleles: dictionary.alleles().len(),
            has_frequencies: with_frequencies.as_ref().map(|loci| loci.contains(locus)),
        }
    };
    panel.loci().iter().enumerate().map(coverage).collect()
}

/// The loci of a panel for which there are no frequencies, each named with the first file that has it.
pub fn check_frequencies(profiles: &ReadProfiles, coverage: &[LocusCoverage]) -> Vec<Rejected> {
    let without = coverage.iter().filter(|locus| locus.has_frequencies == Some(false));
    let loci = loci_of_files(profiles);
    let first_with =
        |locus: &LocusName| loci.iter().find(|(_, loci)| loci.contains(locus)).map_or("", |(name, _)| name);
    let report = |locus: &LocusCoverage| Rejected {
        file: Arc::from(first_with(&locus.locus)),
        line: 0,
        column: Arc::from(""),
        sheet_column: None,
        sample_id: String::new(),
        locus: Some(locus.locus.clone()),
        value: locus.locus.to_string(),
        reason: Reason::NoFrequencies,
    };
    without.map(report).collect()
}

/// The name of each file, and its loci.
fn loci_of_files(profiles: &ReadProfiles) -> Vec<(&str, HashSet<&LocusName>)> {
    profiles.files.iter().map(|file| (file.name.as_str(), file.loci.iter().collect())).collect()
}

/// Fewer typed loci than this are worth a warning: a parent is then hardly ever told from a stranger.
const FEW_LOCI: usize = 8;

/// Every contradiction between samples, in the order of the sample ids: stated parents that are not there, of the wrong
/// sex, too young, or with another profile than a parent's; children older than every candidate; men with two X alleles; samples with few loci; loci that
/// some files lack.
///
/// They are listed as they are found.
///
/// # Errors
/// A temporary file that cannot be written.
pub fn check_profiles(profiles: &ReadProfiles, list: &mut RejectedList) -> Result<(), PanelError> {
    let panel = &profiles.panel;
    let latest_candidate = latest_needed_birth(panel);
    let x_loci: Vec<usize> =
        (0..panel.loci().len()).filter(|&locus| panel.loci()[locus].chromosome() == Some(LocusKind::X)).collect();
    let mut problems = Vec::new();
    for sample in panel.indices() {
        let mut report = |column: &str, locus: Option<usize>, value: String, reason: Reason| {
            problems.push(Rejected {
                file: Arc::from(profiles.file(sample)),
                line: profiles.origins.line(sample),
                column: Arc::from(column),
                sheet_column: None,
                sample_id: panel.id(sample).to_owned(),
                locus: locus.map(|locus| panel.loci()[locus].clone()),
                value,
                reason,
            });
        };
        let parents = [
            ("mother_id", "mother", Sex::Female, panel.mother_id(sample)),
            ("father_id", "father", Sex::Male, panel.father_id(sample)),
        ];
        for (column, parent, which, id) in parents {
            let Some(id) = id else { continue };
            for reason in check_parent(panel, sample, parent, which) {
                report(column, None, id.to_owned(), reason);
            }
        }
        if let (Some(Role::Child), Some(years), Some(earliest)) =
            (panel.role(sample), panel.birth_years(sample), latest_candidate)
            && years.latest <= earliest
        {
            report("birth_year", None, years.latest.to_string(), Reason::OlderThanAllCandidates);
        }
        if panel.sex(sample) == Sex::Male {
            for &locus in &x_loci {
                let call = panel.observation(sample, locus).call;
                if matches!(call, Call::Two(..)) {
                    report("", Some(locus), call.to_string(), Reason::TwoXAlleles);
                }
            }
        }
        let typed = panel.typed_loci(sample);
        if typed < FEW_LOCI {
            report("", None, String::new(), Reason::FewLoci(typed));
        }
        if problems.len() >= LISTED_AT_ONCE {
            profiles.list_into(list, std::mem::take(&mut problems))?;
        }
    }
    problems.extend(check_files(profiles));
    profiles.list_into(list, problems)
}

/// What is wrong with a stated parent.
fn check_parent(panel: &Panel, child: SampleIndex, parent: &'static str, which: Sex) -> Vec<Reason> {
    let found = match panel.stated_parent(child, which) {
        None => return Vec::new(),
        Some(Err(fault)) => return vec![Reason::of_parent(parent, fault)],
        Some(Ok(found)) => found,
    };
    let mut reasons = Vec::new();
    if let (Some(of_child), Some(of_parent)) = (panel.birth_years(child), panel.birth_years(found))
        && of_parent.earliest >= of_child.latest
    {
        reasons.push(Reason::ParentTooYoung(parent.into()));
    }
    let (loci, compared) = count_inconsistent_loci(panel, child, found, which == Sex::Male);
    if loci > 0 {
        reasons.push(Reason::ParentInconsistent { parent: parent.into(), loci, compared });
    }
    reasons
}

/// The loci at which child and parent share no allele, and those at which both have a call. Single alleles whose other one may
/// have dropped out are let be, and so is the X chromosome of a father unless the child is a daughter.
fn count_inconsistent_loci(panel: &Panel, child: SampleIndex, parent: SampleIndex, is_father: bool) -> (usize, usize) {
    let (mut inconsistent, mut compared) = (0, 0);
    for (locus, name) in panel.loci().iter().enumerate() {
        let seen = [child, parent].map(|sample| panel.observation(sample, locus));
        let is_x = name.chromosome() == Some(LocusKind::X);
        let passes_on = !is_x || !is_father || panel.sex(child) == Sex::Female;
        let may_hide = |seen: &Observation| matches!(seen.call, Call::One(_)) && seen.drop_out > 0.0;
        if !passes_on || !seen.iter().all(|seen| seen.call.is_informative()) || seen.iter().any(may_hide) {
            continue;
        }
        compared += 1;
        let shares = |allele| seen[1].call.alleles().any(|other| other == allele);
        inconsistent += usize::from(!seen[0].call.alleles().any(shares));
    }
    (inconsistent, compared)
}

/// The earliest year in which any candidate may have been born, where that is known of every candidate and there is one.
fn latest_needed_birth(panel: &Panel) -> Option<i16> {
    let mut candidates = panel.indices().filter(|&sample| panel.role(sample) != Some(Role::Child)).peekable();
    candidates.peek()?;
    candidates
        .map(|sample| panel.birth_years(sample).map(|years| years.earliest))
        .min_by_key(|year| year.unwrap_or(i16::MIN))?
}

/// Loci that some of the files have and others lack.
fn check_files(profiles: &ReadProfiles) -> Vec<Rejected> {
    let files = loci_of_files(profiles);
    let mut problems = Vec::new();
    for locus in profiles.panel.loci() {
        let (has, lack): (Vec<_>, Vec<_>) = files.iter().partition(|(_, loci)| loci.contains(locus));
        let has: Vec<&str> = has.into_iter().map(|(name, _)| *name).collect();
        for (name, _) in lack {
            problems.push(Rejected {
                file: Arc::from(*name),
                line: 0,
                column: Arc::from(""),
                sheet_column: None,
                sample_id: String::new(),
                locus: Some(locus.clone()),
                value: locus.to_string(),
                reason: Reason::LocusInSomeFiles(has.join(", ")),
            });
        }
    }
    problems
}
