//! CODIS import files (CMF 3.2, XML): what laboratories hand to and get from CODIS.
//!
//! Elements are told by their local names, whatever the namespace. A SPECIMEN is a sample: SPECIMENID, SPECIMENCATEGORY (which tells
//! the role), and LOCUS elements with LOCUSNAME and ALLELE/ALLELEVALUE. One allele alone is a homozygote. A locus that stands twice
//! in a specimen was typed twice. Read in one go; memory: some bytes a sample and locus.

mod xml;

use super::{
    Gathered, ProfileError, ProfileFile, ProfileReader,
    specimens::{FieldNames, Specimen, Specimens},
};
use crate::{
    io::source::Input,
    profile::{Role, Sample},
    progress::WatchedReader,
};
use std::{collections::BTreeMap, io::BufReader};
use xml::ElementReader;

/// Reads a CODIS import file.
pub(super) struct CmfReader;

/// The end of the root's name (`CODISImportFile`, and that of Rapid DNA instruments).
const ROOT: &str = "ImportFile";

const FIELDS: FieldNames = FieldNames { id: "SPECIMENID", locus: "LOCUSNAME", allele: "ALLELEVALUE" };

impl ProfileReader for CmfReader {
    fn sniff(&self, start: &[u8]) -> bool {
        let text = String::from_utf8_lossy(start);
        text.trim_start_matches('\u{feff}').trim_start().starts_with('<') && text.contains(ROOT)
    }

    fn read(&self, input: Input, file: &ProfileFile<'_>, into: &mut Gathered) -> Result<(), ProfileError> {
        let rejects = into.rejects_of_next_file();
        let mut specimens = Specimens::new(file, FIELDS, &rejects);
        let mut elements =
            ElementReader::new(BufReader::with_capacity(1 << 16, WatchedReader::new(input, file.progress)));
        let in_xml = |(line, cause): (u64, String)| ProfileError::Xml { file: file.name.clone(), line, cause };
        let in_panel = |cause| ProfileError::Panel { file: file.name.clone(), cause };
        while let Some(specimen) = elements.next_specimen().map_err(in_xml)? {
            let (id, role) = (specimen.id, role_of(&specimen.category));
            let sample = Sample { id, role, ..Sample::default() };
            let specimen = Specimen { line: specimen.line, sample, loci: specimen.loci };
            specimens.take(specimen).map_err(in_panel)?;
        }
        let root = elements.root().unwrap_or_default().to_owned();
        into.note_all(note_categories(&file.name, elements.categories()));
        into.note_all(note_unused(&file.name, elements.unused()));
        specimens.finish_into(into, format!("CODIS import file (XML, root `{root}`)"))
    }
}

/// The role of a specimen of this category; `None` where the category tells none.
fn role_of(category: &str) -> Option<Role> {
    Some(match category.trim().to_lowercase().as_str() {
        "unidentified person" | "deceased" => Role::Corpse,
        "arrestee" | "convicted offender" | "suspect, known" => Role::Detainee,
        "juvenile" => Role::Child,
        "biological mother" | "biological father" | "biological sibling" | "biological child" | "alleged mother"
        | "alleged father" | "maternal relative" | "paternal relative" | "spouse" => Role::Relative,
        _ => return None,
    })
}

/// A sentence on what the categories were taken for.
fn note_categories(name: &str, categories: &BTreeMap<String, u64>) -> Option<String> {
    let each = categories.iter().map(|(category, count)| {
        let role = role_of(category).map_or("no role", Role::as_str);
        format!("{category} ({count}): {role}")
    });
    let list = each.collect::<Vec<_>>().join("; ");
    (!list.is_empty()).then(|| format!("{name}: roles of the specimen categories: {list}"))
}

/// A sentence on the elements and attributes that say something and are not used.
fn note_unused(name: &str, unused: &BTreeMap<String, u64>) -> Option<String> {
    let list = unused.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
    (!list.is_empty()).then(|| format!("{name}: read over: {list}"))
}
