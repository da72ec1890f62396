//! The loci that filia knows by name: canonical spelling, chromosome, and the other names found in the field.
//!
//! Autosomal loci are those of the usual identification kits and of the NIST 1036 set (Steffen et al. 2017,
//! doi 10.1016/j.fsigen.2017.08.011). A name of the form `D3S1358` says its chromosome by itself, so such loci need
//! no entry here unless they have a synonym.

use super::LocusKind;

/// One known locus.
pub(super) struct KnownLocus {
    /// The spelling that filia prints.
    pub name: &'static str,
    /// Where the locus lies.
    pub chromosome: LocusKind,
    /// Other names; case, blanks and punctuation do not matter.
    pub synonyms: &'static [&'static str],
}

const fn autosomal(name: &'static str, synonyms: &'static [&'static str]) -> KnownLocus {
    KnownLocus { name, chromosome: LocusKind::Autosomal, synonyms }
}

const fn x(name: &'static str, synonyms: &'static [&'static str]) -> KnownLocus {
    KnownLocus { name, chromosome: LocusKind::X, synonyms }
}

const fn y(name: &'static str, synonyms: &'static [&'static str]) -> KnownLocus {
    KnownLocus { name, chromosome: LocusKind::Y, synonyms }
}

/// Every known locus.
pub(super) const KNOWN_LOCI: &[KnownLocus] = &[
    autosomal("CSF1PO", &["CSF1P0", "CSFIPO", "CSF"]),
    autosomal("F13A01", &["F13A1", "F13A"]),
    autosomal("F13B", &[]),
    autosomal("FESFPS", &["FES", "FES/FPS"]),
    autosomal("FGA", &["FIBRA", "HUMFIBRA"]),
    autosomal("LPL", &["LIPOL"]),
    autosomal("Penta B", &[]),
    autosomal("Penta C", &[]),
    autosomal("Penta D", &["PentD", "P Delta"]),
    autosomal("Penta E", &["PentE"]),
    autosomal("SE33", &["ACTBP2", "ACTBP", "SE-33"]),
    autosomal("TH01", &["THO1", "TH-01", "TC11", "HUMTH01"]),
    autosomal("TPOX", &["TP0X"]),
    autosomal("vWA", &["vWA31", "vWA31A", "vWA31/A", "vWF", "VWF31"]),
    autosomal("D1S1656", &[]),
    autosomal("D1S1677", &[]),
    autosomal("D1S1627", &[]),
    autosomal("D1GATA113", &["GATA113"]),
    autosomal("D2S441", &[]),
    autosomal("D2S1338", &[]),
    autosomal("D2S1360", &[]),
    autosomal("D2S1776", &[]),
    autosomal("D3S1358", &[]),
    autosomal("D3S1744", &[]),
    autosomal("D3S3045", &[]),
    autosomal("D3S3053", &[]),
    autosomal("D3S4529", &[]),
    autosomal("D4S2366", &[]),
    autosomal("D4S2364", &[]),
    autosomal("D4S2408", &[]),
    autosomal("D5S818", &[]),
    autosomal("D5S2500", &[]),
    autosomal("D5S2800", &[]),
    autosomal("D6S1043", &[]),
    autosomal("D6S1017", &[]),
    autosomal("D6S474", &[]),
    autosomal("D7S820", &[]),
    autosomal("D7S1517", &[]),
    autosomal("D8S1115", &[]),
    autosomal("D8S1132", &[]),
    autosomal("D8S1179", &["D6S502"]),
    autosomal("D9S1120", &[]),
    autosomal("D9S1122", &[]),
    autosomal("D9S2157", &[]),
    autosomal("D10S1248", &[]),
    autosomal("D10S1435", &[]),
    autosomal("D10S2325", &[]),
    autosomal("D11S4463", &[]),
    autosomal("D12S391", &[]),
    autosomal("D12ATA63", &["ATA63"]),
    autosomal("D13S317", &[]),
    autosomal("D13S325", &[]),
    autosomal("D14S1434", &[]),
    autosomal("D15S659", &[]),
    autosomal("D16S539", &[]),
    autosomal("D17S974", &[]),
    autosomal("D17S1301", &[]),
    autosomal("D18S51", &[]),
    autosomal("D18S853", &[]),
    autosomal("D18S1364", &[]),
    autosomal("D19S253", &[]),
    autosomal("D19S433", &[]),
    autosomal("D20S482", &[]),
    autosomal("D20S1082", &[]),
    autosomal("D21S11", &[]),
    autosomal("D21S2055", &[]),
    autosomal("D22S1045", &[]),
    x("HPRTB", &["HPRT", "HUMHPRTB"]),
    x("ARA", &["HUMARA"]),
    x("GATA172D05", &[]),
    x("GATA31E08", &[]),
    x("GATA165B12", &[]),
    x("DXS10011", &[]),
    y("Y-GATA-H4", &["GATA H4", "Y GATA H4.1", "YGATAH41"]),
    y("Yindel", &["Y indel", "M175", "rs2032678"]),
    y("DYS385", &["DYS385a/b", "DYS385ab"]),
    y("DYS385a", &[]),
    y("DYS385b", &[]),
    y("DYS389I", &["DYS389-1"]),
    y("DYS389II", &["DYS389-2"]),
    y("DYF387S1", &["DYF387S1a/b", "DYF387S1ab", "DYF387S1a", "DYF387S1b"]),
    y("DYF399S1", &[]),
    KnownLocus { name: "Amelogenin", chromosome: LocusKind::Amelogenin, synonyms: &["AMEL", "AM", "AMELX/Y", "AMXY"] },
];
