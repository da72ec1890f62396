//! `filia match --lr-interval` against closed forms: with a homozygous parent and child and no mutation the LR is 1/p, so its
//! interval is that of p's own posteriors, two beta distributions.

use super::match_support::{Folder, assert_close, number};
use std::fmt::Write;

const RUN: &str = "match --children c.csv --candidates a.csv --frequencies f.csv --config s.toml --lr-interval";

/// A folder with settings, a child, candidates, and frequencies of two alleles a locus: (locus, frequency of 10, people).
fn folder(loci: &[(&str, f64, f64)], child: &str, candidates: &[&str]) -> Folder {
    let folder = Folder::new();
    folder.write("s.toml", "[population]\ntheta = 0.0\n[mutation]\nmodel = \"none\"\n");
    let mut table = "locus,allele,frequency,n_people\n".to_owned();
    for (locus, frequency, people) in loci {
        let _ = writeln!(table, "{locus},10,{frequency},{people}\n{locus},11,{},{people}", 1.0 - frequency);
    }
    folder.write("f.csv", table);
    let names: Vec<_> = loci.iter().map(|locus| locus.0).collect();
    let header = format!("sample_id,sex,{}", names.join(","));
    folder.write("c.csv", format!("{header}\nC,,{child}\n"));
    folder.write("a.csv", format!("{header}\n{}\n", candidates.join("\n")));
    folder
}

/// The priors of two alleles.
const PRIORS: [f64; 2] = [0.5, 1.0];

/// The density of −log10 p on a fine grid of p, p ~ Beta(2N p₀ + 1 + b, 2N (1 − p₀) + b), since the pair shows the allele once more:
/// values and their masses, ascending.
fn minus_log10_of_beta(frequency: f64, people: f64, prior: f64, points: usize) -> Vec<(f64, f64)> {
    let (alpha, beta) = (2.0 * people * frequency + 1.0 + prior, 2.0 * people * (1.0 - frequency) + prior);
    let ln_density = |p: f64| (alpha - 1.0) * p.ln() + (beta - 1.0) * (1.0 - p).ln();
    let mode = ln_density((alpha - 1.0) / (alpha + beta - 2.0));
    let value = |at: usize| (at as f64 + 0.5) / points as f64;
    let mut masses: Vec<(f64, f64)> =
        (0..points).map(|at| (-value(at).log10(), (ln_density(value(at)) - mode).exp())).collect();
    let total: f64 = masses.iter().map(|point| point.1).sum();
    masses.iter_mut().for_each(|point| point.1 /= total);
    masses.reverse();
    masses
}

fn quantile(masses: &[(f64, f64)], share: f64) -> f64 {
    let mut sum = 0.0;
    let reached = masses.iter().find(|point| {
        sum += point.1;
        sum >= share
    });
    reached.unwrap().0
}

/// The outer of the two quantiles.
fn outer(of_priors: &[Vec<(f64, f64)>; 2], share: f64) -> f64 {
    let [one, other] = of_priors.each_ref().map(|masses| quantile(masses, share));
    if share < 0.5 { one.min(other) } else { one.max(other) }
}

#[test]
fn a_homozygous_duo_has_the_interval_of_a_beta_distribution() {
    let folder = folder(&[("TH01", 0.2, 100.0)], "10", &["A,M,10"]);
    folder.succeed(&format!("{RUN} --interval-draws 100000 --out out"));
    let row = &folder.table("out/matches.csv")[0];
    assert_close(number(row, "log10_lr"), 5.0_f64.log10(), 1e-12, "log10 LR");
    let exact = PRIORS.map(|prior| minus_log10_of_beta(0.2, 100.0, prior, 400_000));
    // the standard error of these quantiles is 0.0154 standard deviations of 0.062
    for (column, share) in [("log10_lr_low", 0.005), ("log10_lr_high", 0.995)] {
        assert_close(number(row, column), outer(&exact, share), 0.005, column);
    }
}

#[test]
fn loci_add_up_draw_by_draw() {
    let folder = folder(&[("TH01", 0.1, 60.0), ("vWA", 0.3, 40.0)], "10,10", &["A,M,10,10"]);
    folder.succeed(&format!("{RUN} --interval-draws 100000 --out out"));
    let row = &folder.table("out/matches.csv")[0];
    let sums = PRIORS.map(|prior| {
        let (one, other) = (minus_log10_of_beta(0.1, 60.0, prior, 2000), minus_log10_of_beta(0.3, 40.0, prior, 2000));
        let sums = one.iter().flat_map(|x| other.iter().map(move |y| (x.0 + y.0, x.1 * y.1)));
        let mut sums: Vec<_> = sums.filter(|sum| sum.1 > 1e-12).collect();
        sums.sort_by(|left, right| left.0.total_cmp(&right.0));
        sums
    });
    for (column, share) in [("log10_lr_low", 0.005), ("log10_lr_high", 0.995)] {
        assert_close(number(row, column), outer(&sums, share), 0.012, column);
    }
}

/// A locus counted in 20 people against one counted in 2,000: the higher estimate has the lower lower end.
#[test]
fn candidates_are_ranked_by_the_lower_end_where_asked() {
    let folder =
        folder(&[("TH01", 0.05, 20.0), ("vWA", 0.06, 2000.0)], "10,10", &["few,M,10,", "many,M,,10", "none,M,,"]);
    let settings = "[population]\ntheta = 0.0\nminimum_frequency = 0.001\n[mutation]\nmodel = \"none\"\n";
    folder.write("s.toml", settings);
    let order = |flags: &str| -> Vec<String> {
        folder.succeed(&format!("{RUN} {flags} --force --out out"));
        folder.table("out/matches.csv").iter().map(|row| row["candidate_id"].clone()).collect()
    };
    assert_eq!(order(""), ["few", "many", "none"]);
    assert_eq!(order("--rank-by lower"), ["many", "few", "none"]);
    assert_eq!(order("--rank-by lower --top 1"), ["many"]);
    let row = &folder.table("out/matches.csv")[0];
    assert!(
        number(row, "log10_lr_low") < number(row, "log10_lr") && number(row, "log10_lr") < number(row, "log10_lr_high")
    );
    assert_eq!(row["rank"], "1");
}

#[test]
fn an_interval_is_the_same_on_any_number_of_threads_and_differs_by_its_seed() {
    let folder = folder(&[("TH01", 0.05, 20.0), ("vWA", 0.06, 50.0)], "10,10/11", &["a,M,10,10", "b,M,10,11"]);
    let run = |flags: &str| {
        folder.succeed(&format!("{RUN} {flags} --force --out out"));
        folder.tables("out")
    };
    let one = run("--threads 1");
    assert_eq!(run("--threads 3"), one);
    folder.write("s.toml", "[population]\ntheta = 0.0\n[mutation]\nmodel = \"none\"\n[interval]\nseed = 2\n");
    assert_ne!(run(""), one);
}

#[test]
fn without_the_number_of_people_there_is_no_interval() {
    let folder = folder(&[("TH01", 0.2, 100.0)], "10", &["A,M,10"]);
    folder.write("f.csv", "locus,allele,frequency\nTH01,10,0.2\nTH01,11,0.8\n");
    folder.fail(&format!("{RUN} --out out"), &["--lr-interval", "f does not say", "TH01", "how many people"]);
    folder.fail(&format!("{RUN} --interval-draws 10 --out out"), &["interval.draws", "found 10", "1000"]);
    assert!(!folder.path("out").exists());
}
