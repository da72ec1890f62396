//! Case shapes (TOML): which families a synthetic case has, who of them is sampled, and how well.

use super::known_names::is_free;
use super::source::Inputs;
use super::toml_file::TomlFileError;
use crate::simulate::{CaseShape, ShapeError};
use serde::Deserialize;
use std::path::Path;
use toml::de::{DeTable, DeValue};

/// The bundled case, by its name.
pub const DEMO: &str = "demo";
/// Its description.
pub const DEMO_SHAPE: &str = include_str!("../../data/demo/case.toml");

/// Why a case shape cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CaseShapeError {
    /// The file.
    #[error(transparent)]
    File(#[from] TomlFileError),
    /// The shape contradicts itself.
    #[error("{path}: {source}")]
    Shape {
        /// The file.
        path: String,
        /// What is wrong.
        source: ShapeError,
    },
}

/// Reads a case shape.
///
/// # Errors
/// A file that cannot be read or is no case shape.
pub fn read_case_shape(path: &Path, inputs: &Inputs) -> Result<CaseShape, CaseShapeError> {
    let bytes = inputs.read_named(path).map_err(TomlFileError::from)?;
    parse_case_shape(&path.display().to_string(), &String::from_utf8_lossy(&bytes))
}

/// Reads a case shape from text; `name` is what messages name.
///
/// # Errors
/// A text that is no case shape, or one that contradicts itself.
pub fn parse_case_shape(name: &str, text: &str) -> Result<CaseShape, CaseShapeError> {
    let malformed = |error: toml::de::Error| TomlFileError::malformed(name, text, &error);
    let mut document = DeTable::parse(text).map_err(malformed)?;
    take_out_free_keys(document.get_mut());
    let shape = CaseShape::deserialize(toml::de::Deserializer::from(document)).map_err(malformed)?;
    shape.check().map_err(|source| CaseShapeError::Shape { path: name.to_owned(), source })?;
    Ok(shape)
}

/// Names that the writer of a shape gives: none of the keys below is let be.
const NAMED_BY_USERS: &str = "kits";

/// Takes out what is for people only, in this table and all below.
fn take_out_free_keys(table: &mut DeTable<'_>) {
    let free: Vec<String> = table.keys().map(|key| key.get_ref().to_string()).filter(|key| is_free(key)).collect();
    for key in free {
        table.remove(key.as_str());
    }
    for (key, value) in table.iter_mut() {
        if key.get_ref() != NAMED_BY_USERS {
            take_out_below(value.get_mut());
        }
    }
}

fn take_out_below(value: &mut DeValue<'_>) {
    match value {
        DeValue::Table(table) => take_out_free_keys(table),
        DeValue::Array(values) => values.iter_mut().for_each(|value| take_out_below(value.get_mut())),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::Role;
    use crate::simulate::{FamilyShape, PersonShape};

    fn message(text: &str) -> String {
        parse_case_shape("case.toml", text).unwrap_err().to_string()
    }

    #[test]
    fn the_demonstration_case_reads() {
        let shape = parse_case_shape("demo", include_str!("../../data/demo/case.toml")).unwrap();
        let samples: u64 = shape.families.iter().map(|family| family.count * family.sample_count() as u64).sum();
        assert_eq!(samples, 60 + 120 + 80 + 22);
    }

    #[test]
    fn the_bundled_cases_have_the_sizes_that_they_say() {
        let sizes = |text: &str| {
            let shape = parse_case_shape("case", text).unwrap();
            let of = |role: Role| -> u64 {
                let samples =
                    |person: &PersonShape| person.samples.iter().filter(|&&sample| sample == role).count() as u64;
                shape.families.iter().map(|family| family.count * family.people.iter().map(samples).sum::<u64>()).sum()
            };
            let missing =
                |family: &FamilyShape| family.count * family.people.iter().filter(|one| one.missing).count() as u64;
            let missing: u64 = shape.families.iter().map(missing).sum();
            (of(Role::Child), of(Role::Detainee), of(Role::Corpse), of(Role::Relative), missing)
        };
        assert_eq!(sizes(include_str!("../../data/cases/population.toml")), (1000, 1_000_000, 0, 0, 0));
        assert_eq!(sizes(include_str!("../../data/cases/disaster.toml")), (0, 0, 64, 62, 36));
    }

    #[test]
    fn what_is_for_people_is_let_be() {
        let text = "comment = 'a test'\nfamilies = [{ x_who = 1, people = [{ id = 'C', samples = ['child'], note = 'n' }] }]\n\
                    [kits]\nsource = ['TH01']\n[settings.population]\nreference = 'r'\ntheta = 0.02\n";
        let shape = parse_case_shape("case.toml", text).unwrap();
        assert_eq!((shape.families.len(), shape.kits.len(), shape.settings.population.theta), (1, 1, 0.02));
    }

    #[test]
    fn what_cannot_be_is_named() {
        let child = "families = [{ people = [{ id = 'C', samples = ['child'] }] }]\n";
        assert!(message("families = []").contains("no samples"));
        let unknown = message(&format!("sead = 3\n{child}"));
        assert!(
            unknown.starts_with("case.toml, line 1: unknown key `sead`: did you mean `seed`? Known here: "),
            "{unknown}"
        );
        let below = message("families = [{\n people = [{ id = 'C', sampels = ['child'] }] }]\n");
        assert!(below.starts_with("case.toml, line 2: unknown key `sampels`: did you mean `samples`?"), "{below}");
        let setting = message(&format!("{child}[settings.population]\nthta = 0.02\n"));
        assert!(setting.contains("line 3: unknown key `thta`: did you mean `theta`?"), "{setting}");
        assert!(
            message(&format!("{child}[roles.corpse]\ntyping_error = 2.0")).contains("roles.corpse.typing_error is 2")
        );
        let born = "families = [{ people = [{ id = 'C', samples = ['child'], born = [2010, 2000] }] }]";
        assert!(message(born).contains("`C` is born from 2010 to 2000"));
    }
}
