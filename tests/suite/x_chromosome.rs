//! X-chromosomal loci of a frequency table: their names tell, and men have one allele.

use super::match_support::{Folder, assert_close, number};

const TABLE: &str = "locus,allele,frequency\nDXS8378,10,0.2\nDXS8378,11,0.3\nDXS8378,12,0.5\nTH01,6,0.5\nTH01,7,0.5\n";
const PLAIN: &str = "[population]\ntheta = 0\n[mutation]\nmodel = \"none\"\n";

fn folder() -> Folder {
    let folder = Folder::new();
    folder.write("x.csv", TABLE);
    folder.write("plain.toml", PLAIN);
    folder.write("c.csv", "sample_id,sex,DXS8378\nson,M,10\ndaughter,F,10/11\n");
    folder.write("a.csv", "sample_id,sex,DXS8378\nf,M,10\ng,F,10/12\nh,M,10/11\n");
    folder
}

#[test]
fn match_and_explain_know_the_x_chromosome() {
    let folder = folder();
    let case = "--children c.csv --candidates a.csv --frequencies x.csv --config plain.toml";
    folder.succeed(&format!("match {case} --min-log10-lr none --out out"));
    let rows = folder.table("out/matches.csv");
    let log10_lr = |child: &str, candidate: &str| {
        let row = rows.iter().find(|row| row["child_id"] == child && row["candidate_id"] == candidate);
        number(row.unwrap(), "log10_lr")
    };
    assert_eq!(log10_lr("son", "f"), 0.0, "a father gives his son no X chromosome");
    // a mother passes 10 with chance 1/2: 0.5 / p; a father always: p(11) / (2 p(10) p(11))
    for (child, candidate, ratio) in
        [("son", "g", 0.5 / 0.2), ("daughter", "f", 0.5 / 0.2), ("daughter", "g", 0.25 / 0.2)]
    {
        assert_close(log10_lr(child, candidate), f64::log10(ratio), 1e-9, &format!("{child} {candidate}"));
    }
    let rejected = folder.table("out/rejected.csv");
    assert_eq!((rejected.len(), rejected[0]["sample_id"].as_str()), (1, "h"));
    assert!(rejected[0]["reason"].contains("one X chromosome"));
    let notes = folder.json("out/manifest.json")["notes"].to_string();
    assert!(notes.contains("X-chromosomal by their names, so men have one allele: DXS8378"), "{notes}");
    let explained = folder.succeed(&format!("explain {case} --child daughter --candidate f --format json"));
    let explained: serde_json::Value = serde_json::from_str(&explained).unwrap();
    assert_close(explained["total_log10_lr"][0].as_f64().unwrap(), 2.5_f64.log10(), 1e-9, "explain");
}

#[test]
fn identify_knows_the_x_chromosome() {
    let folder = folder();
    folder.write("pm.csv", "sample_id,sex,DXS8378\nv,M,10\nw,M,10/12\n");
    folder.write("am.csv", "sample_id,sex,DXS8378\ndaughter,F,10/11\n");
    folder.write(
        "ped.csv",
        "family_id,person_id,father_id,mother_id,sex,missing\nF1,dad,,,M,yes\nF1,daughter,dad,,F,no\n",
    );
    let files = "--remains pm.csv --relatives am.csv --pedigrees ped.csv";
    folder.succeed(&format!("identify {files} --frequencies x.csv --config plain.toml --out out"));
    let rows = folder.table("out/pairwise.csv");
    let of = |victim: &str| rows.iter().find(|row| row["victim_id"] == victim);
    assert_close(number(of("v").unwrap(), "log10_lr"), 2.5_f64.log10(), 1e-6, "father of a daughter");
    assert!(of("w").is_none_or(|row| row["loci_compared"] == "0"), "two alleles of a man say nothing");
    assert_eq!(folder.table("out/rejected.csv")[0]["sample_id"], "w");
}

#[test]
fn power_leaves_it_out_and_says_so() {
    let folder = folder();
    let (code, output, errors) = folder.run("power --frequencies x.csv --config plain.toml --draws 0 --format json");
    assert_eq!(code, 0, "{errors}");
    assert!(errors.contains("note: X-chromosomal loci are left out"), "{errors}");
    assert_eq!(serde_json::from_str::<serde_json::Value>(&output).unwrap()["loci"], serde_json::json!(["TH01"]));
    folder.fail("power --frequencies x.csv --loci DXS8378", &["DXS8378: X-chromosomal"]);
}

#[test]
fn men_count_once_in_an_estimate() {
    let folder = folder();
    folder.write("p.csv", "sample_id,sex,DXS8378\na,M,10\nb,F,10/10\nc,F,10/11\nd,,12\n");
    let (code, output, errors) = folder.run("frequencies estimate p.csv");
    assert_eq!(code, 0, "{errors}");
    assert_eq!(output, "locus,allele,frequency,count,n_alleles\nDXS8378,10,0.8,4,5\nDXS8378,11,0.2,1,5\n");
    assert!(errors.contains("DXS8378: not counted: 1 of unknown sex"), "{errors}");
}
