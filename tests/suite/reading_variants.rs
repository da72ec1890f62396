//! SNPs and microhaplotypes locus by locus: VCF files, and the binaries of PLINK.

use super::match_support::Folder;
use flate2::{Compression, write::GzEncoder};
use std::io::Write;

/// Two autosomal SNPs, one without an id, one with three alleles, a microhaplotype.
pub const VCF: &str = "##fileformat=VCFv4.2
##contig=<ID=chr1>
##INFO=<ID=DP,Number=1,Type=Integer,Description=\"Depth\">
##FORMAT=<ID=GT,Number=1,Type=String,Description=\"Genotype\">
#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tC1\tM1\tS 3
chr1\t100\trs10\tA\tG\t50\tPASS\tDP=9\tGT:DP\t0/1:9\t1|1:8\t./.
chr1\t200\t.\tC\tT\t.\t.\t.\tGT\t0/0\t0/1\t1/1
chr2\t5\trs30;other\tA\tC,T\t.\tPASS\t.\tGT\t0/2\t1/2\t.
3\t77\tmh03\tACT\tACG,ATG\t.\tPASS\t.\tDP:GT\t3:0|1\t4:1|1\t5:0|2
";
/// Four people in two families, and four loci, the last of them on X.
pub const FAM: &str = "F a 0 0 1 -9\nF b 0 0 2 -9\nF c a b 0 2\nG a 0 0 1 -9\n";
pub const BIM: &str = "1\trs10\t0\t100\tG\tA\n1\t.\t0\t200\tT\tC\n2\trs30\t0\t5\t0\tC\n23\trsX\t0\t7\tA\tG\n";
/// Two bits a person from the lowest on: 0 is both of the first allele, 1 missing, 2 one of each, 3 both of the second.
const BED: [u8; 7] = [0x6c, 0x1b, 0x01, 0b11_10_01_00, 0b10_10_11_00, 0b11_11_11_11, 0b00_00_00_00];
const TABLE: &str = "sample_id,chr1:200,mh03,rs10,rs30\nC1,C,\"ACG,ACT\",\"A,G\",\"A,T\"\nM1,\"C,T\",\"ACG,ACG\",G,\"C,T\"\n\
                     S 3,T,\"ACT,ATG\",,\n";
const LOCI: &str = "locus,allele,frequency\nrs10,A,.5\nrs10,G,.5\nrs30,A,.5\nrs30,C,.3\nrs30,T,.2\nmh03,ACT,.5\nmh03,ACG,.3\nmh03,ATG,.2\n";

fn with_record(record: &str) -> String {
    format!("{VCF}{}\n", record.replace(' ', "\t"))
}

fn packed(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn genotypes_of_a_vcf_file_are_profiles() {
    let folder = Folder::new();
    folder.write("x.vcf", VCF);
    folder.succeed("convert x.vcf --to csv --out x.csv --strict");
    assert_eq!(std::fs::read_to_string(folder.path("x.csv")).unwrap(), TABLE);
    // Two gzip members, as block gzip has many.
    let (first, second) = VCF.split_at(300);
    folder.write("x.vcf.gz", [packed(first), packed(second)].concat());
    folder.succeed("convert x.vcf.gz --to csv --out y.csv --strict");
    assert_eq!(std::fs::read_to_string(folder.path("y.csv")).unwrap(), TABLE);
    folder.write("f.csv", LOCI);
    folder.succeed("convert x.csv --frequencies f.csv --to long --out x_long.csv");
    folder.succeed("convert x.vcf --frequencies f.csv --to long --out y_long.csv");
    let known = |name: &str| {
        let text = std::fs::read_to_string(folder.path(name)).unwrap();
        text.lines().filter(|line| !line.contains("chr1:200")).collect::<Vec<_>>().join("\n")
    };
    assert_eq!(known("x_long.csv"), known("y_long.csv"), "the table says the same as the VCF file");
    let (_, text, _) = folder.run("check x.vcf.gz --frequencies f.csv");
    assert!(
        text.contains("x.vcf.gz: 4 rows, 3 samples, 4 loci; VCF 4.2 (begins with ##fileformat=VCF, packed with gzip)"),
        "{text}"
    );
}

#[test]
fn what_is_not_used_of_a_vcf_file_is_listed_or_counted() {
    for (record, message) in [
        (
            "1 9 rs9 A G . PASS . GT ./1 0/1 1/1",
            "x.vcf, line 10, column `GT` (sample C1): `./1`: `.` beside one allele",
        ),
        (
            "1 9 rs9 A G . PASS . GT 0/1 1 1/1",
            "x.vcf, line 10, column `GT` (sample M1): `1`: no genotype of two alleles (expected two numbers from 0 to 1",
        ),
        ("1 9 rs9 A G . PASS . GT 0/1 0/2 1/1", "`0/2`: no genotype of two alleles"),
        ("1 9 rs9 A G . PASS . GT 0/0/1 0/1 1/1", "`0/0/1`: no genotype"),
        (
            "1 9 rs9 A <DEL> . PASS . GT 0/1 0/1 1/1",
            "x.vcf, line 10, column `ALT`: `<DEL>`: a symbol in place of an allele (expected its bases): the locus is not used",
        ),
        ("1 9 rs9 A A[2:8[ . PASS . GT 0/1 0/1 1/1", "`A[2:8[`: a breakend"),
        ("1 9 rs9 A G,* . PASS . GT 0/1 0/1 1/1", "`*`: the allele is missing because of a deletion"),
        (
            "1 9 rs9 ACGTACGTACGTACGTA A . PASS . GT 0/1 0/1 1/1",
            "column `REF`: `ACGTACGTACGTACGTA`: an allele of more than 15 bases",
        ),
        ("1 9 rs9 N A . PASS . GT 0/1 0/1 1/1", "`N`: no allele (expected bases"),
        (
            "1 9 rs9 A G . PASS RU=AGAT;PERIOD=4 GT 0/1 0/1 1/1",
            "column `INFO`: `RU=AGAT;PERIOD=4`: `RU` tells a repeat as an STR caller counts it",
        ),
        ("1 9 rs9 A G . PASS . GT 0/1 0/1", "x.vcf, line 10: row of 11 cells, the header has 12: row left out"),
        (
            "1 9 rs10 A G . PASS . GT 0/1 0/1 1/1",
            "x.vcf, line 10: `rs10`: the locus of line 6 once more: neither is used",
        ),
        (
            "1 9 rs10 A G . PASS . GT 0/1 0/1 1/1",
            "x.vcf, line 6: `rs10`: the locus of line 10 once more: neither is used",
        ),
        (
            "1 9 rs9 A G . q10;s50 . GT 0/1 0/1 1/1",
            "note: x.vcf: loci that are not used: 1 with FILTER q10;s50 (the first in line 10)",
        ),
        (
            "chrX 9 rs9 A G . PASS . GT 0/1 0 1/1",
            "note: x.vcf: loci that are not used: 1 on chromosome chrX (the first in line 10)",
        ),
        ("1 9 rs9 A G . PASS . DP 4 5 6", "1 without GT in FORMAT (the first in line 10)"),
    ] {
        let folder = Folder::new();
        folder.write("x.vcf", with_record(record));
        let (code, text, errors) = folder.run("check x.vcf");
        assert!(code < 2 && text.contains(message), "{record}: expected `{message}` in\n{text}{errors}");
        folder.succeed("convert x.vcf --to csv --out x.csv");
    }
}

#[test]
fn what_is_no_vcf_file_of_snps_is_refused() {
    let folder = Folder::new();
    let records = VCF.split_once("#CHROM").unwrap().1;
    for (text, message) in [
        (
            VCF.replace("##contig=<ID=chr1>", "##command=HipSTR-v0.6.2 --bams x.bam"),
            "x.vcf, line 2: `##command=HipSTR-v0.6.2 --bams x.bam`: a VCF file of an STR caller (hipstr): its lengths are counted from the reference and are not the alleles of the kits; name the alleles as the kits do",
        ),
        (VCF.replace("\tFORMAT", "\tFROMAT"), "x.vcf, line 5: found `FROMAT` as column 9, expected FORMAT"),
        (
            "##fileformat=VCFv4.3\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n".to_owned(),
            "x.vcf, line 2: a VCF file without genotypes",
        ),
        (VCF.replace("\tM1\t", "\t\t"), "x.vcf, line 5: `` as the name of a sample: no sample id"),
        (records.replace("POS", "##fileformat=VCFv4.2\nPOS"), "no column with the sample ids"),
        ("##fileformat=VCFv4.2\nchr1\t1\n".to_owned(), "x.vcf, line 2: expected a line that begins with #CHROM"),
        (
            VCF.replace("PASS", "q10").replace("\t.\t.\t.\t", "\t.\tq10\t.\t"),
            "x.vcf: no locus of it can be used: loci that are not used: 4 with FILTER q10 (the first in line 6)",
        ),
    ] {
        folder.write("x.vcf", text);
        folder.fail("check x.vcf", &[message]);
    }
    folder.write("x.vcf.gz", packed("sample_id,TH01\na,6\n"));
    folder.fail("check x.vcf.gz", &["x.vcf.gz, line 1: packed with gzip, and no VCF file in it: unpack it first"]);
    folder.write("x.vcf.gz", &packed(VCF)[..200]);
    folder.fail("check x.vcf.gz", &["cannot be read further"]);
}

fn plink() -> Folder {
    let folder = Folder::new();
    folder.write("x.bed", BED);
    folder.write("x.bim", BIM);
    folder.write("x.fam", FAM);
    folder
}

#[test]
fn genotypes_of_plink_are_profiles() {
    let folder = plink();
    let (code, _, errors) = folder.run("convert x.bed --to csv --out x.csv --strict");
    assert_eq!(code, 0, "{errors}");
    let expected = "sample_id,sex,family_id,1:200,rs10,rs30\nF/a,male,F,T,G,C\nG/a,male,G,\"C,T\",A,C\nb,female,F,C,,C\n\
                    c,,F,\"C,T\",\"A,G\",C\n";
    assert_eq!(std::fs::read_to_string(folder.path("x.csv")).unwrap(), expected);
    for note in [
        "x.bed: loci that are not used: 1 on chromosome 23 (the first in line 4)",
        "x.bed: ids that several families have got the family's in front: F/a, G/a",
        "x.bed: parents of 1 of the people in x.fam are not used: they are no genotypes (`--pedigrees x.fam` takes them)",
    ] {
        assert!(errors.contains(note), "expected `{note}` in\n{errors}");
    }
    let (_, text, _) = folder.run("check x.bed");
    assert!(
        text.contains("x.bed: 4 rows, 4 samples, 3 loci; PLINK 1 binary (begins with 6c 1b 01), with x.bim and x.fam"),
        "{text}"
    );
    folder.write("x.bed", [&BED[..5], &[0b11_11_11_01, 0]].concat());
    folder.write("x.bim", BIM.replace("rs30\t0\t5\t0\tC", "rs30\t0\t5\tC\t0"));
    let (_, text, _) = folder.run("check x.bed");
    let message = "x.bed, line 3, column `alleles` (sample b): `0` beside one allele";
    assert!(text.contains(message), "{text}");
}

#[test]
fn files_of_plink_that_do_not_belong_together_are_refused() {
    let folder = plink();
    folder.write("x.bed", &BED[..6]);
    folder.fail("check x.bed", &["x.bed: found 6 bytes, expected 7 for 4 people (x.fam) and 4 loci (x.bim): the three files do not belong together"]);
    folder.write("x.bed", [&BED[..], &[0]].concat());
    folder.fail("check x.bed", &["x.bed: found more than 7 bytes, expected 7"]);
    folder.write("x.bed", [&BED[..2], &[0], &BED[3..]].concat());
    folder.fail("check x.bed", &["x.bed: genotypes person by person", "`plink --make-bed` writes them locus by locus"]);
    folder.write("x.bed", BED);
    folder.write("x.bim", BIM.replace("\t200", ""));
    folder.fail("check x.bed", &["x.bim, line 2: found 5 fields, expected 6"]);
    folder.write("x.bim", BIM.replace("rs30", "rs10"));
    let (_, text, _) = folder.run("check x.bed");
    assert!(text.contains("x.bed, line 3: `rs10`: the locus of line 1 once more"), "{text}");
    folder.write("x.bim", BIM.replace("G\tA", "<DEL>\tA"));
    let (_, text, _) = folder.run("check x.bed");
    assert!(text.contains("x.bed, line 1, column `alleles`: `<DEL>,A`: no allele (expected a repeat number"), "{text}");
    folder.write("x.fam", "F a 0 0\n");
    folder.fail("check x.bed", &["x.fam, line 1: found 4 fields, expected at least 5"]);
    std::fs::remove_file(folder.path("x.fam")).unwrap();
    folder.fail("check x.bed", &["x.bed: x.fam is not beside it"]);
}

#[test]
fn haplotypes_are_known_and_not_used() {
    let folder = Folder::new();
    folder.write("x.emp", "#two men\n#somewhere\n#! 16024-16365 73-340\na\tH1\t1\t263G 315.1C\nb\tH2\t1\t16129A\n");
    folder.fail("check x.emp", &["x.emp: an EMPOP file", "mitochondrial DNA is not used"]);
    folder.write("y.csv", "ID,DYS19,DYS385,DYS389I,TH01\na,14,\"11,14\",13,\"6,7\"\nb,15,13,13,\"6,9.3\"\n");
    let (_, output, _) = folder.run("check y.csv");
    assert!(output.contains("kept out of the product of loci: DYS19, DYS385, DYS389I"), "{output}");
    assert!(output.contains("2 samples usable"), "{output}");
}
