//! A synthetic case as tables: the lists of profiles that a laboratory would hand over, and the truth beside them.
//!
//! | table | what is in it |
//! | --- | --- |
//! | `children`, `corpses`, `detainees`, `relatives` | wide profiles, one row a sample, in the order of the ids |
//! | `truth` | for each child, its father's and its mother's sample among the corpses and detainees, nothing where there is none |
//! | `people` | whose each sample is: two samples of one person have one `person_id` |
//! | `relations` | every related pair of samples, and what they are to each other |
//! | `events` | every mutation and every typing error |
//! | `pedigrees` | the families that have missing members or relatives, as `filia identify` reads them |
//!
//! Rows are made as they are written; memory does not grow with the case.

use super::table::{Columns, Digits, Table};
use crate::inheritance::{self, Relationship};
use crate::io::result_tables::{EVENTS, PEDIGREES, PEOPLE, PROFILES, RELATIONS, TRUTH};
use crate::likelihood::LocusModel;
use crate::profile::{BirthYears, Role, Sex};
use crate::simulate::{FamilyTruth, Parents, ROLES, Reported, SamplePlace, SyntheticCase, SyntheticSample, Whose};

/// A synthetic case, as whoever writes it sees it.
#[derive(Clone, Copy)]
pub struct SyntheticTables<'a> {
    case: &'a SyntheticCase,
    models: &'a [LocusModel],
}

/// A sample and its place in the lists.
type ListedSample = (SamplePlace, SyntheticSample);

/// A mutation or a typing error.
struct TruthEvent {
    kind: &'static str,
    family: String,
    person: String,
    /// The sample, where there is one.
    sample: Option<String>,
    locus: usize,
    /// Of a mutation: the parent, the allele that the parent has, and the one that the child has.
    change: Option<(&'static str, String, String)>,
}

/// A family's id and one of its members.
type FamilyMember = (String, inheritance::Listed);

impl<'a> SyntheticTables<'a> {
    /// The tables of this case, made with these models.
    pub fn new(case: &'a SyntheticCase, models: &'a [LocusModel]) -> Self {
        Self { case, models }
    }

    /// Every table that the case has.
    pub fn tables(self) -> Vec<Table<'a>> {
        let lists = (0..ROLES.len()).filter(|&list| self.case.layout().len(list) > 0);
        let mut tables: Vec<_> = lists.map(|list| self.list(list)).collect();
        tables.extend([self.truth(), self.people(), self.relations(), self.events()]);
        if (0..self.case.layout().families.len()).any(|kind| self.case.has_pedigree(kind)) {
            tables.push(self.pedigrees());
        }
        tables
    }

    fn id(&self, place: Option<SamplePlace>) -> Option<String> {
        place.map(|place| self.case.layout().id(place))
    }

    /// The profiles of one list.
    fn list(self, list: usize) -> Table<'a> {
        let ListColumns { birth_year, birth_range, site, family, parents, drop_out } = ListColumns::of(self.case, list);
        let year =
            |row: &ListedSample, end: fn(BirthYears) -> i16| row.1.birth_years.map(|years| i64::from(end(years)));
        let mut columns = Columns::<ListedSample>::new()
            .text("sample_id", move |row| self.case.layout().id(row.0))
            .text("role", |row| ROLES[row.0.list].as_str())
            .text("sex", |row| sex_name(row.1.sex));
        if birth_range {
            columns = columns
                .integer("birth_year_min", move |row| year(row, |years| years.earliest))
                .integer("birth_year_max", move |row| year(row, |years| years.latest));
        }
        if birth_year {
            columns = columns.integer("birth_year", move |row| year(row, |years| years.earliest));
        }
        if site {
            columns = columns
                .optional_text("site", move |row| row.1.site.map(|site| self.case.sites(row.0.list)[site].as_str()));
        }
        if family {
            columns = columns.text("family_id", move |row| self.family_of(row.1.whose));
        }
        if parents {
            columns = columns
                .optional_text("mother_id", move |row| self.id(row.1.mother))
                .optional_text("father_id", move |row| self.id(row.1.father));
        }
        if drop_out {
            columns = columns.real("drop_out", Digits::All, |row| row.1.drop_out);
        }
        for (locus, model) in self.models.iter().enumerate() {
            columns = columns.text(model.name(), move |row| call(&row.1.reported[locus], model.alleles()));
        }
        let make = move |row: u64, rows: &mut Vec<ListedSample>| {
            let place = SamplePlace { list, row };
            rows.push((place, self.case.sample(place)));
        };
        Table::of_parts(PROFILES[list], columns, self.case.layout().len(list), 1, make)
    }

    fn truth(self) -> Table<'a> {
        let columns = Columns::<Parents>::new()
            .optional_text("child_id", move |row| self.id(Some(row.child)))
            .optional_text("father_id", move |row| self.id(row.father))
            .optional_text("mother_id", move |row| self.id(row.mother));
        let make = move |row: u64, rows: &mut Vec<Parents>| rows.push(self.case.parents(row));
        Table::of_parts(TRUTH, columns, self.case.layout().len(0), 1, make)
    }

    fn people(self) -> Table<'a> {
        let layout = self.case.layout();
        let columns = Columns::<(SamplePlace, Whose)>::new()
            .text("sample_id", move |row| layout.id(row.0))
            .text("family_id", move |row| self.family_of(row.1))
            .text("person_id", move |row| self.case.person_id(row.1));
        let make = move |row: u64, rows: &mut Vec<_>| {
            let place = self.place(row);
            rows.push((place, layout.whose(place)));
        };
        Table::of_parts(PEOPLE, columns, self.samples(), 1, make)
    }

    fn relations(self) -> Table<'a> {
        type Related = (SamplePlace, SamplePlace, Relationship);
        let columns = Columns::<Related>::new()
            .optional_text("sample_a", move |row| self.id(Some(row.0)))
            .optional_text("sample_b", move |row| self.id(Some(row.1)))
            .text("relationship", |row| row.2.name());
        let make = move |number: u64, rows: &mut Vec<Related>| {
            let (kind, instance) = self.case.family_at(number);
            if self.case.family_shape(kind).sample_count() >= 2 {
                rows.extend(self.case.relations(kind, instance));
            }
        };
        Table::of_parts(RELATIONS, columns, self.case.families(), 1, make)
    }

    /// Mutations family by family, then typing errors sample by sample.
    fn events(self) -> Table<'a> {
        let columns = Columns::<TruthEvent>::new()
            .text("kind", |event| event.kind)
            .text("family_id", |event| event.family.clone())
            .text("person_id", |event| event.person.clone())
            .optional_text("sample_id", |event| event.sample.clone())
            .text("locus", move |event| self.models[event.locus].name())
            .optional_text("parent", |event| event.change.as_ref().map(|(parent, ..)| *parent))
            .optional_text("from", |event| event.change.as_ref().map(|(_, from, _)| from.clone()))
            .optional_text("to", |event| event.change.as_ref().map(|(.., to)| to.clone()));
        let families = self.case.families();
        let make = move |number: u64, rows: &mut Vec<TruthEvent>| match number.checked_sub(families) {
            None => self.mutations(number, rows),
            Some(sample) => self.typing_errors(self.place(sample), rows),
        };
        Table::of_parts(EVENTS, columns, families + self.samples(), 1, make)
    }

    fn mutations(&self, number: u64, rows: &mut Vec<TruthEvent>) {
        let (kind, instance) = self.case.family_at(number);
        let pedigree = &self.case.layout().families[kind].pedigree;
        if pedigree.individuals().iter().all(|person| person.father.is_none() && person.mother.is_none()) {
            return;
        }
        let FamilyTruth { genotypes, .. } = self.case.family(kind, instance);
        let samples = self.case.layout().samples_of(kind, instance);
        for mutation in &genotypes.mutations {
            let own = samples.iter().find(|(person, _)| *person == mutation.child);
            let parent = if mutation.parent == Sex::Female { "mother" } else { "father" };
            let alleles = self.models[mutation.locus].alleles();
            let label = |allele: usize| alleles.get(allele).map_or("silent", String::as_str).to_owned();
            rows.push(TruthEvent {
                kind: "mutation",
                family: self.case.family_id(kind, instance),
                person: self.case.person_id(Whose { kind, instance, person: mutation.child }),
                sample: self.id(own.map(|&(_, place)| place)),
                locus: mutation.locus,
                change: Some((parent, label(mutation.from.position()), label(mutation.to.position()))),
            });
        }
    }

    fn typing_errors(&self, place: SamplePlace, rows: &mut Vec<TruthEvent>) {
        if self.case.shape().roles.get(&ROLES[place.list]).is_none_or(|shape| shape.typing_error == 0.0) {
            return;
        }
        let SyntheticSample { whose, mistyped, .. } = self.case.sample(place);
        rows.extend(mistyped.iter().map(|&locus| TruthEvent {
            kind: "typing error",
            family: self.family_of(whose),
            person: self.case.person_id(whose),
            sample: self.id(Some(place)),
            locus,
            change: None,
        }));
    }

    fn pedigrees(self) -> Table<'a> {
        let columns = Columns::<FamilyMember>::new()
            .text("family_id", |(family, _)| family.clone())
            .text("person_id", |(_, member)| member.id.clone())
            .optional_text("father_id", |(_, member)| member.father.clone())
            .optional_text("mother_id", |(_, member)| member.mother.clone())
            .text("sex", |(_, member)| sex_name(member.sex))
            .flag("missing", |(_, member)| member.missing);
        let make = move |number: u64, rows: &mut Vec<FamilyMember>| {
            let (kind, instance) = self.case.family_at(number);
            let members = self.case.pedigree(number).into_iter();
            rows.extend(members.map(|member| (self.case.family_id(kind, instance), member)));
        };
        Table::of_parts(PEDIGREES, columns, self.case.families(), 1, make)
    }

    /// Number of samples.
    fn samples(&self) -> u64 {
        (0..ROLES.len()).map(|list| self.case.layout().len(list)).sum()
    }

    /// The place of a sample, by its number over all lists (0-based).
    fn place(&self, mut row: u64) -> SamplePlace {
        let mut list = 0;
        while row >= self.case.layout().len(list) {
            row -= self.case.layout().len(list);
            list += 1;
        }
        SamplePlace { list, row }
    }

    fn family_of(&self, whose: Whose) -> String {
        self.case.family_id(whose.kind, whose.instance)
    }
}

/// Which columns a list has beside id, role, sex and the loci.
struct ListColumns {
    birth_year: bool,
    birth_range: bool,
    site: bool,
    family: bool,
    parents: bool,
    drop_out: bool,
}

impl ListColumns {
    fn of(case: &SyntheticCase, list: usize) -> Self {
        let role = ROLES[list];
        let shape = case.shape();
        let sampled =
            || shape.families.iter().flat_map(|family| &family.people).filter(|who| who.samples.contains(&role));
        let has_age = sampled().any(|person| person.born.is_some());
        let birth_range = has_age && shape.roles.get(&role).is_some_and(|shape| shape.age_span > 1);
        Self {
            birth_year: has_age && !birth_range,
            birth_range,
            site: !case.sites(list).is_empty(),
            family: role == Role::Relative,
            parents: sampled().any(|person| !person.names.is_empty()),
            drop_out: case.states_drop_out(list),
        }
    }
}

fn sex_name(sex: Sex) -> &'static str {
    match sex {
        Sex::Female => "female",
        Sex::Male => "male",
        Sex::Unknown => "",
    }
}

/// The alleles as a cell of a profile holds them.
fn call(reported: &Reported, labels: &[String]) -> String {
    let alleles = reported.alleles().iter().map(|allele| labels[allele.position()].as_str());
    alleles.collect::<Vec<_>>().join(",")
}
