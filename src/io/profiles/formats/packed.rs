//! Packed panels among the profile files of a run.

use super::{AllFiles, FileSummary, ProfileError, ProfileSource, ReadOptions, agreed_role, held};
use crate::{
    io::{
        packed_panel::{UnpackError, open_packed},
        source::Input,
    },
    profile::Sample,
};

impl AllFiles {
    /// Reads a packed panel as if the files that were packed were read in its place: the same samples, notes and
    /// rejected cells, under the names of those files.
    pub(super) fn read_packed(
        &mut self,
        input: Input,
        name: &str,
        group: &[usize],
        sources: &[ProfileSource],
        options: &ReadOptions,
    ) -> Result<(), ProfileError> {
        let default_role = agreed_role(sources, group);
        let drop_out = |sample: &Sample| {
            let role = sample.role.or(default_role);
            sample.drop_out.unwrap_or_else(|| options.drop_out.of(role))
        };
        let in_file = |error: UnpackError| {
            let file = name.to_owned();
            match error {
                UnpackError::File(cause) => ProfileError::Packed { file, cause },
                UnpackError::Panel(cause) => ProfileError::Panel { file, cause },
            }
        };
        let packed = open_packed(input).map_err(in_file)?;
        let packed = packed.read(drop_out).map_err(in_file)?;
        self.take(packed.builder, &packed.lines).map_err(|error| in_file(error.into()))?;
        let first = self.files.len();
        let names: Vec<&str> = packed.files.iter().map(|file| file.name.as_str()).collect();
        self.notes.push(format!("{name}: packed by filia {} from {}", packed.filia, names.join(", ")));
        self.notes.extend(packed.notes);
        for file in packed.files {
            let (name, sources) = (file.name, group.to_vec());
            self.files.push(FileSummary { name, sources, rows: file.rows, samples: file.samples, loci: file.loci });
        }
        for rejected in packed.rejected {
            let at = self.files[first..].iter().position(|file| *file.name == *rejected.file);
            if let Some(at) = at {
                held(&self.rejected).push(Some(first + at), rejected).map_err(|error| in_file(error.into()))?;
            }
        }
        Ok(())
    }
}
