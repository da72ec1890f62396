//! Profile files: wide and long tables of any number of samples into one panel.
//!
//! Each file is read in chunks, parsed in parallel and coded by dictionaries that are merged in the order of the file;
//! at the end samples stand in the order of their ids and codes in the order of the observations, so that neither
//! threads nor the order of rows show in the panel. A bad cell costs that cell, a bad row that row, and each leaves a
//! line in [`ReadProfiles::rejected`].

mod arrived_rows;
mod cell;
mod cell_cache;
mod combine;
mod commas;
mod consistency;
mod contradictions;
mod duplicates;
mod error;
mod formats;
mod gathered;
mod header;
mod kits;
mod labels;
mod layout;
mod long;
mod long_rows;
mod merging;
mod metadata;
mod notes;
mod origins;
mod people;
mod plain_text;
mod read_profiles;
mod rejects;
mod sex_letters;
mod similar_ids;
mod survey;
mod typings;
mod unknown_loci;
mod wide;
mod words;

pub(super) use cell_cache::{CellCache, text_key};
pub use consistency::{LocusCoverage, check_frequencies, check_profiles, locus_coverage};
pub use error::ProfileError;
pub use origins::Origins;
pub(crate) use read_profiles::LISTED_AT_ONCE;
pub use read_profiles::{FileSummary, LeftOut, ReadProfiles};
pub use unknown_loci::guess_loci;

use crate::{
    io::source::Inputs,
    profile::{DropOut, LocusName, Role, SpillTo},
    progress::{NoProgress, Progress, Stage},
};
use formats::{ProfileFile, read_file};
use gathered::Gathered;
use header::HeaderNames;
use std::{
    collections::HashMap,
    fs::Metadata,
    path::{Path, PathBuf},
};

/// One profile file of a run, as an option named it.
#[derive(Clone, Debug)]
pub struct ProfileSource {
    /// The file.
    pub path: PathBuf,
    /// The role of samples that state none.
    pub default_role: Option<Role>,
}

/// How profile files are read.
#[derive(Clone, Debug, Default)]
pub struct ReadOptions {
    /// The header of the id column, where it is none of the usual ones.
    pub id_column: Option<String>,
    /// The header of a long table's marker column, where it is none of the usual ones.
    pub marker_column: Option<String>,
    /// The headers of a long table's allele columns, where they are none of the usual ones.
    pub allele_columns: Vec<String>,
    /// Stop at the first thing that cannot be used, instead of leaving it out.
    pub strict: bool,
    /// Probability that an allele drops out, for samples that do not state their own.
    pub drop_out: DropOut,
    /// Loci that frequency or marker files name: columns of these names are loci.
    pub extra_loci: Vec<LocusName>,
    /// The inputs of the run, each read once.
    pub inputs: Inputs,
    /// Where codes go that are too many for the memory; without it all of them stay in memory.
    pub spill: Option<SpillTo>,
}

/// Reads all profile files into one panel. A file that is named twice is read once; its samples belong to both sources.
///
/// # Errors
/// A file that cannot be used at all; anything that cannot be used, where `strict` is set.
pub fn read_panel(sources: &[ProfileSource], options: &ReadOptions) -> Result<ReadProfiles, ProfileError> {
    read_panel_watched(sources, options, &NoProgress)
}

/// As [`read_panel`], while somebody watches.
///
/// # Errors
/// As [`read_panel`].
pub fn read_panel_watched(
    sources: &[ProfileSource],
    options: &ReadOptions,
    progress: &dyn Progress,
) -> Result<ReadProfiles, ProfileError> {
    if sources.is_empty() {
        return Err(ProfileError::NoFile);
    }
    let names = HeaderNames {
        loci: options.extra_loci.iter().cloned().collect(),
        id_column: options.id_column.clone(),
        marker_column: options.marker_column.clone(),
        allele_columns: options.allele_columns.clone(),
    };
    let mut all = Gathered::new(options);
    let groups = group_by_file(sources);
    let total = groups.iter().map(|group| bytes_of(&sources[group[0]].path)).sum();
    progress.begin(Stage { name: "reading profiles", unit: "bytes", total });
    for group in groups {
        let file = ProfileFile::new(&group, sources, &names, options, progress);
        read_file(&file, &mut all)?;
    }
    progress.begin(Stage::uncounted("putting profiles in order"));
    all.finish(sources, options)
}

/// The length of a file, where it has one.
fn bytes_of(path: &Path) -> Option<u64> {
    path.metadata().ok().filter(Metadata::is_file).map(|file| file.len())
}

/// Positions of the sources that name one and the same file, for each file in the order of the sources.
fn group_by_file(sources: &[ProfileSource]) -> Vec<Vec<usize>> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    let mut known: HashMap<PathBuf, usize> = HashMap::new();
    for (at, source) in sources.iter().enumerate() {
        let path = source.path.canonicalize().unwrap_or_else(|_| source.path.clone());
        let group = *known.entry(path).or_insert(groups.len());
        if group == groups.len() {
            groups.push(Vec::new());
        }
        groups[group].push(at);
    }
    groups
}

/// The role of samples that state none, in a file that these sources name: what they agree on.
fn agreed_role(sources: &[ProfileSource], group: &[usize]) -> Option<Role> {
    let role = sources[group[0]].default_role;
    role.filter(|_| group.iter().all(|&at| sources[at].default_role == role))
}
