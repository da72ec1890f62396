//! Numbers as a court reads them: as many digits as say something.

use crate::report::messages::{Messages, Value, ltr};

/// A log10 LR: two decimals.
pub fn log10_lr(number: f64) -> String {
    match number {
        number if number == f64::NEG_INFINITY => "−∞".to_owned(),
        number => signed(format!("{:.2}", (number * 100.0).round() / 100.0 + 0.0)),
    }
}

/// A likelihood ratio from its log10: three significant digits, a power of ten from a million on.
pub fn ratio(log10: f64) -> String {
    if log10 == f64::NEG_INFINITY {
        return "0".to_owned();
    }
    if (-3.0..6.0).contains(&log10) {
        return significant(10_f64.powf(log10), 3);
    }
    let (mut power, mut factor) = (log10.floor(), 10_f64.powf(log10 - log10.floor()));
    if factor >= 9.995 {
        (power, factor) = (power + 1.0, 1.0);
    }
    format!("{factor:.2} × 10{}", raised(power as i64))
}

/// So many significant digits, without a power of ten; thousands in groups.
pub fn significant(number: f64, digits: i32) -> String {
    if number == 0.0 {
        return "0".to_owned();
    }
    let magnitude = number.abs().log10().floor() as i32;
    let unit = 10_f64.powi(magnitude - digits + 1);
    let rounded = (number / unit).round() * unit;
    let decimals = (digits - 1 - magnitude).max(0) as usize;
    signed(grouped(&format!("{rounded:.decimals$}")))
}

/// A probability for people: four decimals, never surer than they can say.
pub fn probability(messages: &Messages, number: f64) -> String {
    let limit = |key: &str, limit: &str| messages.tell(key, &[("number", Value::Data(limit.to_owned()))]);
    match number {
        above if above > 0.9999 => limit("number-more-than", "0.9999"),
        below if below < 0.0001 => limit("number-less-than", "0.0001"),
        between => ltr(&format!("{between:.4}")),
    }
}

/// A setting or a rate as it is written, without digits that say nothing.
pub fn plain(number: f64) -> String {
    let text = crate::report::significant(number);
    let power = text.split_once('e').and_then(|(factor, power)| Some((factor, power.parse().ok()?)));
    signed(power.map_or(text.clone(), |(factor, power)| format!("{factor} × 10{}", raised(power))))
}

/// A whole number with its thousands in groups.
pub fn whole(number: u64) -> String {
    grouped(&number.to_string())
}

fn signed(text: String) -> String {
    text.replace('-', "−")
}

/// Groups of three digits before the point, apart by a narrow blank.
fn grouped(text: &str) -> String {
    let (whole, rest) = text.split_once('.').map_or((text, None), |(whole, rest)| (whole, Some(rest)));
    let digits: Vec<char> = whole.chars().collect();
    let mut shown = String::new();
    for (at, digit) in digits.iter().enumerate() {
        let left = digits.len() - at;
        if at > 0 && left.is_multiple_of(3) && digits.len() > 4 && digits[at - 1].is_ascii_digit() {
            shown.push('\u{202f}');
        }
        shown.push(*digit);
    }
    rest.map_or(shown.clone(), |rest| format!("{shown}.{rest}"))
}

fn raised(power: i64) -> String {
    const DIGITS: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    let digit = |letter: char| letter.to_digit(10).map_or('⁻', |digit| DIGITS[digit as usize]);
    power.to_string().chars().map(digit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::messages::Language;

    #[test]
    fn digits_that_say_something() {
        assert_eq!([7.123_9, -0.001, -12.345, f64::NEG_INFINITY].map(log10_lr), ["7.12", "0.00", "−12.35", "−∞"]);
        let ratios = [0.0, 2.0, 4.091_4, 5.999_99, 7.123_9, 6.999_9, -4.5, -1.0].map(ratio);
        let expected = [
            "1.00",
            "100",
            "12\u{202f}300",
            "1\u{202f}000\u{202f}000",
            "1.33 × 10⁷",
            "1.00 × 10⁷",
            "3.16 × 10⁻⁵",
            "0.100",
        ];
        assert_eq!(ratios, expected);
        let messages = Messages::of(Language::English);
        let plain = |number| probability(&messages, number).replace(['\u{2066}', '\u{2069}'], "");
        assert_eq!(
            [1.0, 0.999_95, 0.5, 0.0].map(plain),
            ["more than 0.9999", "more than 0.9999", "0.5000", "less than 0.0001"]
        );
    }
}
