//! Files whose rows are not all alike, through the binary: rows of units, headers over several lines, rows that are too short or too
//! long, exports without their trailing empty cells.

use super::match_support::Folder;

/// What `filia check` prints of this file, without the table of loci, and its exit code.
fn check(text: &str) -> (i32, Vec<String>) {
    let folder = Folder::new();
    folder.write("p.txt", text);
    let (code, output, errors) = folder.run("check p.txt");
    assert_eq!(errors, "");
    (code, output.lines().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect())
}

fn has(lines: &[String], part: &str) -> bool {
    lines.iter().any(|line| line.contains(part))
}

#[test]
fn a_row_of_units_is_listed_and_no_sample() {
    let (code, lines) = check("id,D3S1358,TH01\n,repeats,repeats\na,\"15,16\",\"6,9.3\"\nb,\"15,17\",7\n");
    assert_eq!(code, 1);
    assert!(lines[0].starts_with("p.txt: 3 rows, 2 samples, 2 loci; wide table (header in line 1"), "{lines:?}");
    assert!(has(&lines, "p.txt, line 2, column `id`: no sample id: row left out"), "{lines:?}");
    // One with something in the id column shows nothing: each cell is listed.
    let (_, lines) = check("id,D3S1358,TH01\n(unit),bp,bp\na,\"15,16\",\"6,9.3\"\n");
    assert!(has(&lines, "p.txt, line 2, column `TH01` (sample (unit)): `bp`: `bp` is no allele"), "{lines:?}");
}

#[test]
fn a_quoted_header_may_go_over_lines() {
    let (code, lines) = check("\"Sample\nName\",\"D3S1358\n1\",\"D3S1358\r\n2\",TH01\na,15,16,6\nb,15,OL,7\n");
    assert_eq!(code, 1);
    assert!(lines[0].starts_with("p.txt: 2 rows, 2 samples, 2 loci; wide table (header in line 1"), "{lines:?}");
    assert!(has(&lines, "line 6, column `D3S1358\\r\\n2` (sample b): `15,OL`: allele `OL`"), "{lines:?}");
}

#[test]
fn rows_that_are_too_short_or_too_long_are_listed() {
    let (code, lines) = check("id,D3S1358,TH01\na,15/16,6\nb,15/16\nc,15/16,6,7\nd,15/16,6,\ne,\"15,16\",\"6,7\"\n");
    assert_eq!(code, 1);
    assert!(lines[0].starts_with("p.txt: 5 rows, 2 samples, 2 loci"), "{lines:?}");
    assert!(has(&lines, "line 3 (sample b): row of 2 cells, the header has 3: row left out"), "{lines:?}");
    assert!(has(&lines, "line 4 (sample c): row of 4 cells, the header has 3: row left out"), "{lines:?}");
    // Beside rows without it an empty cell too many may hide a pair that nobody quoted.
    assert!(has(&lines, "line 5 (sample d): row of 4 cells, the header has 3: row left out"), "{lines:?}");
    assert!(has(&lines, "3  wrong number of cells"), "{lines:?}");
}

#[test]
fn exports_with_a_hundred_columns_are_read_in_any_language() {
    let numbered = |word: &str, count: usize| (1..=count).map(|at| format!("\t{word} {at}")).collect::<String>();
    let columns = ["Alelo", "Tamanho", "Altura"].map(|word| numbered(word, 20)).concat();
    // OL comes first, and trailing empty cells are left out.
    let rows = "x\tS1\tD3S1358\tOL\t15\t16\nx\tS1\tTH01\t6\nx\tS1\tAMEL\tX\tY\nx\tS1\tFGA\nx\tS2\tTH01\tOL\t6\n";
    let (_, lines) = check(&format!("Arquivo\tNome da Amostra\tL\u{f3}cus{columns}\n{rows}"));
    assert!(lines[0].starts_with("p.txt: 5 rows, 2 samples, 3 loci; long table"), "{lines:?}");
    assert!(lines[0].contains("alleles in `Alelo 1`, `Alelo 2`, `Alelo 3`, `Alelo 4` and 16 more;"), "{lines:?}");
    assert!(has(&lines, "Tamanho 19 and 21 more"), "{lines:?}");
    assert!(has(&lines, "line 2, column `Alelo 1` (sample S1): `OL,15,16`: `OL` beside two alleles"), "{lines:?}");
    assert!(has(&lines, "line 6, column `Alelo 1` (sample S2): `OL,6`: allele `OL` is off-ladder"), "{lines:?}");
}

#[test]
fn genotype_tables_without_trailing_empty_cells_are_read() {
    let header = "Sample File\tSample Name\tPanel\tMarker\tDye\tAllele 1\tAllele 2\tAllele 3\tSize 1\tSize 2\tHeight 1\tHeight 2\n";
    let rows = "a.fsa\ta\tPP16\tD3S1358\tB\t15\t16\t\t120.1\t124.2\t800\t790\n\
                a.fsa\ta\tPP16\tTH01\tB\t9.3\n\
                a.fsa\ta\tPP16\tvWA\tB\n\
                a.fsa\ta\tPP16\tFGA\tB\tOL\t21\t22\t190\n\
                b.fsa\tb\tPP16\tD3S1358\tB\t15\t16\n";
    let (code, lines) = check(&format!("{header}{rows}"));
    assert_eq!(code, 1, "{lines:?}");
    assert!(
        lines[0].contains("5 rows, 2 samples, 4 loci; long table (header in line 1: ids in `Sample Name`"),
        "{lines:?}"
    );
    let typed =
        |locus: &str| lines.iter().find(|line| line.starts_with(&format!("{locus} "))).cloned().unwrap_or_default();
    let count = |locus: &str| typed(locus).split_whitespace().nth(1).map(str::to_owned);
    assert_eq!(["D3S1358", "TH01", "vWA", "FGA"].map(count), ["2", "1", "0", "1"].map(|text| Some(text.to_owned())));
    assert!(has(&lines, "line 5, column `Allele 1` (sample a): `OL,21,22`: `OL` beside two alleles"), "{lines:?}");
}
