//! Who is who among the rows of one id.
//!
//! Ids belong to their list. In one file, rows of one id and role are one person's. Rows of another file of the same list are
//! that person's too if three of four loci agree, or if no locus can tell. Rows of another list (children, candidates, remains,
//! relatives) are another person's unless the profile is the same. People of different roles are different people.

use super::{
    arrived_rows::ArrivedRows,
    merging::{Calls, LocusAgreement, Stated},
};
use crate::profile::{Call, LocusName, PanelError, Role, Sample};

/// Loci at which profiles of two lists must agree, all of them, to be those of one person: of two strangers hardly one pair in
/// 10,000 does.
const SAME_PROFILE: usize = 4;

/// Rows of one person, put together.
pub struct Person {
    /// By arrival.
    pub rows: Vec<u32>,
    /// What they state beside the calls.
    pub stated: Stated,
    /// What they show.
    pub calls: Calls,
    /// The lists that they belong to.
    lists: Vec<Option<Role>>,
}

/// The people of one id.
#[derive(Default)]
pub struct RowsOfId {
    /// Those that can be used.
    pub people: Vec<Person>,
    /// Rows of one id and file that are not of one person.
    pub set_aside: Vec<Person>,
}

/// Puts rows of one id (in the order of arrival) together, and tells people apart.
///
/// # Errors
/// A temporary file that can no longer be read.
pub fn tell_apart(rows: &ArrivedRows<'_>, same_id: &[u32]) -> Result<RowsOfId, PanelError> {
    let mut group = RowsOfId::default();
    for same_file in same_id.chunk_by(|&left, &right| rows.file_of(left) == rows.file_of(right)) {
        for found in by_role(rows, same_file)? {
            if found.is_nobody() {
                group.set_aside.push(found);
                continue;
            }
            match group.people.iter_mut().find(|person| person.is_one_with(&found)) {
                Some(person) => person.join(found),
                None => group.people.push(found),
            }
        }
    }
    Ok(group)
}

/// The rows of one id and file by the role that they state; rows without one go with the only role that there is.
fn by_role(rows: &ArrivedRows<'_>, same_file: &[u32]) -> Result<Vec<Person>, PanelError> {
    let mut stated: Vec<Role> = same_file.iter().filter_map(|&at| rows.builder.role(at)).collect();
    stated.sort_unstable();
    stated.dedup();
    let only = stated.first().copied().filter(|_| stated.len() == 1);
    let mut people: Vec<(Option<Role>, Person)> = Vec::new();
    for &at in same_file {
        let role = rows.builder.role(at).or(only);
        let row = Person::of_row(rows, at)?;
        match people.iter_mut().find(|(of, _)| *of == role) {
            Some((_, person)) => person.join(row),
            None => people.push((role, row)),
        }
    }
    people.sort_by_key(|(role, _)| role.is_none());
    Ok(people.into_iter().map(|(_, person)| person).collect())
}

impl Person {
    fn of_row(rows: &ArrivedRows<'_>, at: u32) -> Result<Self, PanelError> {
        Ok(Self {
            rows: vec![at],
            stated: Stated::of(rows.builder.sample(at)),
            calls: Calls::of(rows.builder.calls_of(at)?),
            lists: vec![rows.list_of(at)],
        })
    }

    fn join(&mut self, other: Self) {
        self.rows.extend(other.rows);
        self.stated.merge(&other.stated.sample);
        for column in other.stated.differing {
            self.stated.set_aside(column);
        }
        self.calls.merge(&other.calls);
        for list in other.lists {
            if !self.lists.contains(&list) {
                self.lists.push(list);
            }
        }
    }

    /// Whether these rows of one file differ too much to be of one person.
    fn is_nobody(&self) -> bool {
        let mut tally = self.calls.tally();
        tally.differing += self.stated.telling_differences();
        tally.is_nobody()
    }

    /// Whether its rows differ anywhere.
    pub fn contradicts_itself(&self) -> bool {
        !self.calls.differing.is_empty() || !self.stated.differing.is_empty()
    }

    fn is_one_with(&self, other: &Self) -> bool {
        if self.has_other_role_than(other) {
            return false;
        }
        let same_list = other.lists.iter().any(|list| self.lists.contains(list));
        let most = if same_list { LocusAgreement::most_differing(self.calls.calls.len()) } else { 0 };
        let mut tally = self.calls.compare(&other.calls, most);
        if tally.differing > most {
            return false;
        }
        let mut stated = self.stated.clone();
        stated.merge(&other.stated.sample);
        tally.differing += stated.telling_differences() - self.stated.telling_differences();
        if same_list { tally.most_agree() } else { tally.differing == 0 && tally.agreeing >= SAME_PROFILE }
    }

    /// Whether the two are said to be of different roles; what their lists say counts beside a stated role.
    fn has_other_role_than(&self, other: &Self) -> bool {
        let stated = [self, other].map(|person| person.stated.sample.role);
        let known = [self, other].map(|person| {
            let of_lists = person.lists.iter().copied().flatten().next();
            person.stated.sample.role.or(of_lists)
        });
        let differ = matches!(known, [Some(here), Some(there)] if here != there);
        differ && stated.iter().any(Option::is_some)
    }

    /// The first thing that tells the two apart.
    pub fn difference_from(&self, other: &Self, loci: &[LocusName]) -> String {
        let calls = self.calls.calls.iter().zip(&other.calls.calls);
        let differ = |(&here, &there): (&Call, &Call)| here != there && here != Call::Missing && there != Call::Missing;
        if let Some((locus, (here, there))) = loci.iter().zip(calls).find(|(_, calls)| differ(*calls)) {
            return format!("{locus} {here} and {there}");
        }
        let role = |person: &Self| person.stated.sample.role;
        if let (Some(here), Some(there)) = (role(self), role(other))
            && here != there
        {
            return format!("{here} and {there}");
        }
        let found = self.stated.clone().merge(&Sample { role: None, ..other.stated.sample.clone() });
        match found.first() {
            Some(found) => format!("{} {} and {}", found.column, found.before, found.now),
            None => "too little in common to be taken as one".to_owned(),
        }
    }
}
