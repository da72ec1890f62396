//! The charts of the overview, as SVG in which colours are marks for the style sheet: it has one set for light and one for dark.

use plotters::prelude::*;
use std::error::Error;

/// The colour of bars: the style sheet turns it into its own.
const BAR: RGBColor = RGBColor(1, 1, 1);

/// The colour of text and axes, likewise.
const INK: RGBColor = RGBColor(2, 2, 2);

/// The colour of the lines across, likewise.
const FAINT: RGBColor = RGBColor(3, 3, 3);

/// The colour of the line of what is expected, likewise.
const EXPECTED: RGBColor = RGBColor(4, 4, 4);

const SIZE: (u32, u32) = (480, 230);

/// How many of these numbers lie in each step of the axis, as bars, and as a line how many were expected there (from one number to
/// another); nothing where there is no number.
pub fn histogram(
    numbers: &[f64],
    step: f64,
    expected: impl Fn(f64, f64) -> Option<f64>,
    across: &str,
    upwards: &str,
) -> Option<String> {
    let steps: Vec<i64> =
        numbers.iter().filter(|number| number.is_finite()).map(|number| (number / step).floor() as i64).collect();
    let (first, last) = (*steps.iter().min()?, *steps.iter().max()?);
    let mut counts = vec![0_u32; usize::try_from(last - first).ok()? + 1];
    steps.iter().for_each(|at| counts[(at - first) as usize] += 1);
    let bars: Vec<(f64, f64, f64)> = (first..=last)
        .zip(&counts)
        .map(|(at, &count)| (at as f64 * step, (at + 1) as f64 * step, f64::from(count)))
        .collect();
    let line: Vec<(f64, f64)> = bars
        .iter()
        .filter_map(|&(from, to, _)| Some([(from, expected(from, to)?), (to, expected(from, to)?)]))
        .flatten()
        .collect();
    let heights = bars.iter().map(|bar| bar.2).chain(line.iter().map(|point| point.1));
    let most = heights.fold(0.0, f64::max);
    draw(&bars, &line, (first as f64 * step, (last + 1) as f64 * step), most * 1.05, across, upwards).ok()
}

fn draw(
    bars: &[(f64, f64, f64)],
    line: &[(f64, f64)],
    (left, right): (f64, f64),
    top: f64,
    across: &str,
    upwards: &str,
) -> Result<String, Box<dyn Error>> {
    let mut svg = String::new();
    {
        let root = SVGBackend::with_string(&mut svg, SIZE).into_drawing_area();
        let mut chart = ChartBuilder::on(&root)
            .margin(8)
            .x_label_area_size(42)
            .y_label_area_size(52)
            .build_cartesian_2d(left..right, 0.0..top)
            .map_err(|error| error.to_string())?;
        let text = ("sans-serif", 13).into_font().color(&INK);
        chart
            .configure_mesh()
            .disable_x_mesh()
            .light_line_style(TRANSPARENT)
            .bold_line_style(FAINT)
            .axis_style(INK)
            .label_style(text.clone())
            .axis_desc_style(text)
            .x_desc(across)
            .y_desc(upwards)
            .x_labels((bars.len() + 1).min(12))
            .y_labels((top as usize + 1).min(5))
            .x_label_formatter(&|number| format!("{number:.0}"))
            .y_label_formatter(&|number| format!("{number:.0}"))
            .draw()
            .map_err(|error| error.to_string())?;
        let gap = (right - left) / 400.0;
        let drawn = bars
            .iter()
            .filter(|bar| bar.2 > 0.0)
            .map(|&(from, to, count)| Rectangle::new([(from + gap, 0.0), (to - gap, count)], BAR.filled()));
        chart.draw_series(drawn).map_err(|error| error.to_string())?;
        if !line.is_empty() {
            let drawn = std::iter::once(PathElement::new(line.to_vec(), EXPECTED.stroke_width(2)));
            chart.draw_series(drawn).map_err(|error| error.to_string())?;
        }
        root.present().map_err(|error| error.to_string())?;
    }
    Ok(svg)
}

#[cfg(test)]
mod tests {
    use super::histogram;

    #[test]
    fn a_bar_for_each_step_that_has_a_number() {
        let numbers = [0.2, 0.4, 2.5, f64::NEG_INFINITY];
        let svg = histogram(&numbers, 1.0, |_, _| None, "x", "y").unwrap();
        assert_eq!(svg.matches("fill=\"#010101\"").count(), 2, "{svg}");
        assert!(!svg.contains("stroke=\"#040404\""));
        let svg = histogram(&numbers, 1.0, |from, to| Some(from + to), "x", "y").unwrap();
        assert_eq!(svg.matches("stroke=\"#040404\"").count(), 1, "{svg}");
        assert!(histogram(&[f64::NEG_INFINITY], 1.0, |_, _| None, "x", "y").is_none());
    }
}
