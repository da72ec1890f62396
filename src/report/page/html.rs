//! The page: one file with its style, its script, its texts and its data, which makes no request.

use super::embedded::script_json;
use super::identify_data::identify_data;
use super::match_data::match_data;
use super::overview::Overview;
use super::report::Report;
use super::run_tally::tally;
use super::tally::{Tally, place};
use crate::report::messages::{Language, Messages, Value, unmarked};
use crate::report::printable;
use crate::report::words::{data, status};
use askama::Template;

/// A page that cannot be made.
pub type PageError = askama::Error;

#[derive(Template)]
#[template(path = "report.html")]
struct Page<'r> {
    messages: &'r Messages,
    language: Language,
    title: String,
    version: String,
    is_identify: bool,
    tally: Tally,
    overview: Overview,
    /// What says of an element that its text is English, where the page is not.
    in_english: &'static str,
    data: String,
    style: &'r str,
    script: &'r str,
}

impl Page<'_> {
    fn status(&self, word: &str) -> String {
        status(self.messages, word)
    }

    fn place(&self, name: &str) -> String {
        place(self.messages, name)
    }

    /// What so many children or bodies are called.
    fn subjects(&self, count: &usize) -> String {
        self.counted(if self.is_identify { "card-bodies" } else { "card-children" }, &(*count as u64))
    }

    fn counted(&self, key: &str, count: &u64) -> String {
        self.messages.tell(key, &[("count", Value::Count(*count))])
    }

    fn with_samples(&self, key: &str) -> String {
        self.messages.tell(key, &[("samples", data(self.overview.samples))])
    }

    fn one_by_one(&self) -> String {
        self.messages.tell("page-one-by-one", &[("shown", data(self.overview.rejected.len()))])
    }
}

/// The page as HTML in a language.
///
/// # Errors
/// None that can be expected.
pub fn html(report: &Report, language: Language) -> Result<String, PageError> {
    let messages = &Messages::of(language);
    let data = match report.is_identify {
        true => script_json(&identify_data(report, messages)),
        false => script_json(&match_data(report, messages)),
    };
    let page = Page {
        messages,
        language,
        title: messages.say(if report.is_identify { "page-title-identify" } else { "page-title-match" }),
        version: printable(report.manifest["version"].as_str().unwrap_or("?")).into_owned(),
        is_identify: report.is_identify,
        tally: tally(report),
        overview: Overview::of(report, messages),
        in_english: if language == Language::English { "" } else { " lang=\"en\" dir=\"ltr\"" },
        data,
        style: include_str!("../../../templates/report.css"),
        script: include_str!("../../../templates/report.js"),
    };
    let page = page.render()?;
    Ok(if language.is_right_to_left() { page } else { unmarked(&page) })
}
