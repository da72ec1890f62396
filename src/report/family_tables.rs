//! The tables of `filia match` on all children at once.

use super::table::{Columns, Digits, Table};
use crate::io::result_tables::{CASE_FAMILIES, IDENTITIES, SIBSHIPS};
use crate::matching::Case;
use crate::matching::families::{Family, Identities, Identity, Member, MemberRole, Sibship};
use crate::matching::one_person::Persons;
use crate::profile::SampleIndex;
use std::fmt;

/// As results are shown.
const SHOWN: Digits = Digits::Significant;

/// Below this probability nobody is listed as a body's identity.
const IDENTITY_FROM: f64 = 1e-6;

/// A missing person, by family and id.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MissingName {
    /// The family's id.
    pub family: String,
    /// The person's id in it.
    pub person: String,
}

/// `*` as of everybody who is in no list, the family, the person.
impl fmt::Display for MissingName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "*{}:{}", self.family, self.person)
    }
}

/// One row of the table `families`.
struct FamilyRow<'a> {
    /// From 1.
    family: i64,
    member: &'a Member,
    probability: f64,
}

/// The table `families`: the families of the likeliest configuration, member by member.
pub fn case_families_table<'a>(case: &'a Case<'a>, missing: &'a [MissingName], families: &'a [Family]) -> Table<'a> {
    let columns = Columns::<FamilyRow<'a>>::new()
        .integer("family", |row| row.family)
        .text("member_id", |row| id(case, missing, row.member))
        .text("member_role", |row| role(row.member.role))
        .real("probability", SHOWN, |row| row.probability);
    let make = |at: u64, rows: &mut Vec<FamilyRow<'a>>| {
        let family = &families[at as usize];
        let row = |member| FamilyRow { family: at as i64 + 1, member, probability: family.probability };
        rows.extend(family.members.iter().map(row));
    };
    Table::of_parts(CASE_FAMILIES, columns, families.len() as u64, 4, make)
}

fn id(case: &Case<'_>, missing: &[MissingName], member: &Member) -> String {
    match (member.sample, member.role) {
        (Some(sample), _) => case.panel.full_id(sample).into_owned(),
        (None, MemberRole::MissingFather | MemberRole::MissingMother) => missing[member.number as usize].to_string(),
        (None, MemberRole::UnlistedMother) => format!("*mother{}", member.number),
        (None, _) => format!("*father{}", member.number),
    }
}

fn role(role: MemberRole) -> &'static str {
    match role {
        MemberRole::Father => "father",
        MemberRole::Mother => "mother",
        MemberRole::Child => "child",
        MemberRole::UnlistedFather => "unlisted father",
        MemberRole::UnlistedMother => "unlisted mother",
        MemberRole::MissingFather => "missing father",
        MemberRole::MissingMother => "missing mother",
    }
}

/// The table `sibships`: children who may be siblings, in the order of their ids.
pub fn sibships_table<'a>(case: &'a Case<'a>, sibships: &'a [Sibship]) -> Table<'a> {
    let columns = Columns::<&Sibship>::new()
        .text("child_a", |row| case.panel.full_id(row.one))
        .text("child_b", |row| case.panel.full_id(row.other))
        .real("share_father", SHOWN, |row| row.share[0])
        .real("share_mother", SHOWN, |row| row.share[1])
        .real("full", SHOWN, |row| row.full)
        .real("half", SHOWN, |row| row.half);
    Table::of_slice(SIBSHIPS, columns, sibships)
}

/// One row of the table `identities`.
struct IdentityRow<'a> {
    sample: SampleIndex,
    /// The missing person; nobody of them.
    person: Option<&'a MissingName>,
    probability: f64,
    log10_lr: Option<f64>,
    identity: &'a Identity,
}

/// The table `identities`: for each body the probability of each missing person, and of none of them (`*`), shown on each of its samples;
/// bodies that can hardly be anybody are left out.
pub fn identities_table<'a>(
    case: &'a Case<'a>,
    persons: &'a Persons,
    missing: &'a [MissingName],
    identities: &'a Identities,
) -> Table<'a> {
    let columns = Columns::<IdentityRow<'a>>::new()
        .text("victim_id", |row| case.panel.full_id(row.sample))
        .text("family_id", |row| row.person.map_or("*", |name| &name.family))
        .text("missing_id", |row| row.person.map_or("*", |name| &name.person))
        .real("probability", Digits::Precise, |row| row.probability)
        .real("log10_lr", Digits::Precise, |row| row.log10_lr)
        .integer("children_weighed", |row| row.identity.children as i64)
        .real("probability_error", SHOWN, |row| row.identity.error);
    let make = |at: u64, rows: &mut Vec<IdentityRow<'a>>| {
        let body = at as usize;
        let identity = &identities.bodies[body];
        let can_be: Vec<(u32, f64)> =
            identity.persons.iter().copied().filter(|&(_, probability)| probability >= IDENTITY_FROM).collect();
        if can_be.is_empty() {
            return;
        }
        let own = [identity.body];
        for &sample in persons.samples(identity.body).unwrap_or(&own) {
            rows.extend(can_be.iter().map(|&(person, probability)| {
                let log10_lr = identities.log10_lrs[person as usize][body];
                IdentityRow { sample, person: Some(&missing[person as usize]), probability, log10_lr, identity }
            }));
            rows.push(IdentityRow { sample, person: None, probability: identity.nobody, log10_lr: None, identity });
        }
    };
    Table::of_parts(IDENTITIES, columns, identities.bodies.len() as u64, 1, make)
}
