//! What rows of one id contradict each other about: a line for each of them, with what the other says.

use super::{
    arrived_rows::ArrivedRows,
    merging::text_of,
    people::{Person, RowsOfId},
};
use crate::{
    io::{
        problems::{Reason, Rejected},
        rejected_list::RejectedList,
    },
    name_some::{list_first, name_some},
    profile::{Call, LocusName, PanelError},
};
use std::sync::Arc;

/// Two rows that say different things of one locus or column.
struct RowPair {
    rows: [u32; 2],
    values: [String; 2],
}

/// Names that a message gives.
const NAMED: usize = 3;

impl RowsOfId {
    /// Lists what is set aside.
    ///
    /// # Errors
    /// A temporary file that cannot be read or written.
    pub fn list_contradictions(&self, rows: &ArrivedRows<'_>, rejected: &mut RejectedList) -> Result<(), PanelError> {
        for person in &self.set_aside {
            let differing = person.describe_differences(rows)?;
            for &at in &person.rows {
                let others = describe_others(rows, &person.rows, at);
                let reason = Reason::ConflictingRows { others, differing: differing.clone() };
                rejected.push(Some(rows.file_of(at)), rows.rejected(at, reason))?;
            }
        }
        self.people
            .iter()
            .filter(|person| person.rows.len() > 1)
            .try_for_each(|person| person.list_differences(rows, rejected))
    }
}

impl Person {
    /// Lists each row that takes part in a contradiction, locus by locus and column by column.
    fn list_differences(&self, rows: &ArrivedRows<'_>, rejected: &mut RejectedList) -> Result<(), PanelError> {
        for &locus in &self.calls.differing {
            let name = &rows.loci()[locus];
            let value = |at| call_at(rows, at, locus);
            let named = (name.as_str(), Some(name));
            self.list_each(rows, rejected, named, value, Reason::ConflictingLocus)?;
        }
        for &column in &self.stated.differing {
            let value = |at| Ok(text_of(&rows.builder.sample(at), column));
            self.list_each(rows, rejected, (column, None), value, Reason::ConflictingColumn)?;
        }
        Ok(())
    }

    /// Lists the rows that have a value in this column (and locus), each with what another row says.
    fn list_each(
        &self,
        rows: &ArrivedRows<'_>,
        rejected: &mut RejectedList,
        (column, locus): (&str, Option<&LocusName>),
        value: impl Fn(u32) -> Result<Option<String>, PanelError>,
        reason: fn(String) -> Reason,
    ) -> Result<(), PanelError> {
        let Some(pair) = self.pair(&value)? else { return Ok(()) };
        for &at in &self.rows {
            let Some(own) = value(at)? else { continue };
            let other = usize::from(own == pair.values[0]);
            let file = rows.file_of(at);
            let said = format!("`{}` in {}", pair.values[other], rows.place(pair.rows[other], file));
            let (column, locus) = (Arc::from(column), locus.cloned());
            rejected.push(Some(file), Rejected { column, locus, value: own, ..rows.rejected(at, reason(said)) })?;
        }
        Ok(())
    }

    /// The first two rows whose values differ.
    fn pair(&self, value: impl Fn(u32) -> Result<Option<String>, PanelError>) -> Result<Option<RowPair>, PanelError> {
        let mut first: Option<(u32, String)> = None;
        for &at in &self.rows {
            match (&first, value(at)?) {
                (_, None) => {}
                (None, Some(own)) => first = Some((at, own)),
                (Some((row, known)), Some(own)) if *known != own => {
                    return Ok(Some(RowPair { rows: [*row, at], values: [known.clone(), own] }));
                }
                _ => {}
            }
        }
        Ok(None)
    }

    /// The loci and columns about which the rows differ, the first few with both values.
    fn describe_differences(&self, rows: &ArrivedRows<'_>) -> Result<String, PanelError> {
        let mut shown = Vec::new();
        for &locus in self.calls.differing.iter().take(NAMED) {
            let pair = self.pair(|at| call_at(rows, at, locus))?;
            shown.extend(pair.map(|pair| describe(rows.loci()[locus].as_str(), &pair)));
        }
        for &column in self.stated.differing.iter().take(NAMED) {
            let pair = self.pair(|at| Ok(text_of(&rows.builder.sample(at), column)))?;
            shown.extend(pair.map(|pair| describe(column, &pair)));
        }
        let more = (self.calls.differing.len() + self.stated.differing.len()).saturating_sub(shown.len());
        Ok(list_first(&shown, more))
    }
}

fn describe(name: &str, pair: &RowPair) -> String {
    format!("{name} ({}; {})", pair.values[0], pair.values[1])
}

fn call_at(rows: &ArrivedRows<'_>, at: u32, locus: usize) -> Result<Option<String>, PanelError> {
    let call = rows.builder.calls_of(at)?[locus];
    Ok((call != Call::Missing).then(|| call.to_string()))
}

/// The places of the other rows of one id, a few of them.
fn describe_others(rows: &ArrivedRows<'_>, same_id: &[u32], except: u32) -> String {
    let place = |&at: &u32| rows.place(at, rows.file_of(except));
    name_some(same_id.iter().filter(|&&other| other != except).map(place), NAMED)
}
