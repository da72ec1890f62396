//! Numbers as they are shown: with twelve significant digits.

/// The number with twelve significant digits. What results are ranked by: two likelihood ratios that are one number in exact arithmetic
/// can differ in their last bits, and must not be ranked by these.
pub fn as_shown(number: f64) -> f64 {
    format!("{number:.11e}").parse().unwrap_or(number)
}

#[cfg(test)]
mod tests {
    use super::as_shown;

    #[test]
    fn the_last_bits_make_no_difference() {
        assert_eq!(as_shown(0.1 + 0.2), 0.3);
        assert_eq!(as_shown(-1_234.567_890_123_4), -1_234.567_890_12);
        assert_eq!(as_shown(f64::NEG_INFINITY), f64::NEG_INFINITY);
    }
}
