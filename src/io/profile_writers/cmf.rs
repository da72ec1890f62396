//! CODIS import files (CMF 3.2): SPECIMENs with LOCUS and ALLELE elements, as the schema has them.
//!
//! The schema asks for a laboratory, a user and times, which profiles do not have: placeholders stand there. No clock is read, so
//! that the same profiles give the same bytes.

use super::{ProfileWriteError, ProfileWriter, lost_fields};
use crate::profile::{Panel, Role, SampleIndex};
use quick_xml::{
    Writer,
    events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event},
};
use std::{io, io::Write};

/// Writes CODIS import files.
pub struct CmfWriter;

/// Letters of the longest SPECIMENID.
const LONGEST_ID: usize = 24;
/// LOCUS elements of a SPECIMEN, at most.
const MOST_LOCI: usize = 32;
const NAMESPACE: &str = "urn:CODISImportFile-schema";
const LABORATORY: &str = "UNKNOWN";
const USER: &str = "filia";
const TIME: &str = "2000-01-01T00:00:00";

/// The loci that the schema of version 3.2 lists, the sex test apart.
const LOCI: [&str; 17] = [
    "CSF1PO", "D13S317", "D16S539", "D18S51", "D19S433", "D21S11", "D2S1338", "D3S1358", "D5S818", "D7S820", "D8S1179",
    "FGA", "Penta D", "Penta E", "TH01", "TPOX", "vWA",
];

/// The category of a specimen of this role.
fn category(role: Option<Role>) -> &'static str {
    match role {
        Some(Role::Corpse) => "Unidentified Person",
        Some(Role::Detainee) => "Arrestee",
        Some(Role::Child) => "Juvenile",
        Some(Role::Relative) | None => "Other",
    }
}

impl ProfileWriter for CmfWriter {
    fn write(&self, panel: &Panel, target: &mut dyn Write) -> Result<Vec<String>, ProfileWriteError> {
        panel.indices().try_for_each(|sample| check_id(&panel.full_id(sample)))?;
        let mut elements = ElementWriter(Writer::new_with_indent(target, b' ', 2));
        elements.0.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
        let root = BytesStart::new("CODISImportFile").with_attributes([("xmlns", NAMESPACE)]);
        elements.0.write_event(Event::Start(root))?;
        for (name, text) in [
            ("HEADERVERSION", "3.2"),
            ("MESSAGETYPE", "Import"),
            ("DESTINATIONORI", LABORATORY),
            ("SOURCELAB", LABORATORY),
            ("SUBMITBYUSERID", USER),
            ("SUBMITDATETIME", TIME),
        ] {
            elements.text(name, text)?;
        }
        for sample in panel.indices() {
            elements.specimen(panel, sample)?;
        }
        elements.end("CODISImportFile")?;
        elements.0.into_inner().write_all(b"\n")?;
        Ok(lost(panel))
    }
}

fn check_id(id: &str) -> Result<(), ProfileWriteError> {
    let refuse = |why: String| Err(ProfileWriteError::Id { id: id.to_owned(), why });
    match id.chars().count() {
        letters if letters > LONGEST_ID => refuse(format!(
            "found {letters} letters, expected at most {LONGEST_ID} in a SPECIMENID: give it a shorter id"
        )),
        _ if id.contains(char::is_control) => refuse("an id with a control character cannot stand in XML".to_owned()),
        _ => Ok(()),
    }
}

/// Writes one element after the other.
struct ElementWriter<'a>(Writer<&'a mut dyn Write>);

impl ElementWriter<'_> {
    fn start(&mut self, name: &str) -> io::Result<()> {
        self.0.write_event(Event::Start(BytesStart::new(name)))
    }

    fn end(&mut self, name: &str) -> io::Result<()> {
        self.0.write_event(Event::End(BytesEnd::new(name)))
    }

    fn text(&mut self, name: &str, text: &str) -> io::Result<()> {
        self.start(name)?;
        self.0.write_event(Event::Text(BytesText::new(text)))?;
        self.end(name)
    }

    /// A sample, unless it shows nothing: a SPECIMEN has a LOCUS at least.
    fn specimen(&mut self, panel: &Panel, sample: SampleIndex) -> io::Result<()> {
        if panel.typed_loci(sample) == 0 {
            return Ok(());
        }
        self.start("SPECIMEN")?;
        self.text("SPECIMENID", &panel.full_id(sample))?;
        self.text("SPECIMENCATEGORY", category(panel.role(sample)))?;
        for (locus, name) in panel.loci().iter().enumerate() {
            let call = panel.observation(sample, locus).call;
            if !call.is_informative() {
                continue;
            }
            self.start("LOCUS")?;
            self.text("LOCUSNAME", name.as_str())?;
            self.text("READINGBY", USER)?;
            self.text("READINGDATETIME", TIME)?;
            for allele in call.alleles() {
                self.start("ALLELE")?;
                self.text("ALLELEVALUE", &allele.to_string())?;
                self.end("ALLELE")?;
            }
            self.end("LOCUS")?;
        }
        self.end("SPECIMEN")
    }
}

/// What a CODIS import file does not hold, or what its schema does not allow.
fn lost(panel: &Panel) -> Vec<String> {
    let mut lost = Vec::new();
    for sample in panel.indices() {
        let (id, typed) = (panel.full_id(sample), panel.typed_loci(sample));
        if typed == 0 {
            lost.push(format!(
                "sample `{id}`: no locus shows anything; it is left out, as a SPECIMEN has a LOCUS at least"
            ));
        }
        if typed > MOST_LOCI {
            lost.push(format!("sample `{id}`: {typed} loci are written; the schema allows {MOST_LOCI}"));
        }
        if panel.role(sample) == Some(Role::Relative) {
            lost.push(format!("sample `{id}`: a relative is written as `Other`: the categories say which relative"));
        }
    }
    lost.extend(lost_fields(panel, &["role"]));
    let others = panel.loci().iter().filter(|locus| !LOCI.contains(&locus.as_str()));
    lost.extend(others.map(|locus| format!("{locus}: written, but not among the loci of the schema of version 3.2")));
    lost.push(format!(
        "laboratory, user and times: placeholders are written ({LABORATORY}, {USER}, {TIME}): put in your own before it is handed on"
    ));
    lost
}
