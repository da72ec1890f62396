//! The page: one file with its style, its script and its data, which makes no request.

use super::embedded::script_json;
use super::identify_data::identify_data;
use super::match_data::match_data;
use super::overview::Overview;
use super::report::Report;
use super::run_tally::tally;
use super::tally::Tally;
use crate::report::printable;
use askama::Template;

/// A page that cannot be made.
pub type PageError = askama::Error;

#[derive(Template)]
#[template(path = "report.html")]
struct Page<'r> {
    title: &'static str,
    version: String,
    is_identify: bool,
    /// What a child or a body is called: one, several.
    subject: (&'static str, &'static str),
    tally: Tally,
    overview: Overview,
    data: String,
    style: &'r str,
    script: &'r str,
}

/// The page as HTML.
///
/// # Errors
/// None that can be expected.
pub fn html(report: &Report) -> Result<String, PageError> {
    let data = match report.is_identify {
        true => script_json(&identify_data(report)),
        false => script_json(&match_data(report)),
    };
    let page = Page {
        title: if report.is_identify { "Who the dead are" } else { "Whose children they are" },
        version: printable(report.manifest["version"].as_str().unwrap_or("?")).into_owned(),
        is_identify: report.is_identify,
        subject: if report.is_identify { ("body", "bodies") } else { ("child", "children") },
        tally: tally(report),
        overview: Overview::of(report),
        data,
        style: include_str!("../../../templates/report.css"),
        script: include_str!("../../../templates/report.js"),
    };
    page.render()
}
