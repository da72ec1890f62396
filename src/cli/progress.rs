//! What a run is doing, on a terminal's last line; nothing elsewhere.

use crate::progress::{Progress, Stage};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use std::fmt::Write;
use std::io::IsTerminal;
use std::time::Duration;

/// Time between two looks at the line while nothing advances.
const TICK: Duration = Duration::from_millis(200);

/// One line for the stage that is under way: its name, how much of it is done, how fast, and the time left.
pub struct StageLine {
    bar: ProgressBar,
}

impl StageLine {
    /// Hidden where standard error is no terminal, or where it is not wanted.
    pub fn new(wanted: bool) -> Self {
        let shown = wanted && std::io::stderr().is_terminal();
        let target = if shown { ProgressDrawTarget::stderr_with_hz(5) } else { ProgressDrawTarget::hidden() };
        Self { bar: ProgressBar::with_draw_target(None, target) }
    }

    /// Takes the line off the terminal.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

impl Drop for StageLine {
    fn drop(&mut self) {
        self.finish();
    }
}

impl Progress for StageLine {
    fn begin(&self, stage: Stage) {
        if self.bar.is_hidden() {
            return;
        }
        if let Ok(style) = ProgressStyle::with_template(&template(stage)) {
            let style = style
                .with_key("done", |state: &ProgressState, line: &mut dyn Write| {
                    let _ = line.write_str(&compact(state.pos() as f64));
                })
                .with_key("rate", |state: &ProgressState, line: &mut dyn Write| {
                    let _ = line.write_str(&compact(state.per_sec()));
                });
            self.bar.set_style(style);
        }
        self.bar.reset();
        match stage.total {
            Some(total) => self.bar.set_length(total),
            None => self.bar.unset_length(),
        }
        self.bar.enable_steady_tick(TICK);
    }

    fn advance(&self, done: u64) {
        self.bar.inc(done);
    }

    /// An interruption ends the process, see [`super::interruption`].
    fn cancelled(&self) -> bool {
        false
    }
}

/// At most 80 columns, with names of up to 25 letters and units of up to 8.
fn template(stage: Stage) -> String {
    let Stage { name, unit, total } = stage;
    match (total, unit) {
        (Some(total), _) => {
            format!("{name} {{bar:12}} {{percent:>3}}% of {} {unit}, {{rate}}/s, {{eta}} left", compact(total as f64))
        }
        (None, "") => format!("{name} {{elapsed}}"),
        (None, _) => format!("{name} {{done}} {unit}, {{rate}}/s, {{elapsed}}"),
    }
}

/// Three digits and the sign of the thousands: 999, 1.23k, 45.6M, 789G.
fn compact(number: f64) -> String {
    const SIGNS: [&str; 5] = ["", "k", "M", "G", "T"];
    let (mut scaled, mut sign) = (number, 0);
    while scaled >= 999.5 && sign + 1 < SIGNS.len() {
        scaled /= 1000.0;
        sign += 1;
    }
    let decimals = match scaled {
        _ if sign == 0 => 0,
        small if small < 9.995 => 2,
        middle if middle < 99.95 => 1,
        _ => 0,
    };
    format!("{scaled:.decimals$}{}", SIGNS[sign])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        let cases = [
            (0.0, "0"),
            (999.0, "999"),
            (999.6, "1.00k"),
            (12_345.0, "12.3k"),
            (99_960.0, "100k"),
            (999_600.0, "1.00M"),
            (1.6e10, "16.0G"),
            (1e12, "1.00T"),
            (5e15, "5000T"),
        ];
        for (number, expected) in cases {
            assert_eq!(compact(number), expected);
        }
    }

    #[test]
    fn a_line_has_at_most_80_columns() {
        let widest = template(Stage::of("candidates of unknown sex", "children", 999_000_000_000));
        let widths = [("{bar:12}", 12), ("{percent:>3}", 3), ("{rate}", 5), ("{eta}", 4)];
        let filled = widths.iter().fold(widest, |line, (key, width)| line.replace(key, &"x".repeat(*width)));
        assert!(filled.len() <= 80, "{} columns: {filled}", filled.len());
    }
}
