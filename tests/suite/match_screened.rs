//! Candidates whom a screening left: priors and false leads are those of the whole lists (`[prior.listed]`).

use crate::match_support::Folder;

const SETTINGS: &str = "[population]\ntheta = 0.0\n[mutation]\nmodel = \"none\"\n[prior.relatives]\nfull_sibling = 0.0\n\
                        second_degree = 0.0\nfirst_cousin = 0.0\n";

/// log10 LR, posterior and expected false leads of the two men, by id.
fn run(folder: &Folder, name: &str, listed: &str) -> [[f64; 3]; 2] {
    folder.write("children.csv", "sample_id,D3S1358,vWA,TH01\nC,\"15,17\",\"16,18\",\"6,9.3\"\n");
    folder
        .write("men.csv", "sample_id,sex,D3S1358,vWA,TH01\nM1,m,\"14,15\",\"16,17\",6\nM2,m,\"17,18\",18,\"6,9.3\"\n");
    folder.write(&format!("{name}.toml"), format!("{SETTINGS}{listed}"));
    let run = "match --children children.csv --candidates men.csv --expected-false-leads --min-log10-lr none";
    folder.succeed(&format!("{run} --config {name}.toml --out {name} --no-progress"));
    let rows = folder.table(&format!("{name}/matches.csv"));
    ["M1", "M2"].map(|man| {
        let row = rows.iter().find(|row| row["candidate_id"] == man).unwrap();
        ["log10_lr", "posterior", "expected_false_leads"].map(|column| row[column].parse().unwrap())
    })
}

/// in_list is 1/2: of N men each is the father with 1/(2N) before the DNA, nobody of them with 1/2.
fn assert_posteriors(men: &[[f64; 3]; 2], number: f64) {
    let weights = men.map(|[log10_lr, ..]| 10_f64.powf(log10_lr) / number);
    let all = 1.0 + weights[0] + weights[1];
    for (man, weight) in men.iter().zip(weights) {
        assert!((man[1] - weight / all).abs() < 1e-9, "{man:?} of {number}: expected {}", weight / all);
    }
}

#[test]
fn the_screened_lists_count_for_priors_and_false_leads() {
    let folder = Folder::new();
    let read = run(&folder, "read", "");
    assert_posteriors(&read, 2.0);
    let screened = run(&folder, "screened", "[prior.listed]\nmen = 100\nwomen = 80\n");
    assert_posteriors(&screened, 100.0);
    for (one, other) in read.iter().zip(&screened) {
        assert_eq!(one[0], other[0]);
        assert!(one[2] > 0.0 && (other[2] / one[2] - 50.0).abs() < 1e-6, "{one:?} {other:?}");
    }
    // fewer than were read change nothing
    assert_eq!(run(&folder, "fewer", "[prior.listed]\nmen = 1\n"), read);
}
