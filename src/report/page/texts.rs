//! The texts that the script of the page says, as data: it puts in names and numbers itself.

use crate::inheritance::Relationship;
use crate::report::messages::Messages;
use crate::report::words::{relation, sex, status};
use serde::Serialize;
use std::collections::BTreeMap;

/// Messages of the script begin so.
const OF_SCRIPT: &str = "script-";

/// The others that it says.
const SHARED: [&str; 11] = [
    "family",
    "locus",
    "log-lr",
    "missing-person",
    "number-less-than",
    "number-more-than",
    "page-bodies",
    "page-children",
    "part-body",
    "part-candidate",
    "part-child",
];

/// For each form of plurals (zero, one, two, few, many, other) a number that has it in every language that tells it apart.
const COUNTS: [u64; 6] = [0, 1, 2, 3, 11, 100];

/// The flags of a candidate or a couple, each with the message that says in a few words what to mind.
const FLAGS: [(&str, &str); 10] = [
    ("too_few_loci", "mind-too-few-loci"),
    ("age_conflict", "mind-age-conflict"),
    ("sex_conflict", "mind-sex-conflict"),
    ("sex_unknown", "mind-sex-unknown"),
    ("better_rival", "mind-better-rival"),
    ("close_rival", "mind-close-rival"),
    ("close_candidate", "mind-close-candidate"),
    ("known_parent_unsupported", "mind-known-parent-unsupported"),
    ("same_person", "mind-same-person"),
    ("locus_set_aside", "mind-locus-set-aside"),
];

/// The texts of the script in one language.
#[derive(Debug, Serialize)]
pub struct Texts {
    language: &'static str,
    messages: BTreeMap<String, Message>,
    /// What words of the tables are called: statuses, sexes, relationships, flags.
    words: BTreeMap<&'static str, String>,
}

/// A message, with `{$name}` where the script puts something in.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Message {
    Always(String),
    /// One for each form of plurals.
    ByCount([String; 6]),
}

impl Texts {
    /// Those of this language.
    pub fn of(messages: &Messages) -> Self {
        let keys = messages.keys().filter(|key| key.starts_with(OF_SCRIPT) || SHARED.contains(key));
        Self {
            language: messages.language().code(),
            messages: keys.map(|key| (key.to_owned(), message(messages, key))).collect(),
            words: words(messages),
        }
    }
}

fn message(messages: &Messages, key: &str) -> Message {
    let forms = COUNTS.map(|count| messages.form(key, count));
    if forms.iter().all(|form| *form == forms[0]) {
        let [form, ..] = forms;
        return Message::Always(form);
    }
    Message::ByCount(forms)
}

fn words(messages: &Messages) -> BTreeMap<&'static str, String> {
    let statuses = super::tally::WORDS.map(|word| (word, status(messages, word)));
    let sexes = ["male", "female", "unknown"].map(|word| (word, sex(messages, word)));
    let relationships = Relationship::ALL.map(|one| (one.name(), relation(messages, one)));
    let flags = FLAGS.map(|(flag, key)| (flag, messages.say(key)));
    statuses.into_iter().chain(sexes).chain(relationships).chain(flags).collect()
}
