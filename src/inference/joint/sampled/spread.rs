//! From the sums of the chains to a probability, its standard error and R-hat.

/// How far a sampled probability can be off.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Spread {
    /// Its standard error.
    pub standard_error: f64,
    /// √(variance over all chains / variance within a chain): near 1 where the chains agree.
    pub r_hat: f64,
}

impl Default for Spread {
    /// Of what is exact.
    fn default() -> Self {
        Self { standard_error: 0.0, r_hat: 1.0 }
    }
}

impl Spread {
    /// The greater of two errors, of each kind.
    pub fn or_worse(self, other: Self) -> Self {
        Self { standard_error: self.standard_error.max(other.standard_error), r_hat: self.r_hat.max(other.r_hat) }
    }

    /// Whether neither error exceeds that of a limit.
    pub fn is_within(self, limit: Self) -> bool {
        self.standard_error <= limit.standard_error && self.r_hat <= limit.r_hat
    }
}

/// What a chain keeps of one probability.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sums {
    /// Over the sweeps of the batch that is going on.
    pub batch: f64,
    /// Of the squares, over all sweeps.
    pub squares: f64,
    /// Of the means of the batches.
    pub means: f64,
    /// Of their squares.
    pub mean_squares: f64,
    /// Of the products of the means with those of the total that this is a part of.
    pub mean_products: f64,
}

impl Sums {
    /// Of what is sure in every sweep, over so many batches: the total of probabilities that are estimated together.
    pub fn certain(batches: usize) -> Self {
        let batches = batches as f64;
        Self { means: batches, mean_squares: batches, mean_products: batches, ..Self::default() }
    }

    /// Counts one sweep.
    pub fn add(&mut self, probability: f64) {
        self.batch += probability;
        self.squares += probability * probability;
    }

    /// Ends a batch of so many sweeps, over which the total came to this.
    pub fn end_batch(&mut self, sweeps: usize, total: f64) {
        let (mean, total) = (self.batch / sweeps as f64, total / sweeps as f64);
        self.means += mean;
        self.mean_squares += mean * mean;
        self.mean_products += mean * total;
        self.batch = 0.0;
    }
}

/// What no sweep has met can have this many sweeps' share of the probability and still be missed once in 20 times (the rule of three:
/// 1 − 0.05^(1/n) is about 3/n), so no error is stated smaller than that.
const UNMET_SWEEPS: f64 = 3.0;

/// Chains that differ by less do not differ.
const NEXT_TO_NO_VARIANCE: f64 = 1e-10;

/// A probability and its spread, given the sums of each chain, and those of all probabilities of the body, over so many batches and sweeps.
///
/// The probabilities of a body are estimated each on its own, so that they need not sum to 1: each is divided by their sum. The error of
/// this ratio p = x / t is that of the residuals x − p t of the batches (Cochran 1977, Sampling Techniques, section 6.4). R-hat is that of x.
pub fn estimate<const CHAINS: usize>(
    parts: [Sums; CHAINS],
    totals: [Sums; CHAINS],
    batches: usize,
    sweeps: usize,
) -> (f64, Spread) {
    let (count, batches, sweeps) = (CHAINS as f64, batches as f64, sweeps as f64);
    let all = count * batches;
    let chains = || parts.iter().zip(&totals);
    let total = totals.iter().map(|total| total.means).sum::<f64>();
    let ratio = parts.iter().map(|part| part.means).sum::<f64>() / total;
    let residual = |(part, total): (&Sums, &Sums)| {
        part.mean_squares - 2.0 * ratio * part.mean_products + ratio * ratio * total.mean_squares
    };
    let residuals = chains().map(residual).sum::<f64>().max(0.0) / (total / all).powi(2);
    let of_batches = residuals / (all - 1.0) / all;
    let of_chain = |(part, total): (&Sums, &Sums)| part.means / total.means;
    let between = chains().map(|chain| (of_chain(chain) - ratio).powi(2)).sum::<f64>() / (count - 1.0);
    let mean = |part: &Sums| part.means / batches;
    let grand = parts.iter().map(mean).sum::<f64>() / count;
    let between_parts = parts.iter().map(|part| (mean(part) - grand).powi(2)).sum::<f64>() / (count - 1.0);
    let variance = |part: &Sums| (part.squares / sweeps - mean(part).powi(2)).max(0.0);
    let within = parts.iter().map(variance).sum::<f64>() / count;
    let r_hat = match between_parts < NEXT_TO_NO_VARIANCE {
        true => 1.0,
        false => ((sweeps - 1.0) / sweeps + between_parts / within).sqrt().max(1.0),
    };
    let least = UNMET_SWEEPS / (count * sweeps);
    (ratio, Spread { standard_error: of_batches.max(between / count).sqrt().max(least), r_hat })
}
