//! Ids that stand in several rows: rows of one person are put together, people who share an id are told apart.

use super::{
    arrived_rows::ArrivedRows,
    labels::label_people,
    notes::IDS_NAMED,
    origins::{Origins, role_of},
    people::{Person, tell_apart},
};
use crate::{
    io::{problems::Reason, rejected_list::RejectedList},
    name_some::list_first,
    profile::{Observation, PanelError},
};
use std::sync::Arc;

/// The samples of a panel to be built.
#[derive(Default)]
pub(super) struct Settled {
    /// Arrival numbers in the order of the ids.
    pub order: Vec<u32>,
    /// Where each of them came from.
    pub origins: Origins,
    /// What tells samples of one id apart: position in the order, and name of the list.
    pub labels: Vec<(u32, Arc<str>)>,
    /// What the user should know.
    pub notes: Vec<String>,
}

/// Puts rows of one id together.
///
/// Rows that agree wherever several of them say something are one sample. What they contradict each other about is set
/// aside: the locus, the column, or, where they differ too much to be one person's, all of them. Rows of other lists and
/// roles are other people unless they have the same profile. Nothing depends on the order of the rows in a file.
///
/// # Errors
/// A temporary file that can no longer be read; a dictionary that is full.
pub(super) fn settle_duplicates(
    rows: &mut ArrivedRows<'_>,
    rejected: &mut RejectedList,
) -> Result<Settled, PanelError> {
    let mut settled = Settled { order: rows.builder.order_by_id(), ..Settled::default() };
    let mut told = Told::default();
    let files = rows.files;
    let alone: Vec<usize> = (0..files.len()).map(|file| settled.origins.number_of(vec![file], files)).collect();
    settled.origins.reserve(settled.order.len());
    // Those kept move up in place: one order, not two, of millions of samples.
    let (mut kept, mut next) = (0, 0);
    while next < settled.order.len() {
        let first = settled.order[next];
        let builder = &*rows.builder;
        let count = settled.order[next..].iter().take_while(|&&other| builder.id(other) == builder.id(first)).count();
        let same_id = next..next + count;
        next += count;
        if count == 1 {
            settled.origins.push(rows.lines[first as usize], alone[rows.file_of(first)]);
            settled.order[kept] = first;
            kept += 1;
            continue;
        }
        let same_id = settled.order[same_id].to_vec();
        let group = tell_apart(rows, &same_id)?;
        group.list_contradictions(rows, rejected)?;
        told.look_at(&group.people, rows);
        for (person, label) in label_people(group.people, rows) {
            let set = settled.origins.number_of(files_of(rows, &person), files);
            if !person.contradicts_itself() {
                list_repeated(rows, &person, rejected)?;
            }
            settled.origins.push(rows.lines[person.rows[0] as usize], set);
            settled.labels.extend(label.map(|label| (kept as u32, label)));
            settled.order[kept] = settle(rows, person)?;
            kept += 1;
        }
    }
    settled.order.truncate(kept);
    settled.notes = told.notes();
    Ok(settled)
}

/// Lists the rows that say what the person's first row says.
fn list_repeated(rows: &ArrivedRows<'_>, person: &Person, rejected: &mut RejectedList) -> Result<(), PanelError> {
    let first = person.rows[0];
    // Rows stand in the order of their arrival, and so file after file.
    let mut same_in_file = first;
    for &at in &person.rows[1..] {
        if !rows.builder.is_same_profile(first, at)? {
            continue;
        }
        let file = rows.file_of(at);
        let reason = match file == rows.file_of(same_in_file) {
            true => Reason::RepeatedRow(u64::from(rows.lines[same_in_file as usize])),
            false => Reason::RepeatedInFile(rows.place(first, file)),
        };
        if file != rows.file_of(same_in_file) {
            same_in_file = at;
        }
        rejected.push(Some(file), rows.rejected(at, reason))?;
    }
    Ok(())
}

/// The files of a person's rows, each once.
fn files_of(rows: &ArrivedRows<'_>, person: &Person) -> Vec<usize> {
    let mut files: Vec<usize> = person.rows.iter().map(|&at| rows.file_of(at)).collect();
    files.dedup();
    files
}

/// The arrival number of a sample that says what all rows of this person say together: that of its first row, where
/// that one says everything.
fn settle(rows: &mut ArrivedRows<'_>, person: Person) -> Result<u32, PanelError> {
    let first = person.rows[0];
    if person.rows.len() == 1 {
        return Ok(first);
    }
    let files = files_of(rows, &person);
    let sample = person.stated.sample;
    let role = sample.role.or_else(|| role_of(&files, rows.sources, rows.files));
    let drop_out = sample.drop_out.unwrap_or_else(|| rows.drop_out.of(role));
    let calls = person.calls.calls.iter().enumerate();
    let codes = calls
        .map(|(locus, &call)| rows.builder.encode(locus, Observation { call, drop_out }))
        .collect::<Result<Vec<_>, _>>()?;
    if codes == rows.builder.codes_of(first)? && sample == rows.builder.sample(first) {
        return Ok(first);
    }
    rows.builder.push_late(&sample, &codes)
}

/// What there is to tell of rows put together and of people told apart.
#[derive(Default)]
struct Told {
    rows: usize,
    merged: FewNames,
    shared: FewNames,
}

/// The first few names, and how many there are.
#[derive(Default)]
struct FewNames {
    count: usize,
    first: Vec<String>,
}

impl FewNames {
    fn push(&mut self, name: impl FnOnce() -> String) {
        self.count += 1;
        if self.first.len() < IDS_NAMED {
            self.first.push(name());
        }
    }

    fn list(self) -> String {
        list_first(&self.first, self.count - self.first.len())
    }
}

impl Told {
    fn look_at(&mut self, people: &[Person], rows: &ArrivedRows<'_>) {
        for person in people.iter().filter(|person| person.rows.len() > 1) {
            self.rows += person.rows.len();
            self.merged.push(|| rows.builder.id(person.rows[0]).to_owned());
        }
        if let [first, second, ..] = people {
            self.shared.push(|| {
                let place = |person: &Person| rows.place(person.rows[0], usize::MAX);
                let (id, why) = (rows.builder.id(first.rows[0]), first.difference_from(second, rows.loci()));
                format!("{id} in {} and {} ({why})", place(first), place(second))
            });
        }
    }

    fn notes(self) -> Vec<String> {
        let (rows, merged, shared) = (self.rows, self.merged.count, self.shared.count);
        let samples = if merged == 1 { "sample" } else { "samples" };
        let merged = (merged > 0).then(|| {
            format!(
                "{rows} rows were merged into {merged} {samples} ({}): rows of one id that agree, what one leaves blank is \
                 filled from the other",
                self.merged.list()
            )
        });
        let ids = if shared == 1 { "id is that" } else { "ids are those" };
        let shared = (shared > 0).then(|| {
            format!(
                "{shared} {ids} of different people in different lists or roles: {}; where it matters the list stands before \
                 the id",
                self.shared.list()
            )
        });
        merged.into_iter().chain(shared).collect()
    }
}
