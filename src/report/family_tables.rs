//! The tables of `filia match` on all children at once.

use super::table::{Columns, Digits, Table};
use crate::io::result_tables::{CASE_FAMILIES, SIBSHIPS};
use crate::matching::Case;
use crate::matching::families::{Family, Member, MemberRole, Sibship};

/// As results are shown.
const SHOWN: Digits = Digits::Significant;

/// One row of the table `families`.
struct Row<'a> {
    /// From 1.
    family: i64,
    member: &'a Member,
    probability: f64,
}

/// The table `families`: the families of the likeliest configuration, member by member.
pub fn case_families_table<'a>(case: &'a Case<'a>, families: &'a [Family]) -> Table<'a> {
    let columns = Columns::<Row<'a>>::new()
        .integer("family", |row| row.family)
        .text("member_id", |row| id(case, row.member))
        .text("member_role", |row| role(row.member.role))
        .real("probability", SHOWN, |row| row.probability);
    let make = |at: u64, rows: &mut Vec<Row<'a>>| {
        let family = &families[at as usize];
        let row = |member| Row { family: at as i64 + 1, member, probability: family.probability };
        rows.extend(family.members.iter().map(row));
    };
    Table::of_parts(CASE_FAMILIES, columns, families.len() as u64, 4, make)
}

fn id(case: &Case<'_>, member: &Member) -> String {
    match (member.sample, member.role) {
        (Some(sample), _) => case.panel.full_id(sample).into_owned(),
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
