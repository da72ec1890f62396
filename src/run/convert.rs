//! Profiles from any format that is read into any format that is written.

use super::familias_project::project_of;
use super::reading::Reading;
use super::{RunError, error::ConversionError};
use crate::io::familias::{self, FORMAT, parse_project, write::write_project};
use crate::io::packed_panel::write_packed;
use crate::io::pedigree_file::read_pedigrees;
use crate::io::profile_writers::{CmfWriter, LongWriter, ProfileWriter, WideWriter, lost_in_any};
use crate::io::profiles::{ProfileSource, ReadOptions, ReadProfiles, read_panel_watched};
use crate::io::source::Inputs;
use crate::io::whole_file::WholeFile;
use crate::io::workbook::split_part;
use crate::profile::DropOut;
use crate::progress::{Progress, Stage};
use crate::statistics::Statistics;
use std::io::BufWriter;
use std::path::{Path, PathBuf};

/// A format that profiles are written in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ProfileFormat {
    /// CSV, one row a sample.
    Wide,
    /// CSV, one row a sample and locus.
    Long,
    /// CODIS import file (CMF 3.2).
    Cmf,
    /// Familias project.
    Familias,
    /// Packed panel (Parquet).
    Packed,
}

/// What is converted.
#[derive(Clone, Debug)]
pub struct Conversion {
    /// The profile files.
    pub profiles: Vec<PathBuf>,
    /// The format to write.
    pub format: ProfileFormat,
    /// The file to write.
    pub out: PathBuf,
    /// The families of a Familias project.
    pub pedigrees: Option<PathBuf>,
    /// How the profiles are read.
    pub reading: Reading,
    /// What was read already.
    pub inputs: Inputs,
}

/// What was converted.
#[derive(Debug)]
pub struct Converted {
    /// The profiles as they were read, with what was not used.
    pub profiles: ReadProfiles,
    /// A sentence on each thing that the format does not hold.
    pub lost: Vec<String>,
    /// What else a reader should know.
    pub notes: Vec<String>,
}

/// Reads and writes profiles. The file appears whole or not at all. Frequencies and mutation models of a Familias project are those
/// of the statistics.
///
/// # Errors
/// Files that cannot be used; ids that the format cannot hold; what the file system refuses.
pub fn convert(
    conversion: &Conversion,
    statistics: &Statistics,
    progress: &dyn Progress,
) -> Result<Converted, RunError> {
    let Conversion { out, inputs, .. } = conversion;
    let in_out = |cause: ConversionError| RunError::Conversion { path: out.clone(), source: Box::new(cause) };
    // Before the work, so that a place where nothing can be written is known at once.
    let file = WholeFile::begin(out).map_err(|cause| in_out(cause.into()))?;
    let options = conversion.reading.options(statistics, inputs, None);
    // Whose alleles drop out is for the settings of the run that reads the file.
    let options = ReadOptions { drop_out: DropOut::default(), ..options };
    let source = |path: &PathBuf| ProfileSource { path: path.clone(), default_role: None };
    let sources: Vec<_> = conversion.profiles.iter().map(source).collect();
    let profiles = read_panel_watched(&sources, &options, progress)?;
    progress.begin(Stage::uncounted("writing"));
    let panel = &profiles.panel;
    let mut lost = not_carried(conversion, &profiles);
    let mut notes = Vec::new();
    let mut target = BufWriter::new(file.handle().map_err(|cause| in_out(cause.into()))?);
    let writer: &dyn ProfileWriter = match conversion.format {
        ProfileFormat::Wide => &WideWriter,
        ProfileFormat::Long => &LongWriter,
        ProfileFormat::Cmf => &CmfWriter,
        ProfileFormat::Packed => {
            drop(target);
            write_packed(&profiles, file, out).map_err(|cause| in_out(cause.into()))?;
            return Ok(Converted { profiles, lost, notes });
        }
        ProfileFormat::Familias => {
            let families = conversion.pedigrees.as_ref().map(|path| read_pedigrees(path, inputs)).transpose()?;
            let mut models = statistics.case_models(panel)?;
            notes.append(&mut models.notes);
            notes.extend(statistics.note_on_tables());
            let families = families.map(|found| {
                notes.extend(found.notes);
                found.families
            });
            let project =
                project_of(panel, &models, families.as_deref(), &mut lost).map_err(|cause| in_out(cause.into()))?;
            lost.extend(lost_in_any(panel));
            write_project(&project, &mut target).map_err(|cause| in_out(cause.into()))?;
            return put(target, file, out).map(|()| Converted { profiles, lost, notes }).map_err(in_out);
        }
    };
    lost.extend(lost_in_any(panel));
    lost.extend(writer.write(panel, &mut target).map_err(|cause| in_out(cause.into()))?);
    put(target, file, out).map_err(in_out)?;
    Ok(Converted { profiles, lost, notes })
}

/// Puts what was written in its place.
fn put(target: BufWriter<std::fs::File>, file: WholeFile, out: &Path) -> Result<(), ConversionError> {
    target.into_inner().map_err(std::io::IntoInnerError::into_error)?;
    Ok(file.put(out)?)
}

/// What Familias projects among the profile files hold beside profiles.
fn not_carried(conversion: &Conversion, profiles: &ReadProfiles) -> Vec<String> {
    let is_project = |path: &&PathBuf| {
        let name = split_part(path).0.display().to_string();
        profiles.files.iter().any(|file| file.name == name && file.format.starts_with(FORMAT))
    };
    let sentence = |path: &PathBuf| {
        let project: familias::Project = parse_project(&conversion.inputs.read(&split_part(path).0).ok()?).ok()?;
        let families = project.dvi.as_ref().map_or(0, |dvi| dvi.families.len());
        let counts = [
            (project.loci.len(), "loci with frequencies and mutation models (--markers takes them)"),
            (project.pedigrees.len(), "pedigrees"),
            (families, "reference families (--pedigrees takes them, with --to fam)"),
        ];
        let told = counts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}"));
        let list = told.collect::<Vec<_>>().join(", ");
        (!list.is_empty()).then(|| format!("{}: only its profiles are taken, not its {list}", path.display()))
    };
    conversion.profiles.iter().filter(is_project).filter_map(sentence).collect()
}
