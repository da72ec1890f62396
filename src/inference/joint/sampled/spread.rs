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

/// What a chain keeps of one probability.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sums {
    /// Over the sweeps of the batch that is going on.
    pub batch: f64,
    /// Of the squares, over all sweeps.
    pub squares: f64,
    /// Of the means of the batches.
    pub means: f64,
    /// Of their squares.
    pub mean_squares: f64,
}

impl Sums {
    /// Counts one sweep.
    pub fn add(&mut self, probability: f64) {
        self.batch += probability;
        self.squares += probability * probability;
    }

    /// Ends a batch of so many sweeps.
    pub fn end_batch(&mut self, sweeps: usize) {
        let mean = self.batch / sweeps as f64;
        self.means += mean;
        self.mean_squares += mean * mean;
        self.batch = 0.0;
    }
}

/// What no sweep has met can have this many sweeps' share of the probability and still be missed once in 20 times (the rule of three:
/// 1 − 0.05^(1/n) is about 3/n), so no error is stated smaller than that.
const UNMET_SWEEPS: f64 = 3.0;

/// Chains that differ by less do not differ.
const NEXT_TO_NO_VARIANCE: f64 = 1e-10;

/// The probability and its spread, given the sums of each chain over so many batches and sweeps.
pub(super) fn estimate(chains: impl Iterator<Item = Sums> + Clone, batches: usize, sweeps: usize) -> (f64, Spread) {
    let count = chains.clone().count() as f64;
    let (batches, sweeps) = (batches as f64, sweeps as f64);
    let mean = |chain: &Sums| chain.means / batches;
    let grand = chains.clone().map(|chain| mean(&chain)).sum::<f64>() / count;
    let all = count * batches;
    let squares = chains.clone().map(|chain| chain.mean_squares).sum::<f64>();
    let of_batches = ((squares - all * grand * grand) / (all - 1.0)).max(0.0) / all;
    let between = chains.clone().map(|chain| (mean(&chain) - grand).powi(2)).sum::<f64>() / (count - 1.0);
    let within = chains.map(|chain| (chain.squares / sweeps - mean(&chain).powi(2)).max(0.0)).sum::<f64>() / count;
    let r_hat = match between < NEXT_TO_NO_VARIANCE {
        true => 1.0,
        false => ((sweeps - 1.0) / sweeps + between / within).sqrt().max(1.0),
    };
    let least = UNMET_SWEEPS / (count * sweeps);
    (grand, Spread { standard_error: of_batches.max(between / count).sqrt().max(least), r_hat })
}
