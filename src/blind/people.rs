//! Profiles as the codebook sees them.

use super::codebook::{Codebook, CodebookError};
use super::rows::Rows;
use crate::io::profiles::{ProfileSource, read_panel_watched};
use crate::io::source::Inputs;
use crate::model::TableError;
use crate::profile::{Observation, Panel, Role, Sex};
use crate::progress::NoProgress;
use crate::run::{Reading, RunError};
use filia_blind::{Adult, Adults, Child, Side};
use rayon::prelude::*;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::path::PathBuf;

/// The rows of a locus, and which of them each adult has.
type RowsOfLocus = (Vec<Vec<i32>>, Vec<Option<u32>>);

/// Somebody who is entered.
#[derive(Clone, PartialEq, Debug)]
pub struct Person {
    /// The sample's id.
    pub id: String,
    /// The sex.
    pub sex: Sex,
    /// By locus of the codebook, rare alleles pooled.
    pub shown: Vec<Observation>,
}

/// Who is entered, in the order of their ids, and who is not.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct People {
    /// Who is entered.
    pub entered: Vec<Person>,
    /// The ids of those with fewer typed loci than agreed.
    pub left_out: Vec<String>,
    /// What the reader of the profiles has to say.
    pub notes: Vec<String>,
}

impl People {
    /// Reads the profiles of a side.
    ///
    /// # Errors
    /// Files that cannot be used.
    pub fn read(codebook: &Codebook, side: Side, files: &[PathBuf], reading: &Reading) -> Result<Self, RunError> {
        let default_role = (side == Side::Children).then_some(Role::Child);
        let sources: Vec<_> = files.iter().map(|path| ProfileSource { path: path.clone(), default_role }).collect();
        let options = reading.options(&codebook.full, &Inputs::default(), None);
        let mut profiles = read_panel_watched(&sources, &options, &NoProgress)?;
        reading.take_out_unusable_calls(&mut profiles, &codebook.full, &Panel::sex)?;
        Ok(Self { notes: profiles.notes.clone(), ..Self::of_panel(codebook, &profiles.panel) })
    }

    /// The samples of a panel.
    pub fn of_panel(codebook: &Codebook, panel: &Panel) -> Self {
        let positions: Vec<_> = codebook.loci.iter().map(|locus| panel.locus_position(&locus.name)).collect();
        let mut people = Self::default();
        for sample in panel.indices() {
            let shown = positions.iter().zip(&codebook.loci).map(|(position, locus)| {
                let seen = position.map(|position| panel.observation(sample, position));
                let seen = seen.unwrap_or(Observation { call: Default::default(), drop_out: 0.0 });
                Observation { call: locus.pooled_call(seen.call), ..seen }
            });
            let person =
                Person { id: panel.full_id(sample).into_owned(), sex: panel.sex(sample), shown: shown.collect() };
            let typed = person.shown.iter().filter(|seen| seen.call.is_informative()).count();
            match typed >= codebook.terms.least_loci as usize {
                true => people.entered.push(person),
                false => people.left_out.push(person.id),
            }
        }
        people.entered.sort_by(|one, next| one.id.cmp(&next.id));
        people
    }

    /// As children: the class of each call.
    pub fn children(&self, codebook: &Codebook) -> Vec<Child> {
        let classes: Vec<_> = codebook.loci.iter().map(|locus| locus.classes()).collect();
        let class = |(seen, classes): (&Observation, &Vec<_>)| {
            classes.iter().position(|class| *class == seen.call).map(|class| class as u32)
        };
        let child = |person: &Person| Child { classes: person.shown.iter().zip(&classes).map(class).collect() };
        self.entered.iter().map(child).collect()
    }

    /// As adults: the row of each call.
    ///
    /// # Errors
    /// A case that the likelihood engine refuses.
    pub fn adults(&self, codebook: &Codebook) -> Result<Adults, CodebookError> {
        let panel = codebook.panel(self.entered.iter().map(|person| (person.sex, person.shown.clone())))?;
        let models = codebook.pooled.case_models(&panel)?;
        let terms = &codebook.agreement.terms;
        let rows = Rows::new(terms, &panel, &models, codebook.agreement.settings.observation.drop_in);
        let first = panel.len() - self.entered.len();
        let people: Vec<_> = panel.indices().skip(first).zip(&self.entered).collect();
        let of_locus = |at: usize| -> Result<RowsOfLocus, CodebookError> {
            let classes = codebook.terms.loci[at].classes as usize;
            let codes: Vec<_> = panel.indices().take(classes).map(|sample| panel.profile(sample).code(at)).collect();
            let highest = codebook.terms.loci[at].highest;
            let mut numbers = HashMap::new();
            let (mut table, mut of_people) = (Vec::new(), Vec::new());
            for &(sample, person) in &people {
                if !person.shown[at].call.is_informative() {
                    of_people.push(None);
                    continue;
                }
                let (code, sex) = (panel.profile(sample).code(at), person.sex);
                let number = match numbers.entry((code, sex as u8)) {
                    Entry::Occupied(known) => *known.get(),
                    Entry::Vacant(new) => {
                        let entry = |&child| Ok(rows.row(at, child, sex)?[usize::from(code)].min(highest));
                        table.push(codes.iter().map(entry).collect::<Result<Vec<i32>, TableError>>()?);
                        *new.insert(table.len() as u32 - 1)
                    }
                };
                of_people.push(Some(number));
            }
            Ok((table, of_people))
        };
        let by_locus = (0..codebook.loci.len()).into_par_iter().map(of_locus).collect::<Result<Vec<_>, _>>()?;
        let adult = |at: usize| Adult { rows: by_locus.iter().map(|(_, people)| people[at]).collect() };
        let adults = (0..self.entered.len()).map(adult).collect();
        Ok(Adults { rows: by_locus.into_iter().map(|(table, _)| table).collect(), adults })
    }
}
