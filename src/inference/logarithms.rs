//! Sums and differences of numbers that are kept as decimal logarithms.

/// log10(10^a + 10^b) without overflow; minus infinity stands for zero.
pub fn log10_add(a: f64, b: f64) -> f64 {
    let (large, small) = if a >= b { (a, b) } else { (b, a) };
    if small == f64::NEG_INFINITY {
        return large;
    }
    large + 10_f64.powf(small - large).ln_1p() * std::f64::consts::LOG10_E
}

/// log10(10^a − 10^b), minus infinity where that is not above zero.
pub fn log10_subtract(a: f64, b: f64) -> f64 {
    if b == f64::NEG_INFINITY {
        return a;
    }
    if a <= b { f64::NEG_INFINITY } else { a + (-10_f64.powf(b - a)).ln_1p() * std::f64::consts::LOG10_E }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_and_differences() {
        assert!((log10_add(900.0, 900.0) - (900.0 + 2_f64.log10())).abs() < 1e-12);
        assert!((log10_subtract(2.0, 1.0) - 90_f64.log10()).abs() < 1e-12);
        assert!((log10_subtract(900.0, 899.0) - (899.0 + 9_f64.log10())).abs() < 1e-12);
        assert_eq!([log10_subtract(1.0, 1.0), log10_subtract(1.0, f64::NEG_INFINITY)], [f64::NEG_INFINITY, 1.0]);
    }
}
