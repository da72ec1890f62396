//! Which message says what: propositions, flags, parts; and those of [`report::words`](crate::report::words).

use super::content::{FileState, Jointly, Part, Place, Question};
use crate::inference::Strength;
use crate::inheritance::Relationship;
use crate::report::messages::{Messages, Value, ltr};
pub use crate::report::words::{data, relation, role, sex, status, words};

/// The ids that a message on a question can hold.
pub fn ids(question: &Question) -> Vec<(&'static str, Value)> {
    match question {
        Question::Kinship { child, candidate, .. } => vec![("child", data(child)), ("candidate", data(candidate))],
        Question::Identity { body, missing, family } => {
            vec![("body", data(body)), ("missing", data(missing)), ("family", data(family))]
        }
    }
}

/// The propositions of a question as clauses: the one that is asked about, that of no relationship.
pub fn propositions(messages: &Messages, question: &Question) -> [String; 2] {
    let [first, second] = match question {
        Question::Kinship { relationship, place, .. } => of_kinship(*relationship, *place),
        Question::Identity { .. } => ["proposition-missing", "proposition-other-body"],
    };
    let ids = ids(question);
    [first, second].map(|key| messages.tell(key, &ids))
}

fn of_kinship(relationship: Relationship, place: Place) -> [&'static str; 2] {
    match (relationship, place) {
        (Relationship::Parent, Place::Father) => ["proposition-father", "proposition-other-father"],
        (Relationship::Parent, Place::Mother) => ["proposition-mother", "proposition-other-mother"],
        (Relationship::Parent, Place::Either) => ["proposition-parent", "proposition-unrelated"],
        (Relationship::Identity, _) => ["proposition-identity", "proposition-unrelated"],
        (Relationship::FullSibling, _) => ["proposition-full-sibling", "proposition-unrelated"],
        (Relationship::HalfSibling, _) => ["proposition-half-sibling", "proposition-unrelated"],
        (Relationship::Grandparent, _) => ["proposition-grandparent", "proposition-unrelated"],
        (Relationship::Avuncular, _) => ["proposition-avuncular", "proposition-unrelated"],
        (Relationship::FirstCousin, _) => ["proposition-first-cousin", "proposition-unrelated"],
        (Relationship::Unrelated, _) => ["proposition-unrelated", "proposition-unrelated"],
    }
}

/// The heading of what is held to be so at once, and the sentence with both propositions.
pub fn jointly(messages: &Messages, of: &Jointly) -> [String; 2] {
    match of {
        Jointly::Parents { child, father, mother } => {
            let values = [("child", data(child)), ("father", data(father)), ("mother", data(mother))];
            [messages.say("couple-heading"), messages.tell("couple-propositions", &values)]
        }
        Jointly::Identities { family, identities } => {
            let pairs: Vec<String> = identities.iter().map(|(body, missing)| format!("{body} = {missing}")).collect();
            let values = [("family", data(family)), ("identities", data(pairs.join(", ")))];
            [messages.say("family-heading"), messages.tell("family-propositions", &values)]
        }
    }
}

/// How strongly a log10 LR speaks, in the words of the scale.
pub fn strength(messages: &Messages, log10_lr: f64) -> String {
    messages.say(match Strength::of(log10_lr) {
        Strength::None => "strength-none",
        Strength::Weak => "strength-weak",
        Strength::Moderate => "strength-moderate",
        Strength::ModeratelyStrong => "strength-moderately-strong",
        Strength::Strong => "strength-strong",
        Strength::VeryStrong => "strength-very-strong",
        Strength::ExtremelyStrong => "strength-extremely-strong",
    })
}

/// What a flag warns of; the flag itself where no message has it.
pub fn flag(messages: &Messages, flag: &str) -> String {
    let key = match flag {
        "too_few_loci" => "flag-too-few-loci",
        "age_conflict" => "flag-age-conflict",
        "sex_conflict" => "flag-sex-conflict",
        "sex_unknown" => "flag-sex-unknown",
        "better_rival" => "flag-better-rival",
        "close_rival" => "flag-close-rival",
        "close_candidate" => "flag-close-candidate",
        "known_parent_unsupported" => "flag-known-parent-unsupported",
        "same_person" => "flag-same-person",
        "locus_set_aside" => "flag-locus-set-aside",
        other => return ltr(other),
    };
    messages.say(key)
}

/// What a person is here.
pub fn part(messages: &Messages, part: Part) -> String {
    messages.say(match part {
        Part::Child => "part-child",
        Part::KnownParent => "part-known-parent",
        Part::Candidate => "part-candidate",
        Part::Body => "part-body",
        Part::Relative => "part-relative",
    })
}

/// What has become of a file.
pub fn file_state(messages: &Messages, state: FileState) -> String {
    messages.say(match state {
        FileState::Unchanged => "file-unchanged",
        FileState::Changed => "file-changed",
        FileState::Gone => "file-gone",
    })
}
