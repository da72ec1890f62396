//! Ages as a column of the scan: the same results as without the candidates who were too young, in no more memory.

#[cfg(target_os = "linux")]
use super::match_memory::peak_of;
use super::match_support::Folder;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

const HEADER: &str = "sample_id,role,sex,birth_year_min,birth_year_max,D3S1358,vWA\n";

fn row(random: &mut ChaCha8Rng, id: &str, role: &str, sex: &str, years: Option<(i32, i32)>) -> String {
    let years = years.map_or_else(|| ",".to_owned(), |(earliest, latest)| format!("{earliest},{latest}"));
    let mut call =
        |least: u32| format!("{}/{}", random.random_range(least..least + 3), random.random_range(least..least + 3));
    let calls = [14, 16].map(&mut call);
    format!("{id},{role},{sex},{years},{}\n", calls.join(","))
}

/// Adults of whom some are too young for a child, by the years of both.
struct Adult {
    earliest: Option<i32>,
    row: String,
}

fn adults(random: &mut ChaCha8Rng, count: usize) -> Vec<Adult> {
    let adult = |at: usize| {
        let earliest = (!at.is_multiple_of(5)).then(|| random.random_range(1960..2004));
        let sex = ["male", "female", ""][at % 3];
        let years = earliest.map(|earliest| (earliest, earliest + random.random_range(0..3)));
        Adult { earliest, row: row(random, &format!("a{at:05}"), "detainee", sex, years) }
    };
    (0..count).map(adult).collect()
}

/// Each child's results with the setting are those of a list without the adults who are too young for it.
#[test]
fn who_is_too_young_is_as_good_as_not_in_the_list() {
    let mut random = ChaCha8Rng::seed_from_u64(5);
    let adults = adults(&mut random, 120);
    let folder = Folder::new();
    folder.write("ages.toml", "[children]\nexclude_impossible_ages = true\nminimum_parent_age = 14\n");
    let all: String = adults.iter().map(|adult| adult.row.as_str()).collect();
    folder.write("all.csv", HEADER.to_owned() + &all);
    for (number, born) in [Some((1999, 2001)), Some((1960, 1961)), None, Some((2015, 2016))].into_iter().enumerate() {
        folder.write("c.csv", HEADER.to_owned() + &row(&mut random, "c", "child", "", born));
        let possible = adults.iter().filter(|adult| match (adult.earliest, born) {
            (Some(earliest), Some((_, latest))) => earliest + 14 <= latest,
            _ => true,
        });
        let possible: Vec<_> = possible.map(|adult| adult.row.as_str()).collect();
        folder.write("possible.csv", HEADER.to_owned() + &possible.concat());
        for (way, options) in
            ["", "--min-log10-lr none --top 1000", "--min-log10-lr none --top 30", "--min-log10-lr=-2"]
                .into_iter()
                .enumerate()
        {
            let (of_all, of_possible) = (format!("all{number}{way}"), format!("possible{number}{way}"));
            let run = |candidates: &str, out: &str| {
                folder.succeed(&format!(
                    "match --children c.csv --candidates {candidates} --config ages.toml {options} --out {out}"
                ));
            };
            run("all.csv", &of_all);
            run("possible.csv", &of_possible);
            let matches = |out: &str| std::fs::read_to_string(folder.path(&format!("{out}/matches.csv"))).unwrap();
            assert_eq!(matches(&of_all), matches(&of_possible), "child born {born:?}, {options}");
            // a couple that is not scored counts with what it cannot exceed, so that posteriors may differ a little
            let couples = |out: &str| {
                let couples = folder.table(&format!("{out}/couples.csv"));
                let columns = ["rank", "father_id", "mother_id", "log10_lr"];
                couples.iter().map(|row| columns.map(|column| row[column].clone())).collect::<Vec<_>>()
            };
            assert_eq!(couples(&of_all), couples(&of_possible), "child born {born:?}, {options}");
            let said = folder.json(&format!("{of_all}/manifest.json"));
            let left_out = adults.len() - possible.len();
            assert_eq!(said["pairs"].as_u64(), Some(possible.len() as u64));
            assert!(
                said["notes"].to_string().contains(&format!("exclude_impossible_ages: {left_out} pairs")),
                "{said}"
            );
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn ages_keep_within_the_limit_of_memory() {
    let mut random = ChaCha8Rng::seed_from_u64(6);
    let folder = Folder::new();
    folder.write("ages.toml", "[children]\nexclude_impossible_ages = true\n");
    let young: String = (0..40_000)
        .map(|at| row(&mut random, &format!("a{at:05}"), "detainee", ["male", "female"][at % 2], Some((1990, 1990))))
        .collect();
    folder.write("adults.csv", HEADER.to_owned() + &young);
    let children: String =
        (0..1000).map(|at| row(&mut random, &format!("c{at:04}"), "child", "", Some((1995, 1995)))).collect();
    folder.write("children.csv", HEADER.to_owned() + &children);
    let command = "match --children children.csv --candidates adults.csv --config ages.toml --threads 2 --no-progress";
    let error = folder.fail(&format!("{command} --out none --max-memory 1MB"), &["--max-memory: found 1.0 MiB"]);
    let least = error.split("at least ").nth(1).and_then(|rest| rest.split(" MiB").next()).unwrap();
    // The more memory there may be, the more of the codes stay in it.
    let limit = least.parse::<f64>().unwrap().ceil() as u64 + 8;
    let peak = peak_of(&folder, &format!("{command} --out out --max-memory {limit}MiB"));
    // A list of those left out for each child would take 160 MB.
    assert!(limit < 130, "{limit}");
    assert!(peak < limit << 20, "{peak} of {limit} MiB");
    assert!(folder.table("out/matches.csv").is_empty());
}
