//! Words for the strength of a likelihood ratio.
//!
//! The scale of the European Network of Forensic Science Institutes (ENFSI guideline for evaluative reporting in
//! forensic science, version 3.0, 2015, table in section 4), with steps at 2, 10, 100, 1,000, 10,000 and 1,000,000.
//! A ratio below one supports the alternative, in the same words.

/// How strongly a likelihood ratio speaks, for or against.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Strength {
    /// Below 2 either way.
    None,
    /// From 2.
    Weak,
    /// From 10.
    Moderate,
    /// From 100.
    ModeratelyStrong,
    /// From 1,000.
    Strong,
    /// From 10,000.
    VeryStrong,
    /// From 1,000,000.
    ExtremelyStrong,
}

impl Strength {
    /// That of this log10 LR, whichever way it speaks.
    pub fn of(log10_lr: f64) -> Self {
        match log10_lr.abs() {
            magnitude if magnitude < 2_f64.log10() => Self::None,
            magnitude if magnitude < 1.0 => Self::Weak,
            magnitude if magnitude < 2.0 => Self::Moderate,
            magnitude if magnitude < 3.0 => Self::ModeratelyStrong,
            magnitude if magnitude < 4.0 => Self::Strong,
            magnitude if magnitude < 6.0 => Self::VeryStrong,
            _ => Self::ExtremelyStrong,
        }
    }
}

/// The words for this log10 LR of "related as stated" against "unrelated".
pub fn verbal(log10_lr: f64) -> String {
    let strength = match Strength::of(log10_lr) {
        Strength::None => return "no support for either".to_owned(),
        Strength::Weak => "weak",
        Strength::Moderate => "moderate",
        Strength::ModeratelyStrong => "moderately strong",
        Strength::Strong => "strong",
        Strength::VeryStrong => "very strong",
        Strength::ExtremelyStrong => "extremely strong",
    };
    let direction = if log10_lr > 0.0 { "for" } else { "against" };
    format!("{strength} support {direction}")
}

#[cfg(test)]
mod tests {
    use super::verbal;

    #[test]
    fn the_steps_of_the_scale() {
        let words: Vec<_> = [0.0, 0.4, 1.0, 2.0, 3.0, 5.999, 6.0, -7.0, f64::NEG_INFINITY].map(verbal).into();
        assert_eq!(
            words,
            [
                "no support for either",
                "weak support for",
                "moderate support for",
                "moderately strong support for",
                "strong support for",
                "very strong support for",
                "extremely strong support for",
                "extremely strong support against",
                "extremely strong support against"
            ]
        );
    }
}
