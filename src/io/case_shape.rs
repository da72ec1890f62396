//! Case shapes (TOML): which families a synthetic case has, who of them is sampled, and how well.

use super::source::Inputs;
use crate::simulate::{CaseShape, ShapeError};
use std::path::Path;

/// Why a case shape cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CaseShapeError {
    /// The file cannot be read.
    #[error("cannot read {path}: {source}")]
    Unreadable {
        /// The file.
        path: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// The text is no case shape.
    #[error("{path}, line {line}: {message}")]
    Malformed {
        /// The file.
        path: String,
        /// 1-based.
        line: usize,
        /// What is wrong.
        message: String,
    },
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
    let name = path.display().to_string();
    match inputs.read(path) {
        Ok(bytes) => parse_case_shape(&name, &String::from_utf8_lossy(&bytes)),
        Err(source) => Err(CaseShapeError::Unreadable { path: name, source }),
    }
}

/// Reads a case shape from text; `name` is what messages name.
///
/// # Errors
/// A text that is no case shape, or one that contradicts itself.
pub fn parse_case_shape(name: &str, text: &str) -> Result<CaseShape, CaseShapeError> {
    let shape: CaseShape = toml::from_str(text).map_err(|error: toml::de::Error| CaseShapeError::Malformed {
        path: name.to_owned(),
        line: error.span().and_then(|span| text.get(..span.start)).unwrap_or_default().matches('\n').count() + 1,
        message: error.message().replace('\n', "; "),
    })?;
    shape.check().map_err(|source| CaseShapeError::Shape { path: name.to_owned(), source })?;
    Ok(shape)
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
    fn what_cannot_be_is_named() {
        let child = "families = [{ people = [{ id = 'C', samples = ['child'] }] }]\n";
        assert!(message("families = []").contains("no samples"));
        assert!(message(&format!("sead = 3\n{child}")).contains("unknown field `sead`"));
        assert!(
            message(&format!("{child}[roles.corpse]\ntyping_error = 2.0")).contains("roles.corpse.typing_error is 2")
        );
        let born = "families = [{ people = [{ id = 'C', samples = ['child'], born = [2010, 2000] }] }]";
        assert!(message(born).contains("`C` is born from 2010 to 2000"));
    }
}
