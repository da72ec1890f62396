//! Writes a synthetic case: the lists of profiles that a laboratory would hand over, and the truth beside them.
//!
//! | file | what is in it |
//! | --- | --- |
//! | `children.csv`, `corpses.csv`, `detainees.csv`, `relatives.csv` | wide profiles, one row a sample, in the order of the ids |
//! | `truth.csv` | for each child, its father's and its mother's sample among the corpses and detainees, empty where there is none |
//! | `people.csv` | whose each sample is: two samples of one person have one `person_id` |
//! | `relations.csv` | every related pair of samples, and what they are to each other |
//! | `events.csv` | every mutation and every typing error |
//! | `pedigrees.csv` | the families that have missing members or relatives, as `filia identify` reads them |
//!
//! Rows are made in parallel and written in order; memory does not grow with the case.

use super::safe_csv::SafeCsvWriter;
use crate::likelihood::LocusModel;
use crate::profile::{Role, Sex};
use crate::simulate::{FamilyTruth, Place, ROLES, Reported, SyntheticCase, SyntheticSample};
use rayon::prelude::*;
use std::io::{self, Write};

/// The file of each of [`ROLES`].
const LIST_FILES: [&str; 4] = ["children.csv", "corpses.csv", "detainees.csv", "relatives.csv"];

/// Every file that a case can have.
pub const CASE_FILES: [&str; 9] = [
    "children.csv",
    "corpses.csv",
    "detainees.csv",
    "relatives.csv",
    "truth.csv",
    "people.csv",
    "relations.csv",
    "events.csv",
    "pedigrees.csv",
];

/// Rows that are made together.
const CHUNK: u64 = 1024;

/// Writes rows of one file.
type Rows = SafeCsvWriter<Vec<u8>>;

/// Writes a synthetic case, file by file.
pub struct CaseWriter<'a> {
    case: &'a SyntheticCase,
    loci: Vec<&'a str>,
    alleles: Vec<&'a [String]>,
    family_digits: usize,
}

impl<'a> CaseWriter<'a> {
    /// A writer of this case, made with these models.
    pub fn new(case: &'a SyntheticCase, models: &'a [LocusModel]) -> Self {
        let families: u64 = case.layout().families.iter().map(|family| family.count).sum();
        Self {
            case,
            loci: models.iter().map(LocusModel::name).collect(),
            alleles: models.iter().map(LocusModel::alleles).collect(),
            family_digits: families.to_string().len().max(3),
        }
    }

    /// Writes every file; `create` opens one by its name.
    ///
    /// # Errors
    /// Whatever writing meets.
    pub fn write<W: Write>(&self, mut create: impl FnMut(&str) -> io::Result<W>) -> io::Result<()> {
        for (list, name) in LIST_FILES.into_iter().enumerate() {
            if self.case.layout().len(list) > 0 {
                self.write_list(list, &mut create(name)?)?;
            }
        }
        self.write_truth(&mut create("truth.csv")?)?;
        self.write_people(&mut create("people.csv")?)?;
        self.write_relations(&mut create("relations.csv")?)?;
        self.write_events(&mut create("events.csv")?)?;
        if (0..self.case.layout().families.len()).any(|kind| self.has_pedigree(kind)) {
            self.write_pedigrees(&mut create("pedigrees.csv")?)?;
        }
        Ok(())
    }

    fn write_list(&self, list: usize, out: &mut impl Write) -> io::Result<()> {
        let columns = ListColumns::of(self.case, list);
        let header = columns.names().into_iter().chain(self.loci.iter().copied());
        write_rows(out, header, self.case.layout().len(list), |row, rows| {
            let place = Place { list, row };
            self.write_sample(place, &self.case.sample(place), &columns, rows)
        })
    }

    fn write_sample(
        &self,
        place: Place,
        sample: &SyntheticSample,
        columns: &ListColumns,
        rows: &mut Rows,
    ) -> csv::Result<()> {
        let layout = self.case.layout();
        let id = |place: Option<Place>| place.map_or(String::new(), |place| layout.id(place));
        rows.write_cell(layout.id(place))?;
        rows.write_cell(ROLES[place.list].to_string())?;
        rows.write_cell(sex_name(sample.sex))?;
        let years = sample.birth_years;
        if columns.birth_range {
            rows.write_cell(years.map_or(String::new(), |years| years.earliest.to_string()))?;
            rows.write_cell(years.map_or(String::new(), |years| years.latest.to_string()))?;
        } else if columns.birth_year {
            rows.write_cell(years.map_or(String::new(), |years| years.earliest.to_string()))?;
        }
        if columns.site {
            rows.write_cell(sample.site.map_or("", |site| &self.case.sites(place.list)[site]))?;
        }
        if columns.family {
            rows.write_cell(self.family_id(sample.whose.kind, sample.whose.instance))?;
        }
        if columns.parents {
            rows.write_cell(id(sample.mother))?;
            rows.write_cell(id(sample.father))?;
        }
        if columns.drop_out {
            rows.write_cell(sample.drop_out.to_string())?;
        }
        let mut cell = String::new();
        for (reported, labels) in sample.reported.iter().zip(&self.alleles) {
            write_cell(&mut cell, reported, labels);
            rows.write_cell(&cell)?;
        }
        rows.end_row()
    }

    fn write_truth(&self, out: &mut impl Write) -> io::Result<()> {
        let id = |place: Option<Place>| place.map_or(String::new(), |place| self.case.layout().id(place));
        write_rows(out, ["child_id", "father_id", "mother_id"], self.case.layout().len(0), |row, rows| {
            let parents = self.case.parents(row);
            rows.write_row([id(Some(parents.child)), id(parents.father), id(parents.mother)])
        })
    }

    fn write_people(&self, out: &mut impl Write) -> io::Result<()> {
        let layout = self.case.layout();
        let total = (0..ROLES.len()).map(|list| layout.len(list)).sum();
        write_rows(out, ["sample_id", "family_id", "person_id"], total, |mut row, rows| {
            let mut list = 0;
            while row >= layout.len(list) {
                row -= layout.len(list);
                list += 1;
            }
            let place = Place { list, row };
            let whose = layout.whose(place);
            let family = self.family_id(whose.kind, whose.instance);
            rows.write_row([layout.id(place), family, self.person_id(whose.kind, whose.instance, whose.person)])
        })
    }

    fn write_relations(&self, out: &mut impl Write) -> io::Result<()> {
        self.write_families(out, ["sample_a", "sample_b", "relationship"], |kind, instance, rows| {
            if self.case.family_shape(kind).sample_count() < 2 {
                return Ok(());
            }
            for (first, second, related) in self.case.relations(kind, instance) {
                rows.write_row([&self.case.layout().id(first), &self.case.layout().id(second), related.name()])?;
            }
            Ok(())
        })
    }

    fn write_events(&self, out: &mut impl Write) -> io::Result<()> {
        let header = ["kind", "family_id", "person_id", "sample_id", "locus", "parent", "from", "to"];
        self.write_families(&mut *out, header, |kind, instance, rows| {
            let pedigree = &self.case.layout().families[kind].pedigree;
            if pedigree.individuals().iter().all(|person| person.father.is_none() && person.mother.is_none()) {
                return Ok(());
            }
            self.write_mutations(kind, instance, &self.case.family(kind, instance), rows)
        })?;
        for (list, role) in ROLES.into_iter().enumerate() {
            if self.case.shape().roles.get(&role).is_none_or(|shape| shape.typing_error == 0.0) {
                continue;
            }
            write_rows(out, [], self.case.layout().len(list), |row, rows| {
                let place = Place { list, row };
                let sample = self.case.sample(place);
                let whose = sample.whose;
                for &locus in &sample.mistyped {
                    let family = self.family_id(whose.kind, whose.instance);
                    let person = self.person_id(whose.kind, whose.instance, whose.person);
                    let id = self.case.layout().id(place);
                    rows.write_row(["typing error", &family, &person, &id, self.loci[locus], "", "", ""])?;
                }
                Ok(())
            })?;
        }
        Ok(())
    }

    fn write_mutations(&self, kind: usize, instance: u64, truth: &FamilyTruth, rows: &mut Rows) -> csv::Result<()> {
        let samples = self.case.layout().samples_of(kind, instance);
        for mutation in &truth.genotypes.mutations {
            let own = samples.iter().find(|(person, _)| *person == mutation.child);
            let parent = if mutation.parent == Sex::Female { "mother" } else { "father" };
            let label = |allele: usize| self.alleles[mutation.locus].get(allele).map_or("silent", String::as_str);
            rows.write_row([
                "mutation",
                &self.family_id(kind, instance),
                &self.person_id(kind, instance, mutation.child),
                &own.map_or(String::new(), |&(_, place)| self.case.layout().id(place)),
                self.loci[mutation.locus],
                parent,
                label(mutation.from.position()),
                label(mutation.to.position()),
            ])?;
        }
        Ok(())
    }

    fn write_pedigrees(&self, out: &mut impl Write) -> io::Result<()> {
        let header = ["family_id", "person_id", "father_id", "mother_id", "sex", "missing"];
        self.write_families(out, header, |kind, instance, rows| {
            if !self.has_pedigree(kind) {
                return Ok(());
            }
            let truth = self.case.family(kind, instance);
            let samples = self.case.layout().samples_of(kind, instance);
            let is_relative = |place: Place| ROLES[place.list] == Role::Relative;
            let id = |person: usize| {
                let own = samples.iter().find(|(sampled, place)| *sampled == person && is_relative(*place));
                own.map_or_else(|| self.person_id(kind, instance, person), |&(_, place)| self.case.layout().id(place))
            };
            let family = &self.case.layout().families[kind];
            for (person, individual) in family.pedigree.individuals().iter().enumerate() {
                rows.write_row([
                    self.family_id(kind, instance),
                    id(person),
                    individual.father.map_or(String::new(), id),
                    individual.mother.map_or(String::new(), id),
                    sex_name(truth.sexes[person]).to_owned(),
                    if self.case.family_shape(kind).people[person].missing { "yes" } else { "no" }.to_owned(),
                ])?;
            }
            Ok(())
        })
    }

    /// Rows for each family in turn.
    fn write_families<const N: usize>(
        &self,
        out: &mut impl Write,
        header: [&str; N],
        row: impl Fn(usize, u64, &mut Rows) -> csv::Result<()> + Sync,
    ) -> io::Result<()> {
        let families = &self.case.layout().families;
        let total = families.iter().map(|family| family.count).sum();
        write_rows(out, header, total, |number, rows| {
            let kind = families.partition_point(|family| family.first + family.count <= number);
            row(kind, number - families[kind].first, rows)
        })
    }

    fn has_pedigree(&self, kind: usize) -> bool {
        let people = &self.case.family_shape(kind).people;
        people.iter().any(|person| person.missing || person.samples.contains(&Role::Relative))
    }

    fn family_id(&self, kind: usize, instance: u64) -> String {
        let digits = self.family_digits;
        format!("F{:0digits$}", self.case.layout().families[kind].first + instance + 1)
    }

    fn person_id(&self, kind: usize, instance: u64, person: usize) -> String {
        let name = &self.case.layout().families[kind].pedigree.individuals()[person].id;
        format!("{}.{name}", self.family_id(kind, instance))
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

    fn names(&self) -> Vec<&'static str> {
        let mut names = vec!["sample_id", "role", "sex"];
        let optional: [(bool, &[&str]); 6] = [
            (self.birth_range, &["birth_year_min", "birth_year_max"]),
            (self.birth_year, &["birth_year"]),
            (self.site, &["site"]),
            (self.family, &["family_id"]),
            (self.parents, &["mother_id", "father_id"]),
            (self.drop_out, &["drop_out"]),
        ];
        optional.into_iter().filter(|(used, _)| *used).for_each(|(_, columns)| names.extend(columns));
        names
    }
}

fn sex_name(sex: Sex) -> &'static str {
    match sex {
        Sex::Female => "female",
        Sex::Male => "male",
        Sex::Unknown => "",
    }
}

fn write_cell(cell: &mut String, reported: &Reported, labels: &[String]) {
    cell.clear();
    for (at, allele) in reported.alleles().iter().enumerate() {
        if at > 0 {
            cell.push(',');
        }
        cell.push_str(&labels[allele.position()]);
    }
}

/// Writes a header (unless it is empty) and what `make` says for each of `0..count`, in order, made in parallel.
fn write_rows<'h>(
    out: &mut impl Write,
    header: impl IntoIterator<Item = &'h str>,
    count: u64,
    make: impl Fn(u64, &mut Rows) -> csv::Result<()> + Sync,
) -> io::Result<()> {
    let mut titles = Rows::new(Vec::new());
    let header: Vec<&str> = header.into_iter().collect();
    if !header.is_empty() {
        titles.write_row(header)?;
    }
    out.write_all(&into_bytes(titles)?)?;
    let batch = CHUNK * 4 * rayon::current_num_threads() as u64;
    for start in (0..count).step_by(batch as usize) {
        let chunks: Vec<io::Result<Vec<u8>>> = (start..count.min(start + batch))
            .step_by(CHUNK as usize)
            .collect::<Vec<_>>()
            .into_par_iter()
            .map(|first| {
                let mut rows = Rows::new(Vec::new());
                (first..count.min(first + CHUNK)).try_for_each(|row| make(row, &mut rows))?;
                into_bytes(rows)
            })
            .collect();
        for chunk in chunks {
            out.write_all(&chunk?)?;
        }
    }
    out.flush()
}

fn into_bytes(rows: Rows) -> io::Result<Vec<u8>> {
    rows.finish()
}
