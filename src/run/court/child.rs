//! The court report on one child.

use super::grounds::{Grounds, Under};
use super::{CourtAnswer, FinishedRun, RunError, item};
use crate::inheritance::Relationship;
use crate::matching::{self, ClosedForm, Explanation, closed_forms, explain, totals};
use crate::profile::{Role, SampleIndex, Sex};
use crate::progress::Progress;
use crate::report::court::{
    Comparison, Evidence, Item, LocusShown, Others, Part, Place, Question, Sensitivity, Shown, StoredChild, Subject,
    kinship_drawings,
};
use crate::run::match_case::MatchCase;
use crate::run::rerun::read_again;

/// A closed form counts as the locus's LR where the logarithms of both differ by no more.
const SAME: f64 = 1e-6;

/// What a run says of a child, and of this candidate or those whom it names.
pub fn answer(
    run: &FinishedRun,
    child: &str,
    candidate: Option<&str>,
    progress: &dyn Progress,
) -> Result<CourtAnswer, RunError> {
    let stored = StoredChild::read(&run.folder, child).map_err(run.unreadable())?;
    if !stored.is_named() {
        return Err(run.knows_nothing_of(child));
    }
    let relationship = run.manifest.settings.search.relationship;
    let case = read_again(&run.folder, progress);
    let sample = |id: &str| {
        let case = case.as_ref().ok()?;
        Some((&case.profiles, case.panel().find_all(id).next()?))
    };
    let sex = |id: &str| sample(id).map_or(Sex::Unknown, |(profiles, sample)| profiles.panel.sex(sample));
    let mut comparisons = stored.comparisons(relationship, candidate.map(|id| (id, sex(id))));
    let basis = case.as_ref().map_err(ToString::to_string).and_then(|case| {
        case.add_evidence(child, &mut comparisons).map_err(|error| error.to_string())?;
        Ok(case.grounds().basis())
    });
    if let Some(unknown) = comparisons.iter().find(|one| one.found.is_none() && one.evidence.is_none()) {
        return Err(run.knows_nothing_of(&unknown.question.name()));
    }
    let is_dead = |id: &str| sample(id).is_some_and(|(read, sample)| read.panel.role(sample) == Some(Role::Corpse));
    comparisons.iter_mut().for_each(|one| draw(one, sex(child), relationship, &is_dead));
    let items = items(child, &stored, &comparisons, |id, part| item(id, part, sample(id)));
    Ok(CourtAnswer {
        subject: Subject::Child(child.to_owned(), relationship),
        items,
        merged: Vec::new(),
        together: stored.couple(&comparisons),
        without: Vec::new(),
        comparisons,
        basis,
        tables: stored.tables,
    })
}

/// Draws both propositions; a pedigree that cannot be drawn is left out.
fn draw(comparison: &mut Comparison, sex: Sex, relationship: Relationship, is_dead: &impl Fn(&str) -> bool) {
    let Question::Kinship { child, candidate, place, known, .. } = &comparison.question else { return };
    let people = [Some(candidate), known.as_ref()];
    let dead: Vec<&str> = people.into_iter().flatten().map(String::as_str).filter(|id| is_dead(id)).collect();
    let shown = Shown {
        child: (child, sex),
        candidate: (candidate, *place),
        known: known.as_deref(),
        relationship,
        dead: &dead,
    };
    comparison.pedigrees = kinship_drawings(shown).ok();
}

/// Everybody whose profile counts.
fn items(
    child: &str,
    stored: &StoredChild,
    comparisons: &[Comparison],
    item: impl Fn(&str, Part) -> Item,
) -> Vec<Item> {
    let of_question = |one: &Comparison| match &one.question {
        Question::Kinship { candidate, known, .. } => Some((candidate.clone(), known.clone())),
        Question::Identity { .. } => None,
    };
    let people: Vec<(String, Option<String>)> = comparisons.iter().filter_map(of_question).collect();
    let known = stored.stated_parents().into_iter().chain(people.iter().filter_map(|(_, known)| known.clone()));
    let known = known.map(|id| (id, Part::KnownParent));
    let candidates = people.iter().map(|(candidate, _)| (candidate.clone(), Part::Candidate));
    let mut items: Vec<Item> = vec![item(child, Part::Child)];
    for (id, part) in known.chain(candidates) {
        if items.iter().all(|other| other.id != id) {
            items.push(item(&id, part));
        }
    }
    items
}

impl MatchCase {
    fn grounds(&self) -> Grounds<'_> {
        Grounds { statistics: &self.statistics, models: &self.models, panel: self.panel() }
    }

    /// Adds what the profiles say to each comparison.
    fn add_evidence(&self, child: &str, comparisons: &mut [Comparison]) -> Result<(), RunError> {
        let under = self.grounds().under_each_theta()?;
        for comparison in comparisons {
            let Question::Kinship { candidate, place, known, .. } = &mut comparison.question else { continue };
            let explanation = explain(&self.scoring(), self.child(child)?, self.candidate(candidate)?)?;
            let scored = explanation.relationships.iter().copied().zip(explanation.total_log10_lr.iter().copied());
            known.clone_from(&explanation.known_parent);
            comparison.others = Others::Relationships(scored.collect());
            comparison.evidence = Some(self.evidence(child, candidate, *place, &explanation, &under)?);
        }
        Ok(())
    }

    fn evidence(
        &self,
        child: &str,
        candidate: &str,
        place: Place,
        explanation: &Explanation,
        under: &[Under],
    ) -> Result<Evidence, RunError> {
        let (grounds, case) = (self.grounds(), self.scoring());
        let population = grounds.population(&explanation.population);
        let (child, candidate) = (self.child(child)?, self.candidate(candidate)?);
        let forms = closed_forms(&case, child, candidate, population);
        let sensitivity = under.iter().map(|under| {
            let case = matching::Case::new(self.panel(), &under.models, &under.settings);
            let log10_lr = totals(&case, child, candidate)?.into_iter().map(Some).collect();
            Ok(Sensitivity { theta: under.theta, is_of_run: under.is_of_run, log10_lr })
        });
        let known = explanation.known_parent.clone().map(|known| (known, Part::KnownParent));
        let people = [(explanation.child.clone(), Part::Child)].into_iter().chain(known);
        let is_call = |call: &str| call != "-" && call != "(3+)";
        let compared =
            explanation.loci.iter().filter(|locus| is_call(&locus.child) && is_call(&locus.candidate)).count();
        Ok(Evidence {
            people: people.chain([(explanation.candidate.clone(), Part::Candidate)]).collect(),
            loci: shown_loci(explanation, forms),
            log10_lr: explanation.total_log10_lr[0],
            loci_compared: compared as u64,
            sensitivity: sensitivity.collect::<Result<_, RunError>>()?,
            raised: grounds.raised(population, explanation.loci.iter().map(|locus| &locus.frequencies[..])),
            compared: self.compared(place),
        })
    }

    /// How many candidates could have this place.
    fn compared(&self, place: Place) -> u64 {
        let can_be = |sex: Sex| match place {
            Place::Father => sex != Sex::Female,
            Place::Mother => sex != Sex::Male,
            Place::Either => true,
        };
        let is_possible = |&&candidate: &&SampleIndex| can_be(self.panel().sex(candidate));
        self.roster.candidates.iter().filter(is_possible).count() as u64
    }
}

/// The loci of a pair, each with its closed form, if the value of that is the LR of the locus.
fn shown_loci(explanation: &Explanation, forms: Vec<Option<ClosedForm>>) -> Vec<LocusShown> {
    let shown = |(locus, form): (&matching::LocusExplanation, Option<ClosedForm>)| {
        let log10_lr = locus.log10_lr[0];
        let calls = std::iter::once(&locus.child).chain(&locus.known_parent).chain([&locus.candidate]);
        LocusShown {
            locus: locus.locus.clone(),
            calls: calls.cloned().collect(),
            log10_lr,
            is_inconsistent: locus.inconsistent,
            steps: locus.steps_needed,
            formula: form.filter(|form| (form.likelihood_ratio().log10() - log10_lr).abs() <= SAME),
        }
    };
    explanation.loci.iter().zip(forms).map(shown).collect()
}
