//! Names for people who share an id: the list, the role or the file, in front of the id.

use super::{arrived_rows::ArrivedRows, people::Person};
use std::{collections::HashSet, path::Path, sync::Arc};

/// The people of one id, in the order of their labels; somebody alone has none.
///
/// A label is the name of the file without its ending; for people of one file it is the role, for files of one name the whole
/// path.
pub fn label_people(people: Vec<Person>, rows: &ArrivedRows<'_>) -> Vec<(Person, Option<Arc<str>>)> {
    if people.len() < 2 {
        return people.into_iter().map(|person| (person, None)).collect();
    }
    let files: Vec<usize> = people.iter().map(|person| rows.file_of(person.rows[0])).collect();
    let mut labels: Vec<String> = (0..people.len()).map(|at| short_label(&people, &files, at, rows)).collect();
    if labels.iter().collect::<HashSet<_>>().len() < labels.len() {
        let long = |at: usize| format!("{}/{}", rows.files[files[at]].name, role_of(&people[at]));
        labels = (0..people.len()).map(long).collect();
    }
    let mut labelled: Vec<_> =
        people.into_iter().zip(labels).map(|(person, label)| (person, Some(Arc::from(label)))).collect();
    labelled.sort_by(|left, right| left.1.cmp(&right.1));
    labelled
}

fn short_label(people: &[Person], files: &[usize], at: usize, rows: &ArrivedRows<'_>) -> String {
    let name = |file: usize| rows.files[file].name.as_str();
    let others = || files.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, &file)| file);
    if others().any(|file| file == files[at]) {
        return role_of(&people[at]).to_owned();
    }
    let own = stem(name(files[at]));
    if others().any(|file| stem(name(file)) == own) { name(files[at]).to_owned() } else { own.to_owned() }
}

fn role_of(person: &Person) -> &'static str {
    person.stated.sample.role.map_or("no-role", |role| role.as_str())
}

/// The file's name without folder and ending.
fn stem(file: &str) -> &str {
    Path::new(file).file_stem().and_then(|stem| stem.to_str()).filter(|stem| !stem.is_empty()).unwrap_or(file)
}
