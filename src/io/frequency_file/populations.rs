//! Which of a file's populations is read.

use crate::io::table_file::{TableError, TextTable};

/// The population that is read, of those `found` (each once, in the order of the file), at the line where they are named:
/// the one that is `wanted`, else the only one. `None` where the file names none.
pub(super) fn choose<'f>(
    text: &TextTable,
    line: u64,
    found: &[&'f str],
    wanted: Option<&str>,
) -> Result<Option<&'f str>, TableError> {
    let list =
        || found.iter().map(|name| if name.is_empty() { "(blank)" } else { name }).collect::<Vec<_>>().join(", ");
    match (wanted, found) {
        (None, []) => Ok(None),
        (None, [only]) => Ok(Some(only)),
        (None, several) => {
            let number = format!("{} populations ({})", several.len(), list());
            let example = split_size(several[0]).0;
            Err(text.row_error(line, number, &format!("one of them: name it, as {}:{example}", text.path)))
        }
        (Some(wanted), []) => {
            let expected = "the file's name alone, as it does not name its population; else a column `population`";
            Err(text.row_error(line, format!("no population to look for `{wanted}` among"), expected))
        }
        (Some(wanted), several) => {
            several.iter().find(|name| is_called(name, wanted)).map(|name| Some(*name)).ok_or_else(|| {
                let likeness = |name: &str| strsim::jaro_winkler(&name.to_lowercase(), &wanted.to_lowercase());
                let nearest = several.iter().max_by(|left, right| likeness(left).total_cmp(&likeness(right)));
                let nearest = nearest.filter(|name| likeness(name) >= 0.75);
                let hint = nearest.map(|name| format!(" (did you mean `{name}`?)")).unwrap_or_default();
                text.row_error(line, format!("no population `{wanted}`"), &format!("one of {}{hint}", list()))
            })
        }
    }
}

fn is_called(name: &str, wanted: &str) -> bool {
    let wanted = wanted.trim().to_lowercase();
    name.to_lowercase() == wanted || split_size(name).0.to_lowercase() == wanted
}

/// A population's name and how many were counted, where the name says it: `302 Cau`, `Cau (302)`, `Cau (N = 302)`.
pub(super) fn split_size(name: &str) -> (&str, Option<f64>) {
    let number = |text: &str| text.trim().parse::<u32>().ok().filter(|&number| number > 0).map(f64::from);
    if let Some((first, rest)) = name.split_once(' ')
        && let Some(size) = number(first)
    {
        return (rest.trim(), Some(size));
    }
    if let Some((rest, last)) = name.trim_end_matches(')').rsplit_once(['(', ' '])
        && let Some(size) = number(last.trim_start_matches(['n', 'N', ' ', '=']))
    {
        let rest = rest.trim_end_matches([' ', '=', '(', ',']);
        return (
            rest.strip_suffix(['n', 'N'])
                .filter(|rest| rest.ends_with([' ', '(']))
                .unwrap_or(rest)
                .trim_end_matches([' ', '(']),
            Some(size),
        );
    }
    (name, None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_in_names() {
        for (name, split) in [
            ("302 Cau", ("Cau", Some(302.0))),
            ("Cau (302)", ("Cau", Some(302.0))),
            ("Cau (N = 302)", ("Cau", Some(302.0))),
            ("Cau n=302", ("Cau", Some(302.0))),
            ("BOSNIA AND HERZEGOWINA", ("BOSNIA AND HERZEGOWINA", None)),
            ("Spain", ("Spain", None)),
        ] {
            assert_eq!(split_size(name), split, "{name}");
        }
    }
}
