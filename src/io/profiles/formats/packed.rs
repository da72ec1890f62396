//! Packed panels among the profile files of a run.

use super::{Gathered, ProfileError, ProfileFile, ProfileReader};
use crate::{
    io::{
        packed_panel::{UnpackError, is_parquet, open_packed},
        profiles::FileSummary,
        source::Input,
    },
    profile::Sample,
};

/// Reads a packed panel as if the files that were packed were read in its place: the same samples, notes and rejected cells,
/// under the names of those files.
pub(super) struct PackedReader;

impl ProfileReader for PackedReader {
    fn sniff(&self, start: &[u8]) -> bool {
        is_parquet(start)
    }

    fn read(&self, input: Input, file: &ProfileFile<'_>, into: &mut Gathered) -> Result<(), ProfileError> {
        let drop_out = |sample: &Sample| {
            let role = sample.role.or(file.default_role);
            sample.drop_out.unwrap_or_else(|| file.options.drop_out.of(role))
        };
        let in_file = |error: UnpackError| {
            let file = file.name.clone();
            match error {
                UnpackError::File(cause) => ProfileError::Packed { file, cause },
                UnpackError::Panel(cause) => ProfileError::Panel { file, cause },
            }
        };
        let packed = open_packed(input).map_err(in_file)?;
        let packed = packed.read(drop_out).map_err(in_file)?;
        into.take(packed.builder, &packed.lines).map_err(|error| in_file(error.into()))?;
        let names: Vec<&str> = packed.files.iter().map(|file| file.name.as_str()).collect();
        into.note(format!("{}: packed by filia {} from {}", file.name, packed.filia, names.join(", ")));
        packed.notes.into_iter().for_each(|note| into.note(note));
        let first = into.files();
        for rejected in packed.rejected {
            let at = packed.files.iter().position(|file| *file.name == *rejected.file);
            if let Some(at) = at {
                into.reject(first + at, rejected).map_err(|error| in_file(error.into()))?;
            }
        }
        for packed in packed.files {
            let format = format!("packed panel {} (begins with PAR1)", file.name);
            let (name, sources) = (packed.name, file.sources.to_vec());
            let (rows, samples, loci) = (packed.rows, packed.samples, packed.loci);
            into.add_file(FileSummary { name, format, sources, rows, samples, loci });
        }
        file.progress.advance(file.bytes().unwrap_or(0));
        Ok(())
    }
}
