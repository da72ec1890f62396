//! The closed form of a locus, written out with its numbers, so that a reader can work it out.

use super::numbers::significant;
use crate::matching::{AlleleTerms, ClosedForm, Draw};
use crate::report::messages::ltr;

/// Digits of what is put into a formula.
const DIGITS: i32 = 5;

fn number(value: f64) -> String {
    let text = significant(value, DIGITS);
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// The formula of a locus: in letters, with its numbers, and where each comes from.
pub fn written(form: &ClosedForm) -> Vec<String> {
    let (letters, numbers) = match &form.alleles[..] {
        [a, b] if form.with_known => {
            let letters = fraction(
                &sum(a, b, |a| named("K", a), |b| named("T", b)),
                &sum(a, b, |a| named("K", a), |b| named("q", b)),
            );
            (letters, fraction(&sum_of(a, b, known, passed), &sum_of(a, b, known, drawn)))
        }
        [a, b] => {
            let last = second(a, b);
            let letters = format!(
                "{} / (2 × {} × {last})",
                bracketed(&sum(a, b, |a| named("T", a), |b| named("q", b))),
                named("q", a)
            );
            let below = format!("(2 × {} × {})", number(drawn(a)), number(b.drawn_second.probability));
            (letters, format!("{} / {below}", bracketed(&sum_of(a, b, passed, drawn))))
        }
        [a] if form.with_known => (format!("{} / {}", named("T", a), named("q", a)), quotient(passed(a), drawn(a))),
        [a] => (format!("{} / {}", named("T", a), second(a, a)), quotient(passed(a), a.drawn_second.probability)),
        _ => return Vec::new(),
    };
    let result = significant(form.likelihood_ratio(), 4);
    let mut lines = vec![format!("LR = {letters}"), format!("LR = {numbers} = {result}")];
    lines.push(where_from(form));
    lines.into_iter().map(|line| ltr(&line)).collect()
}

/// What each letter stands for here.
fn where_from(form: &ClosedForm) -> String {
    let mut parts = Vec::new();
    for terms in &form.alleles {
        parts.push(format!("{} = {}", named("T", terms), number(terms.from_candidate)));
        parts.extend(terms.from_known.map(|known| format!("{} = {}", named("K", terms), number(known))));
    }
    let two = form.alleles.len() == 2;
    for (at, terms) in form.alleles.iter().enumerate() {
        let after = || second(&form.alleles[0], terms);
        if form.with_known || two {
            parts.push(draw(&named("q", terms), &terms.drawn, terms.frequency, form.theta));
        }
        if !form.with_known && at + 1 == form.alleles.len() {
            parts.push(draw(&after(), &terms.drawn_second, terms.frequency, form.theta));
        }
    }
    parts.join("; ")
}

/// `q(15) = (1 × 0.01 + 0.99 × 0.1022) / 1.01 = 0.11008`; without theta the frequency alone.
fn draw(name: &str, draw: &Draw, frequency: f64, theta: f64) -> String {
    if theta == 0.0 {
        return format!("{name} = {}", number(draw.probability));
    }
    let (one_less, below) = (1.0 - theta, 1.0 + (f64::from(draw.seen) - 1.0) * theta);
    let terms = [number(theta), number(one_less), number(frequency), number(below), number(draw.probability)];
    let [theta, one_less, frequency, below, probability] = terms;
    format!("{name} = ({} × {theta} + {one_less} × {frequency}) / {below} = {probability}", draw.same)
}

fn named(letter: &str, terms: &AlleleTerms) -> String {
    format!("{letter}({})", terms.allele)
}

fn second(first: &AlleleTerms, terms: &AlleleTerms) -> String {
    format!("q({} | {})", terms.allele, first.allele)
}

fn passed(terms: &AlleleTerms) -> f64 {
    terms.from_candidate
}

fn known(terms: &AlleleTerms) -> f64 {
    terms.from_known.unwrap_or(1.0)
}

fn drawn(terms: &AlleleTerms) -> f64 {
    terms.drawn.probability
}

/// One of a with the other of b, and the other way round.
fn sum(
    a: &AlleleTerms,
    b: &AlleleTerms,
    one: impl Fn(&AlleleTerms) -> String,
    other: impl Fn(&AlleleTerms) -> String,
) -> String {
    format!("{} × {} + {} × {}", one(a), other(b), one(b), other(a))
}

/// The same in numbers.
fn sum_of(a: &AlleleTerms, b: &AlleleTerms, one: fn(&AlleleTerms) -> f64, other: fn(&AlleleTerms) -> f64) -> String {
    sum(a, b, |terms| number(one(terms)), |terms| number(other(terms)))
}

fn bracketed(text: &str) -> String {
    format!("({text})")
}

fn fraction(above: &str, below: &str) -> String {
    format!("{} / {}", bracketed(above), bracketed(below))
}

fn quotient(above: f64, below: f64) -> String {
    format!("{} / {}", number(above), number(below))
}
