//! The documentation names every command and every flag; completion scripts and manual pages cover every command.

use crate::match_support::Folder;
use std::{collections::BTreeMap, fs};

/// The page that lists every flag of every command.
const COMMANDS: &str = include_str!("../../docs/src/commands.md");

/// The text below each `## filia …` heading of the page.
fn sections() -> BTreeMap<&'static str, &'static str> {
    let section =
        |part: &'static str| part.split_once('\n').map(|(heading, text)| (heading.trim().trim_matches('`'), text));
    COMMANDS.split("\n## ").skip(1).filter_map(section).collect()
}

fn check(command: &clap::Command, name: &str, sections: &BTreeMap<&str, &str>, missing: &mut Vec<String>) {
    let text = sections.get(name).copied().unwrap_or_default();
    if text.is_empty() && !command.has_subcommands() {
        missing.push(format!("a section `{name}`"));
    }
    let flags = command.get_arguments().filter(|argument| !argument.is_hide_set()).filter_map(|flag| flag.get_long());
    let absent = flags.filter(|flag| *flag != "help" && *flag != "version" && !text.contains(&format!("`--{flag}")));
    missing.extend(absent.map(|flag| format!("--{flag} of `{name}`")));
    for subcommand in command.get_subcommands().filter(|subcommand| subcommand.get_name() != "help") {
        check(subcommand, &format!("{name} {}", subcommand.get_name()), sections, missing);
    }
}

#[test]
fn every_flag_of_every_command_stands_in_the_documentation() {
    let mut missing = Vec::new();
    check(&filia::cli::command_line(), "filia", &sections(), &mut missing);
    assert!(missing.is_empty(), "docs/src/commands.md lacks {}", missing.join(", "));
}

#[test]
fn manual_pages_and_completions_cover_every_command() {
    let folder = Folder::new();
    folder.command("man pages").assert().success();
    let command = filia::cli::command_line();
    let names: Vec<_> = command.get_subcommands().map(clap::Command::get_name).collect();
    for name in &names {
        let page = fs::read_to_string(folder.path(&format!("pages/filia-{name}.1"))).unwrap();
        assert!(page.contains(".SH SYNOPSIS"), "{page}");
    }
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let output = folder.command(&format!("completions {shell}")).output().unwrap();
        let script = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success());
        assert!(names.iter().all(|name| script.contains(name)), "{shell}");
    }
}
