//! The formats of profile files. Each knows its own by the first bytes, and reads them into the same samples, notes and lists.

mod by_locus;
mod cmf;
mod copies;
mod empop;
mod familias;
mod linkage;
mod packed;
mod plink;
mod specimens;
mod table;
mod uas;
mod vcf;
mod workbook;

use super::{ProfileError, ProfileSource, ReadOptions, agreed_role, bytes_of, gathered::Gathered, header::HeaderNames};
use crate::{
    io::{
        familias::is_familias,
        source::Input,
        workbook::{is_workbook, split_part},
    },
    profile::Role,
    progress::{NoProgress, Progress},
};
use std::{
    io,
    path::{Path, PathBuf},
};

/// One format.
trait ProfileReader: Sync {
    /// Whether a file that begins with these bytes ([`LOOKED_AT`] of them, unless it is shorter) is of this format.
    fn sniff(&self, start: &[u8]) -> bool;

    /// Reads the samples of a file.
    ///
    /// # Errors
    /// A file that cannot be used at all.
    fn read(&self, input: Input, file: &ProfileFile<'_>, into: &mut Gathered) -> Result<(), ProfileError>;
}

/// In the order in which they are asked; the last takes whatever is nobody's.
const READERS: [&dyn ProfileReader; 10] = [
    &packed::PackedReader,
    &vcf::VcfReader,
    &plink::PlinkReader,
    &workbook::WorkbookReader,
    &cmf::CmfReader,
    &familias::FamiliasReader,
    &linkage::LinkageReader,
    &copies::CopiesReader,
    &empop::EmpopReader,
    &table::TableReader,
];

/// Bytes by which a format is told.
const LOOKED_AT: usize = 1 << 12;

/// One file, and what the run wants of it.
pub(super) struct ProfileFile<'a> {
    /// As the user named it.
    name: String,
    /// Where it is.
    path: PathBuf,
    /// What is named in it: a sheet of a workbook, a part of a Familias project.
    part: Option<String>,
    /// Every path that names it.
    paths: Vec<&'a Path>,
    /// What holds the table, where that is no file of text.
    container: Option<String>,
    /// Positions in the list of sources that name it.
    sources: &'a [usize],
    /// The role of samples that state none.
    default_role: Option<Role>,
    /// What columns and loci are called.
    names: &'a HeaderNames,
    options: &'a ReadOptions,
    progress: &'a dyn Progress,
}

impl<'a> ProfileFile<'a> {
    /// The file that the sources at these positions name.
    pub fn new(
        group: &'a [usize],
        sources: &'a [ProfileSource],
        names: &'a HeaderNames,
        options: &'a ReadOptions,
        progress: &'a dyn Progress,
    ) -> Self {
        let paths: Vec<&Path> = group.iter().map(|&at| sources[at].path.as_path()).collect();
        let (path, part) = split_part(paths[0]);
        Self {
            name: path.display().to_string(),
            path,
            part,
            paths,
            container: None,
            sources: group,
            default_role: agreed_role(sources, group),
            names,
            options,
            progress,
        }
    }

    /// A sheet of this file, called so in messages.
    fn of_sheet(&self, name: String, container: String) -> Self {
        Self {
            name,
            path: self.path.clone(),
            part: None,
            paths: self.paths.clone(),
            container: Some(container),
            progress: &NoProgress,
            ..*self
        }
    }

    fn unreadable(&self, cause: io::Error) -> ProfileError {
        ProfileError::Unreadable { file: self.name.clone(), cause: cause.into() }
    }

    /// The number of its bytes, where it has one.
    fn bytes(&self) -> Option<u64> {
        bytes_of(&self.path)
    }
}

/// Opens a file, finds out what it is, and reads it.
///
/// # Errors
/// A file that cannot be used at all.
pub(super) fn read_file(file: &ProfileFile<'_>, into: &mut Gathered) -> Result<(), ProfileError> {
    let paths: Vec<&Path> = std::iter::once(file.path.as_path()).chain(file.paths.iter().copied()).collect();
    let mut input = file.options.inputs.open(&paths).map_err(|cause| file.unreadable(cause))?;
    let start = input.peek(LOOKED_AT).map_err(|cause| file.unreadable(cause))?;
    if let Some(part) = file.part.as_ref().filter(|_| !(is_workbook(start) || is_familias(start))) {
        let cause = io::Error::new(io::ErrorKind::NotFound, format!("no workbook, so it has no sheet `{part}`"));
        return Err(file.unreadable(cause));
    }
    let reader = READERS.into_iter().find(|reader| reader.sniff(start)).unwrap_or(&table::TableReader);
    reader.read(input, file, into)
}
