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
mod packed;
mod people;
mod plain_text;
mod rejects;
mod sex_letters;
mod similar_ids;
mod typings;
mod wide;
mod words;

pub(super) use cell_cache::{CellCache, text_key};
pub use consistency::{LocusCoverage, check_frequencies, check_profiles, locus_coverage};
pub use error::ProfileError;
pub use origins::Origins;

use crate::{
    io::{
        delimited::DelimitedFile,
        packed_panel::is_parquet,
        problems::{Reason, Rejected},
        rejected_list::RejectedList,
        source::{Input, Inputs},
    },
    profile::{DropOut, LocusName, Panel, PanelBuilder, PanelError, Role, SampleIndex, SpillTo},
    progress::{NoProgress, Progress, Stage, WatchedReader},
};
use arrived_rows::Rows;
use commas::{Comma, Commas};
use duplicates::Settled;
use error::RowError;
use header::{Columns, HeaderFault, HeaderNames};
use layout::RowLayout;
use notes::name_some;
use rejects::{RejectsOfFile, held};
use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap},
    fs::Metadata,
    io,
    ops::Range,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};
use wide::{FileContext, NamelessColumns, PartialProfiles};

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

/// All profiles of a run.
#[derive(Debug)]
pub struct ReadProfiles {
    /// The samples.
    pub panel: Panel,
    /// What was read and not used, by file and line.
    pub rejected: RejectedList,
    /// What the user should know and cannot be put down to one line.
    pub notes: Vec<String>,
    /// Each file that was read, once.
    pub files: Vec<FileSummary>,
    /// Which sources each sample came from.
    pub origins: Origins,
}

/// What was read from one file.
#[derive(Clone, Debug)]
pub struct FileSummary {
    /// The file as the user named it.
    pub name: String,
    /// Positions in the list of sources that name this file.
    pub sources: Vec<usize>,
    /// Rows with something in them, below the header.
    pub rows: u64,
    /// Samples, before those with duplicate ids are left out.
    pub samples: usize,
    /// The loci in this file.
    pub loci: Vec<LocusName>,
}

/// A sample that nobody looks at because of its role: a child among the candidates, or anybody else among the children.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct LeftOut {
    /// The sample.
    pub sample: SampleIndex,
    /// Its role.
    pub role: Role,
}

/// Entries that are made before they are listed.
pub(crate) const LISTED_AT_ONCE: usize = 1 << 12;

impl ReadProfiles {
    /// Whether the sample came from this source (0-based position in the list given to [`read_panel`]).
    pub fn came_from(&self, sample: SampleIndex, source: usize) -> bool {
        self.origins.sources(sample).contains(&source)
    }

    /// Whether the sample came from any of these sources.
    pub fn came_from_any(&self, sample: SampleIndex, sources: &Range<usize>) -> bool {
        self.origins.sources(sample).iter().any(|source| sources.contains(source))
    }

    /// What is not used of a sample that was read, or contradicts something else: a line for `rejected.csv`.
    pub fn reject(&self, sample: SampleIndex, column: &str, value: String, reason: Reason) -> Rejected {
        Rejected {
            file: Arc::from(self.file(sample)),
            line: self.origins.line(sample),
            column: Arc::from(column),
            sample_id: self.panel.id(sample).to_owned(),
            locus: None,
            value,
            reason,
        }
    }

    /// Adds to what was read and not used, in the order of files and lines.
    ///
    /// # Errors
    /// A temporary file that cannot be written.
    pub fn list_rejected(&mut self, more: Vec<Rejected>) -> Result<(), PanelError> {
        let mut list = std::mem::take(&mut self.rejected);
        let listed = self.list_into(&mut list, more);
        self.rejected = list;
        listed
    }

    /// Adds to a list, in the order of files and lines.
    ///
    /// # Errors
    /// A temporary file that cannot be written.
    pub fn list_into(&self, list: &mut RejectedList, more: Vec<Rejected>) -> Result<(), PanelError> {
        let mut positions: HashMap<&str, usize> = HashMap::new();
        for (at, file) in self.files.iter().enumerate() {
            positions.entry(&file.name).or_insert(at);
        }
        more.into_iter().try_for_each(|entry| list.push(positions.get(&*entry.file).copied(), entry))
    }

    /// The samples of these lists that nobody looks at because of their role: in the children's files those of another
    /// role, in the candidates' files children. Whoever is `used` all the same is left out.
    pub fn left_out_by_role(
        &self,
        in_children: impl Fn(SampleIndex) -> bool,
        in_candidates: impl Fn(SampleIndex) -> bool,
        used: impl Fn(SampleIndex) -> bool,
    ) -> Vec<LeftOut> {
        let left_out = |sample: SampleIndex| {
            let role = self.panel.role(sample)?;
            match role {
                Role::Child if in_candidates(sample) && !in_children(sample) => {}
                Role::Child => return None,
                _ if in_children(sample) && !in_candidates(sample) => {}
                _ => return None,
            }
            (!used(sample)).then_some(LeftOut { sample, role })
        };
        self.panel.indices().filter_map(left_out).collect()
    }

    /// Lists samples that nobody looks at because of their role.
    ///
    /// # Errors
    /// A temporary file that cannot be written.
    pub fn list_left_out(&mut self, left_out: &[LeftOut]) -> Result<(), PanelError> {
        for some in left_out.chunks(LISTED_AT_ONCE) {
            let entry = |&LeftOut { sample, role }: &LeftOut| {
                let list = if role == Role::Child { "candidates" } else { "children" };
                let reason = Reason::NotOfRole { role: role.as_str().into(), list: list.into() };
                self.reject(sample, "role", role.to_string(), reason)
            };
            let entries = some.iter().map(entry).collect();
            self.list_rejected(entries)?;
        }
        Ok(())
    }

    /// Why nobody of these sources can be used: what role their samples have, or the first row that was set aside.
    pub fn why_nobody(&self, sources: &Range<usize>) -> Option<String> {
        let mut roles: BTreeMap<&str, usize> = BTreeMap::new();
        for sample in self.panel.indices().filter(|&sample| self.came_from_any(sample, sources)) {
            *roles.entry(self.panel.role(sample).map_or("none", Role::as_str)).or_default() += 1;
        }
        if !roles.is_empty() {
            let counts: Vec<_> = roles.iter().map(|(role, count)| format!("{count} of role {role}")).collect();
            return Some(format!("the samples there are {}", counts.join(", ")));
        }
        let is_there = |entry: &Rejected| {
            let mut files = self.files.iter().filter(|file| file.sources.iter().any(|source| sources.contains(source)));
            files.any(|file| *file.name == *entry.file)
        };
        let is_cause =
            |entry: &Cow<'_, Rejected>| matches!(entry.reason, Reason::ConflictingRows { .. }) && is_there(entry);
        let first = self.rejected.iter().flatten().find(is_cause)?;
        Some(format!("all rows there were set aside, the first: {first}"))
    }

    /// The file in which the sample was read first, as the user named it.
    pub fn file(&self, sample: SampleIndex) -> &str {
        &self.files[self.origins.file(sample)].name
    }
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
    let builder = options.spill.clone().map_or_else(PanelBuilder::default, PanelBuilder::spilling);
    let rejected = Arc::new(Mutex::new(RejectedList::new(options.spill.as_ref())));
    let mut all = AllFiles { builder, rejected, ..AllFiles::default() };
    let groups = group_by_file(sources);
    let total = groups.iter().map(|group| bytes_of(&sources[group[0]].path)).sum();
    progress.begin(Stage { name: "reading profiles", unit: "bytes", total });
    for group in groups {
        all.read_file(&group, sources, &names, options, progress)?;
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

/// The files read so far.
#[derive(Default)]
struct AllFiles {
    builder: PanelBuilder,
    lines: Vec<u32>,
    files: Vec<FileSummary>,
    rejected: Arc<Mutex<RejectedList>>,
    notes: Vec<String>,
}

impl AllFiles {
    fn read_file(
        &mut self,
        group: &[usize],
        sources: &[ProfileSource],
        names: &HeaderNames,
        options: &ReadOptions,
        progress: &dyn Progress,
    ) -> Result<(), ProfileError> {
        let path = &sources[group[0]].path;
        let name = path.display().to_string();
        let paths: Vec<&Path> = group.iter().map(|&at| sources[at].path.as_path()).collect();
        let unreadable = |cause: io::Error| ProfileError::Unreadable { file: name.clone(), cause: cause.into() };
        let mut input = options.inputs.open(&paths).map_err(unreadable)?;
        if is_parquet(&mut input).map_err(unreadable)? {
            self.read_packed(input, &name, group, sources, options)?;
            progress.advance(bytes_of(path).unwrap_or(0));
            return Ok(());
        }
        let Opened { file, mut columns, above, header_rows } = open_profiles(input, &name, names, progress)?;
        let rejects = RejectsOfFile::new(&self.rejected, self.files.len());
        let separator = file.separator;
        let comma_separated = separator == b',';
        let first_rows = file.first_rows();
        for (column, field) in columns.metadata.iter_mut().filter(|column| column.1 == metadata::Field::Sex) {
            *field = sex_letters::sex_field(&first_rows, *column);
        }
        let layout = RowLayout::settle(&columns, &first_rows);
        let commas =
            if comma_separated { Commas::between_alleles() } else { layout.look_at_commas(&first_rows, names) };
        let comma = layout.comma(&commas);
        let can_shift = comma == Comma::BetweenAlleles && comma_separated;
        let widest = wide::widest_row(&first_rows, columns.headers.len(), can_shift);
        let nameless = NamelessColumns::new(&columns.nameless);
        let context = FileContext {
            file: Arc::from(name.as_str()),
            columns: &columns,
            nameless: &nameless,
            headers: columns.headers.iter().map(|header| Arc::from(header.as_str())).collect(),
            commas,
            comma_separated,
            separator,
            widest,
            default_role: agreed_role(sources, group),
            options,
            rejects: &rejects,
        };

        self.note_columns(&name, &columns, names);
        if header_rows > 1 {
            self.notes.push(format!("{name}: the header stands in two rows"));
        }
        self.note_layout(&name, above, comma, &layout);
        let before = self.builder.len();
        let (rows, loci) = self.read_rows(file, context, &layout, names).map_err(|error| error.in_file(&name))?;
        self.notes.extend(nameless.note(&name));
        self.notes.extend(rejects.note_swallowed(&name));
        if self.builder.len() == before {
            let first = rejects.first().map(Box::new);
            return Err(ProfileError::NoProfile { file: name, first });
        }
        let samples = self.builder.len() - before;
        self.files.push(FileSummary { name, sources: group.to_vec(), rows, samples, loci });
        Ok(())
    }

    /// Reads all rows of a file: the number of rows, and the loci.
    fn read_rows(
        &mut self,
        file: DelimitedFile<'_>,
        context: FileContext<'_>,
        layout: &RowLayout<'_>,
        names: &HeaderNames,
    ) -> Result<(u64, Vec<LocusName>), RowError> {
        let mut rows = 0;
        match layout {
            RowLayout::Wide { loci, amelogenin } => {
                let reader = wide::WideReader::new(context, loci, amelogenin.as_ref());
                file.process(
                    |chunk| reader.read_chunk(chunk).map_err(RowError::Panel),
                    |part: PartialProfiles| {
                        rows += part.rows;
                        self.take(part.builder, &part.lines).map_err(RowError::Panel)
                    },
                )?;
                Ok((rows, loci.iter().map(|columns| columns.locus.clone()).collect()))
            }
            RowLayout::Long { marker, alleles } => {
                let table = long_rows::LongTable::new(context, names, *marker, alleles);
                let mut samples = long::LongSamples::new(&table);
                file.process(
                    |chunk| table.read_chunk(chunk).map_err(RowError::Panel),
                    |rows| samples.take(rows).map_err(RowError::Panel),
                )?;
                self.note_y_loci(&table.context().file, &samples.y_loci());
                let part = samples.finish()?;
                let loci = part.builder.loci().to_vec();
                self.take(part.builder, &part.lines)?;
                Ok((part.rows, loci))
            }
        }
    }

    fn take(&mut self, builder: PanelBuilder, lines: &[u32]) -> Result<(), PanelError> {
        self.builder.append(builder)?;
        self.lines.extend_from_slice(lines);
        Ok(())
    }

    fn note_columns(&mut self, name: &str, columns: &Columns, names: &HeaderNames) {
        if !columns.ignored.is_empty() {
            let list = columns.ignored.join(", ");
            self.notes.push(format!("{name}: columns that are neither loci nor known metadata are not used: {list}"));
        }
        let ambiguous = names.ambiguous_names(&columns.ignored);
        if !ambiguous.is_empty() {
            let list = ambiguous.join(", ");
            self.notes.push(format!("{name}: several loci are called so for short, write the whole name: {list}"));
        }
        let begun = names.begun_with_locus(&columns.ignored);
        if !begun.is_empty() {
            let list = begun.join(", ");
            self.notes.push(format!(
                "{name}: what stands behind the locus is neither an allele's number nor a known kit (write a kit as \
                 `D3S1358 (kit NAME)`): {list}"
            ));
        }
        self.note_y_loci(name, &columns.y_loci);
    }

    fn note_layout(&mut self, name: &str, above: u64, comma: Comma, layout: &RowLayout<'_>) {
        if above > 0 {
            let lines = if above == 1 { "1 line".to_owned() } else { format!("{above} lines") };
            self.notes.push(format!("{name}: {lines} above the header: not used"));
        }
        if comma == Comma::Either {
            self.notes.push(format!(
                "{name}: a comma stands between alleles (13,14) or is decimal (9,3), by what each locus can show"
            ));
        }
        let several = layout.typed_several_times();
        if !several.is_empty() {
            let list = several.join(", ");
            self.notes.push(format!("{name}: loci with several columns are compared, sample by sample: {list}"));
        }
    }

    fn note_y_loci(&mut self, name: &str, loci: &[String]) {
        if !loci.is_empty() {
            let list = loci.join(", ");
            self.notes.push(format!("{name}: Y-chromosomal loci are kept out of the product of loci: {list}"));
        }
    }

    fn finish(mut self, sources: &[ProfileSource], options: &ReadOptions) -> Result<ReadProfiles, ProfileError> {
        self.note_loci();
        let mut rows = Rows::new(&mut self.builder, &self.lines, &self.files, sources, options.drop_out);
        let settled = duplicates::settle_duplicates(&mut rows, &mut held(&self.rejected))?;
        let Settled { order, origins, labels, notes } = settled;
        self.notes.extend(notes);
        drop(std::mem::take(&mut self.lines));
        let mut panel = self.builder.build_in_order(&order)?;
        panel.set_labels(labels);
        origins.fill_roles(&mut panel, sources, &self.files);
        let rejected = std::mem::take(&mut *held(&self.rejected));
        let unreadable = |error: io::Error| PanelError::TemporaryFile(error.to_string());
        match rejected.first().map_err(unreadable)? {
            Some(first) if options.strict => Err(ProfileError::Strict(Box::new(first))),
            _ => {
                let mut read = ReadProfiles { panel, rejected, notes: self.notes, files: self.files, origins };
                read.note_sexes_and_roles().map_err(unreadable)?;
                let similar = similar_ids::note_on_similar_ids(&read.panel);
                let is_new = |note: &String| !read.notes.contains(note);
                read.notes.extend(similar.filter(is_new));
                Ok(read)
            }
        }
    }

    fn note_loci(&mut self) {
        let mut all: Vec<&LocusName> = self.files.iter().flat_map(|file| &file.loci).collect();
        all.sort();
        all.dedup();
        for locus in all {
            let lacking: Vec<&str> =
                self.files.iter().filter(|file| !file.loci.contains(locus)).map(|file| file.name.as_str()).collect();
            let count = lacking.len();
            if count > 0 {
                let note = format!("{locus} is not in {}", name_some(lacking.into_iter().map(str::to_owned), count));
                if !self.notes.contains(&note) {
                    self.notes.push(note);
                }
            }
        }
    }
}

/// A file whose header is known.
struct Opened<'a> {
    file: DelimitedFile<'a>,
    columns: Columns,
    /// Lines with something in them above the header.
    above: u64,
    /// Rows of the header.
    header_rows: u64,
}

/// Opens a file and finds out what its columns are.
fn open_profiles<'a>(
    input: Input,
    name: &str,
    names: &HeaderNames,
    progress: &'a dyn Progress,
) -> Result<Opened<'a>, ProfileError> {
    let input = WatchedReader::new(input, progress);
    let recognise = |headers: &[String]| names.count_recognised(headers);
    let opened = DelimitedFile::below_title(input, recognise, |headers| names.is_header(headers));
    let (file, header) = opened.map_err(|cause| ProfileError::Unreadable { file: name.to_owned(), cause })?;
    let found = describe_headers(&header.cells);
    let columns = names.classify(header.cells).map_err(|fault| {
        let (file, line) = (name.to_owned(), header.line);
        match fault {
            HeaderFault::NoLocus => ProfileError::NoLocus { file, line, found },
            HeaderFault::NoIdColumn => ProfileError::NoIdColumn { file, line, found },
            HeaderFault::NamedColumnMissing(wanted, option) => {
                ProfileError::NamedColumnMissing { file, line, wanted, option, found }
            }
        }
    })?;
    Ok(Opened { file, columns, above: header.above, header_rows: header.rows })
}

/// The first few headers, for a message.
fn describe_headers(headers: &[String]) -> String {
    const SHOWN: usize = 8;
    let quoted: Vec<String> = headers.iter().take(SHOWN).map(|header| format!("`{header}`")).collect();
    let more = if headers.len() > SHOWN { format!(" and {} more", headers.len() - SHOWN) } else { String::new() };
    quoted.join(", ") + &more
}
