//! Sections 1 to 3: what was asked, the items, the propositions.

use super::content::{CourtReport, Item, MergedSamples, Question};
use super::document::{Block, Figure, Grid, Section};
use super::numbers;
use super::words::{data, file_state, jointly, part, propositions, role, sex, words};
use crate::report::messages::{Messages, ltr};

/// 1. What was asked, and by whom.
pub fn asked(report: &CourtReport, messages: &Messages) -> Section {
    let mut section = Section::new("asked", messages.say("asked-heading"));
    let details = &report.details;
    let field = |key: &str, text: &Option<String>| (messages.say(key), text.as_deref().map(ltr));
    section.add(Block::Fields(vec![
        field("asked-reference", &details.reference),
        field("asked-by", &details.asked_by),
        field("asked-question", &details.question),
        field("asked-laboratory", &details.laboratory),
        field("asked-author", &details.author),
        field("asked-reader", &details.reader),
        (messages.say("asked-signatures"), None),
    ]));
    section
}

/// 2. The items and their integrity.
pub fn items(report: &CourtReport, messages: &Messages) -> Section {
    let mut section = Section::new("items", messages.say("items-heading"));
    let columns = ["item-sample", "item-part", "item-sex", "item-place", "item-custody", "item-kit", "item-collected"];
    let mut table = Grid::new(messages.say("items-caption"), columns.map(|key| (messages.say(key), false)).to_vec());
    table.rows = report.items.iter().map(|item| item_row(report, messages, item)).collect();
    section.add(Block::Table(table));
    report.merged.iter().for_each(|merged| section.say(one_body(merged, messages)));
    let strangers = report.details.items.keys().filter(|id| report.items.iter().all(|item| item.id != **id));
    let strangers: Vec<&str> = strangers.map(String::as_str).collect();
    if !strangers.is_empty() {
        section.add(Block::Notice(messages.tell("items-not-here", &[("items", data(strangers.join(", ")))])));
    }
    let columns = ["file-role", "file-path", "file-sha256", "file-state"].map(|key| (messages.say(key), false));
    let mut table = Grid::new(messages.say("files-caption"), columns.to_vec());
    table.rows = report
        .run
        .inputs
        .iter()
        .map(|file| {
            vec![role(messages, &file.role), ltr(&file.path), ltr(&file.sha256), file_state(messages, file.state)]
        })
        .collect();
    section.add(Block::Table(table));
    section.say(messages.say("files-explained"));
    section
}

fn item_row(report: &CourtReport, messages: &Messages, item: &Item) -> Vec<String> {
    let details = report.details.items.get(&item.id);
    let text = |text: Option<&String>| text.map_or_else(String::new, |text| ltr(text));
    let place =
        |(file, line): &(String, u64)| messages.tell("item-line", &[("file", data(file)), ("line", data(line))]);
    vec![
        ltr(&item.id),
        part(messages, item.part),
        item.sex.map_or_else(String::new, |word| sex(messages, word)),
        item.place.as_ref().map_or_else(String::new, place),
        text(details.and_then(|details| details.custody_id.as_ref())),
        text(details.and_then(|details| details.kit.as_ref())),
        text(details.and_then(|details| details.collected.as_ref())),
    ]
}

/// Which samples are one body's.
fn one_body(merged: &MergedSamples, messages: &Messages) -> String {
    let samples = ("samples", data(merged.samples.join(", ")));
    let log = ("log", data(numbers::log10_lr(merged.log10_lr)));
    match merged.contradictory.is_empty() {
        true => messages.tell("items-one-body", &[samples, log]),
        false => {
            let loci = ("loci", data(merged.contradictory.join(", ")));
            messages.tell("items-one-body-contradictory", &[samples, log, loci])
        }
    }
}

/// 3. The propositions, in words and as pedigrees.
pub fn propositions_of(report: &CourtReport, messages: &Messages) -> Section {
    let mut section = Section::new("propositions", messages.say("propositions-heading"));
    let is_identification = report.subject.is_identification();
    section.say(messages.say(if is_identification { "bodies-explained" } else { "propositions-explained" }));
    for comparison in &report.comparisons {
        let [first, second] = propositions(messages, &comparison.question);
        let named = |key: &str, text: String| messages.tell(key, &[("proposition", words(text))]);
        let named = [named("proposition-first", first), named("proposition-second", second)];
        section.add(Block::Heading(ltr(&comparison.question.name())));
        section.list(named.to_vec());
        if let Question::Kinship { child, known: Some(known), .. } = &comparison.question {
            section.say(messages.tell("proposition-known", &[("known", data(known)), ("child", data(child))]));
        }
        match &comparison.pedigrees {
            Some(drawn) => {
                let figures = named.into_iter().zip(drawn.clone());
                let figures = figures.map(|(caption, drawing)| Figure { caption, drawing });
                section.add(Block::Drawings(figures.collect()));
            }
            None => section.say(messages.say("drawing-none")),
        }
    }
    if let Some(together) = &report.together {
        let [heading, propositions] = jointly(messages, &together.of);
        section.add(Block::Heading(heading));
        section.say(propositions);
    }
    section.say(messages.say("drawing-explained"));
    section
}
