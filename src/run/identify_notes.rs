//! What the reader of an identification must know.

use super::RunError;
use super::identify_case::IdentifyCase;
use super::linkage::{describe_groups, describe_pairs};
use crate::identification::{
    FamilyWithSamples, IdentifyAnswer, KeptApart, OnePersonsRemains, UnusedLocus, linkage_matters,
};
use crate::inference::joint::{Sampling, Spread};
use crate::io::recombination::bundled_recombination;
use crate::profile::{LocusName, Panel};
use crate::report::{counted, probability_in_words};

/// Sampled probabilities are settled where no standard error and no R-hat is above these.
const SETTLED: Spread = Spread { standard_error: 0.002, r_hat: 1.1 };

/// So many groups of samples are named; groups.csv has them all.
const GROUPS_NAMED: usize = 10;

/// Sentences on an identification.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct IdentifyMessages {
    /// What speaks against believing the answer.
    pub warnings: Vec<String>,
    /// What else the reader must know.
    pub notes: Vec<String>,
}

/// Whether two samples may be one person's, and may not.
fn is_uncertain(group: &OnePersonsRemains) -> bool {
    group.kept_apart == Some(KeptApart::OrRelatives)
}

/// A pair of samples that may be one person's.
fn named_pair(panel: &Panel, group: &OnePersonsRemains) -> String {
    let ids: Vec<_> = group.body.samples.iter().map(|&sample| panel.id(sample)).collect();
    let probability =
        group.probability.map(|probability| format!(", probability {}", probability_in_words(probability)));
    format!("{} (log10 LR {:.2}{})", ids.join(" and "), group.log10_lr[0], probability.unwrap_or_default())
}

impl IdentifyAnswer {
    /// Which samples are of one person, and what was done about it.
    fn notes_on_one_person(&self, panel: &Panel) -> Vec<String> {
        let note = |group: &OnePersonsRemains| {
            let ids: Vec<_> = group.body.samples.iter().map(|&sample| panel.id(sample)).collect();
            let done = match &group.kept_apart {
                None => format!("taken as one body, {} (--keep-samples-apart takes them one by one)", group.body.id),
                Some(KeptApart::AskedFor) => {
                    "taken as bodies of their own, which share the person's probability".to_owned()
                }
                Some(other) => format!("not put together: {other}"),
            };
            format!("{} are samples of one person by their DNA: {done}", ids.join(", "))
        };
        let groups: Vec<_> = self.merged.groups.iter().filter(|group| !is_uncertain(group)).collect();
        let more = groups.len().saturating_sub(GROUPS_NAMED);
        let more = (more > 0)
            .then(|| format!("{} more of samples of one person: see groups.csv", counted(more, "group", "groups")));
        let groups = groups.into_iter().take(GROUPS_NAMED).map(note).chain(more);
        groups.chain(self.direct.notes(panel)).chain(self.notes_on_who_may_be_one(panel)).collect()
    }

    /// Which samples can be of one person, and what that means for the answer.
    fn notes_on_who_may_be_one(&self, panel: &Panel) -> impl Iterator<Item = String> {
        let uncertain = self.merged.groups.iter().filter(|group| is_uncertain(group));
        let (weighed, taken_for_two): (Vec<_>, Vec<_>) = uncertain.partition(|group| group.probability.is_some());
        let notes = [
            (weighed, "the joint answer holds each pair for one person and for two (prior.one_person)"),
            (
                taken_for_two,
                "of two that are one person's only one can be a missing person here, and what is said of the other as \
                             nobody does not hold",
            ),
        ];
        let note = |(groups, meaning): (Vec<&OnePersonsRemains>, &str)| {
            let named: Vec<String> = groups.iter().take(GROUPS_NAMED).map(|group| named_pair(panel, group)).collect();
            let more = match groups.len().saturating_sub(GROUPS_NAMED) {
                0 => String::new(),
                more => format!("; {} more in groups.csv", counted(more, "pair", "pairs")),
            };
            (!named.is_empty()).then(|| {
                format!(
                    "samples that can be one person's, or those of close relatives, and were not put together: {}{more}; {meaning}",
                    named.join(", ")
                )
            })
        };
        notes.into_iter().filter_map(note)
    }

    /// Whether the joint answer is sampled and its chains do not agree well enough.
    fn is_unsettled(&self) -> bool {
        let worst = self.found.joint.sampling.as_ref().map(Sampling::worst);
        worst.is_some_and(|worst| worst.standard_error > SETTLED.standard_error || worst.r_hat > SETTLED.r_hat)
    }

    /// That the joint answer is sampled, and how far it can be off.
    fn sampled(&self) -> Option<String> {
        let sampling = self.found.joint.sampling.as_ref()?;
        let worst = sampling.worst();
        let found = format!(
            "the joint answer is sampled: the sum over all assignments is out of reach ({} chains of {} sweeps; greatest standard \
             error of a probability {:.4}, greatest R-hat {:.3}); assignments.csv has the likeliest assignment that was found",
            sampling.chains, sampling.sweeps, worst.standard_error, worst.r_hat
        );
        Some(match self.is_unsettled() {
            true => format!(
                "{found}; the chains have not settled: in posterior.csv mind the columns standard_error and r_hat"
            ),
            false => found,
        })
    }

    /// Pairs of a body and a missing person that were compared.
    pub fn pairs(&self) -> u64 {
        let scores = self.found.families.iter().flat_map(|family| &family.scores);
        scores.map(|scores| scores.log10_lr.iter().flatten().count() as u64).sum()
    }
}

impl IdentifyCase {
    /// What the reader of the answer must know.
    ///
    /// # Errors
    /// None that can be expected.
    pub fn messages(&self, answer: &IdentifyAnswer) -> Result<IdentifyMessages, RunError> {
        let report = self.report(answer);
        let mut warnings = report.grave_contradictions();
        let mut notes = self.notes(answer)?;
        let told = if answer.is_unsettled() { &mut warnings } else { &mut notes };
        told.extend(answer.sampled());
        notes.extend(report.sure_of_family_alone());
        Ok(IdentifyMessages { warnings, notes })
    }

    fn notes(&self, answer: &IdentifyAnswer) -> Result<Vec<String>, RunError> {
        let mut notes = self.profiles.notes.clone();
        notes.extend(self.statistics.tables.iter().flat_map(|table| table.notes.clone()));
        notes.extend(self.models.notes.clone());
        notes.extend(self.roster.notes.clone());
        notes.extend(self.profiles.notes_on_use(&self.settings().observation.drop_out));
        for (family, report) in self.roster.families.iter().zip(&answer.found.families) {
            notes.extend(unused_note(family, &report.unused, &self.loci));
        }
        notes.extend(self.linkage_note()?);
        notes.extend(answer.notes_on_one_person(&self.profiles.panel));
        if self.models.populations.len() > 1 {
            notes.push(format!(
                "pairwise LRs are the lowest over all tables; the joint answer, families.csv and contradictions.csv rest on {}",
                self.models.populations[0].name
            ));
        }
        let joint = &answer.found.joint;
        if joint.left_out > 0 {
            notes.push(format!(
                "the joint answer leaves out up to {} possible placements of bodies in families, which have next to no probability: \
                 together at most {:.1e} of the posterior",
                joint.left_out, joint.lost
            ));
        }
        Ok(notes)
    }

    /// Which linked loci were taken together, or as independent although that matters.
    fn linkage_note(&self) -> Result<Option<String>, RunError> {
        let families = &self.roster.families;
        let matters = families.iter().filter(|family| linkage_matters(&family.family, &family.typed)).count();
        if self.settings().linkage.is_used {
            let taken = describe_groups(&self.groups, &self.loci);
            let other = "families.csv and contradictions.csv take every locus on its own";
            return Ok(Some(match taken.is_empty() {
                true => "linkage: no two loci in use are linked".to_owned(),
                false => format!("linked loci were taken together: {taken}; {other}"),
            }));
        }
        let pairs = describe_pairs(&bundled_recombination()?, &self.loci);
        Ok((matters > 0 && !pairs.is_empty()).then(|| {
            format!(
                "linked loci were taken as independent: {pairs}; with the relatives typed this matters for {matters} of {} families \
                 (`[linkage] use = true` takes them together)",
                families.len()
            )
        }))
    }
}

/// The loci that are not used for one family, with the reason of the first.
fn unused_note(family: &FamilyWithSamples, unused: &[UnusedLocus], loci: &[LocusName]) -> Option<String> {
    let first = unused.first()?;
    let names: Vec<_> = unused.iter().map(|unused| loci[unused.locus].as_str()).collect();
    Some(format!("family {}: not used: {}: {}", family.family.id, names.join(", "), first.reason))
}
