//! Which message says what, for the court report and for the page: relationships, statuses, sexes, roles of files.

use super::messages::{Messages, Value, ltr};
use crate::inheritance::Relationship;

/// An id or a number in a message.
pub fn data(text: impl ToString) -> Value {
    Value::Data(text.to_string())
}

/// Words in a message.
pub fn words(text: impl Into<String>) -> Value {
    Value::Words(text.into())
}

/// A relationship by name.
pub fn relation(messages: &Messages, relationship: Relationship) -> String {
    messages.say(match relationship {
        Relationship::Identity => "relation-identity",
        Relationship::Parent => "relation-parent",
        Relationship::FullSibling => "relation-full-sibling",
        Relationship::HalfSibling => "relation-half-sibling",
        Relationship::Grandparent => "relation-grandparent",
        Relationship::Avuncular => "relation-avuncular",
        Relationship::FirstCousin => "relation-first-cousin",
        Relationship::Unrelated => "relation-unrelated",
    })
}

/// The run's word for what is known of a place; the word itself where no message has it.
pub fn status(messages: &Messages, word: &str) -> String {
    let key = match word {
        "established" => "status-established",
        "probable" => "status-probable",
        "disputed" => "status-disputed",
        "none in the lists" => "status-none",
        "undecidable" => "status-undecidable",
        "stated" => "status-stated",
        "not asked" => "status-not-asked",
        other => return ltr(other),
    };
    messages.say(key)
}

/// A sex.
pub fn sex(messages: &Messages, sex: &str) -> String {
    messages.say(match sex {
        "male" => "sex-male",
        "female" => "sex-female",
        _ => "sex-unknown",
    })
}

/// What a file was read for; the run's word where no message has it.
pub fn role(messages: &Messages, role: &str) -> String {
    let key = match role {
        "children" => "role-children",
        "candidates" => "role-candidates",
        "remains" => "role-remains",
        "relatives" => "role-relatives",
        "pedigrees" => "role-pedigrees",
        "frequencies" => "role-frequencies",
        "mutation rates" => "role-rates",
        "recombination fractions" => "role-recombination",
        "markers" => "role-markers",
        "settings" => "role-settings",
        other => return ltr(other),
    };
    messages.say(key)
}
