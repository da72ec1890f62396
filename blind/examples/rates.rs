//! What each step of an exchange takes, and how long its files are: made-up people, all typed everywhere.
//!
//! `cargo run --release -p filia-blind --example rates -- CHILDREN ADULTS [LOCI CLASSES HIGHEST THRESHOLD | LOCI CLASSES exclusions MOST]`

use filia_blind::*;
use rand_chacha::ChaCha20Rng;
use rand_core::{RngCore, SeedableRng};
use std::time::Instant;

/// Distinct calls of adults at a locus.
const ROWS: u32 = 40;

fn main() -> Result<(), FileError> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize, default: i32| words.get(at).and_then(|word| word.parse().ok()).unwrap_or(default);
    let exclusions = words.get(4).is_some_and(|word| word == "exclusions");
    let (highest, rule) = match exclusions {
        true => (1, Rule::AtMost(number(5, 1) as u32)),
        false => (number(4, 4), Rule::AtLeast(number(5, 8))),
    };
    let lowest = if exclusions { 0 } else { -40 };
    let classes = number(3, 66) as u32;
    let locus = |number| LocusTerms { name: format!("L{number}"), classes, lowest, highest };
    let (children, adults) = (number(0, 60) as u32, number(1, 222) as u32);
    let loci = (0..number(2, 23)).map(locus).collect();
    exchange(Terms { agreement: [0; 32], loci, rule, children, adults, least_loci: 1 })
}

/// A parent shares an allele with a third of the classes; every other class has one entry.
fn people(terms: &Terms, random: &mut ChaCha20Rng) -> (Vec<Child>, Adults) {
    let mut below = |n: u32| random.next_u32() % n;
    let child = |below: &mut dyn FnMut(u32) -> u32| Child {
        classes: terms.loci.iter().map(|locus| Some(below(locus.classes))).collect(),
    };
    let children = (0..terms.children).map(|_| child(&mut below)).collect();
    let mut row = |locus: &LocusTerms| -> Vec<i32> {
        let mut entry = || match below(3) {
            0 if terms.rule == Rule::AtMost(1) => 0,
            0 => below(locus.highest as u32 + 3) as i32 - 2,
            _ => (-12).max(locus.lowest).max(if locus.lowest == 0 { 1 } else { i32::MIN }),
        };
        (0..locus.classes).map(|_| entry()).collect()
    };
    let rows = terms.loci.iter().map(|locus| (0..ROWS).map(|_| row(locus)).collect()).collect();
    let adult = |_| Adult { rows: terms.loci.iter().map(|_| Some(below(ROWS))).collect() };
    (children, Adults { rows, adults: (0..terms.adults).map(adult).collect() })
}

fn exchange(terms: Terms) -> Result<(), FileError> {
    let random = &mut ChaCha20Rng::seed_from_u64(1);
    let (children, adults) = people(&terms, random);
    let secrets = [Secret::generate(Side::Children, random), Secret::generate(Side::Adults, random)];
    let keys = [
        key_file(&terms, &secrets[0], Input::Children(&children))?,
        key_file(&terms, &secrets[1], Input::Adults(&adults))?,
    ];
    let session = Session::join(terms.clone(), &keys[0], &keys[1])?;
    let typed = vec![true; terms.loci.len()];
    let pairs = terms.children as usize * terms.adults as usize;
    println!(
        "{} × {}: {} tests a pair, {} threads",
        terms.children,
        terms.adults,
        terms.tests(&typed),
        rayon::current_num_threads()
    );
    let all = Instant::now();
    let ballots = timed("ballots", || ballots(&session, &secrets[0], &children))?;
    timed("ballots checked", || read_ballots(&session, &ballots).map(|_| Vec::new()))?;
    let answer = timed("ballots checked, answer", || answer(&session, &secrets[1], &adults, &ballots))?;
    let blinded = timed("blinded", || blind(&session, &secrets[0], &ballots, &answer))?;
    let course = Course { ballots: &ballots, answer: &answer, blinded: &blinded };
    let of_children = timed("children's shares", || shares(&session, &secrets[0], course))?;
    let of_adults = timed("adults' shares", || shares(&session, &secrets[1], course))?;
    let mut hits = Vec::new();
    timed("opened", || {
        open(&session, course, &of_children, &of_adults).map(|found| {
            hits = found;
            Vec::new()
        })
    })?;
    let clear = clear_hits(&terms, &children, &adults).len();
    println!(
        "{:.1} s in all, of processors {:.1} s; {} hits of {pairs} pairs, {clear} in the clear",
        all.elapsed().as_secs_f64(),
        processor_seconds(),
        hits.len()
    );
    Ok(())
}

fn timed(what: &str, step: impl FnOnce() -> Result<Vec<u8>, FileError>) -> Result<Vec<u8>, FileError> {
    let (started, before) = (Instant::now(), processor_seconds());
    let file = step()?;
    let (wall, processor) = (started.elapsed().as_secs_f64(), processor_seconds() - before);
    println!("{what:24} {wall:8.1} s, of processors {processor:8.1} s {:10.1} MB", file.len() as f64 / 1e6);
    Ok(file)
}

/// Seconds of all processors so far, in hundredths, as Linux tells them (`proc(5)`: utime is the fourteenth field); 0 elsewhere.
fn processor_seconds() -> f64 {
    let text = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = text.rsplit(')').next().unwrap_or_default();
    after_name.split_whitespace().nth(11).and_then(|ticks| ticks.parse::<f64>().ok()).unwrap_or_default() / 100.0
}
