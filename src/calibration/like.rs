//! The shape of an actual case, so that cases like it can be simulated.
//!
//! Taken over: how many children and how many candidates of each role and sex; which loci each sample shows, and its
//! drop-out probability where it states one; how many children name a typed mother or father. What nobody knows of an actual case is
//! how many parents are in the list: that is the prior of the settings, for fathers and mothers alike and independent of each
//! other. The other candidates are unrelated to the children.

use crate::matching::Roster;
use crate::profile::{Panel, Role, SampleIndex, Sex};
use crate::settings::Settings;
use crate::simulate::{CaseShape, FamilyShape, KnownParentShape, PersonShape, QualityShape, RoleShape};
use std::collections::BTreeMap;

/// The candidates' roles; whoever is no corpse is simulated as a detainee.
const ROLES: [Role; 2] = [Role::Corpse, Role::Detainee];

/// Why no case like the given one can be simulated.
#[derive(Debug, thiserror::Error)]
pub enum LikeError {
    /// A sample that shows nothing at any locus in use is no help.
    #[error("no sample shows a locus that the statistics have")]
    NothingTyped,
}

/// The shape of cases like this one. `loci` are the panel's loci in use (0-based positions).
///
/// # Errors
/// Nothing typed at all.
pub fn shape_like(panel: &Panel, roster: &Roster, loci: &[usize], settings: &Settings) -> Result<CaseShape, LikeError> {
    let mut kits = Kits::default();
    let mut roles = BTreeMap::new();
    let children: Vec<_> = roster.children.iter().map(|child| child.sample).collect();
    roles.insert(Role::Child, kits.role(panel, loci, &children));
    let mut free = Vec::new();
    for role in ROLES {
        let members: Vec<_> =
            roster.candidates.iter().copied().filter(|&sample| role_of(panel, sample) == role).collect();
        roles.insert(role, kits.role(panel, loci, &members));
        let unknown = members.iter().filter(|&&sample| panel.sex(sample) == Sex::Unknown).count() as u64;
        for (sex, half) in [(Sex::Male, unknown / 2), (Sex::Female, unknown - unknown / 2)] {
            let known = members.iter().filter(|&&sample| panel.sex(sample) == sex).count() as u64;
            free.push(Free { role, sex, count: known + half });
        }
    }
    if kits.0.values().all(Vec::is_empty) {
        return Err(LikeError::NothingTyped);
    }
    let mut families = child_families(roster, settings.prior.in_list, &mut free);
    families.extend(free.iter().filter(|rest| rest.count > 0).map(|rest| FamilyShape {
        about: format!("{} {}s of nobody's parents", rest.sex, rest.role),
        count: rest.count,
        people: vec![person("P", Some(rest.sex), Some(rest.role))],
    }));
    Ok(CaseShape {
        seed: 1,
        loci: loci.iter().map(|&locus| panel.loci()[locus].to_string()).collect(),
        kits: kits.0,
        linkage: Vec::new(),
        roles,
        families,
        settings: settings.clone(),
    })
}

fn role_of(panel: &Panel, sample: SampleIndex) -> Role {
    if panel.role(sample) == Some(Role::Corpse) { Role::Corpse } else { Role::Detainee }
}

/// Candidates of one role and sex who are not taken for a parent yet.
struct Free {
    role: Role,
    sex: Sex,
    count: u64,
}

/// Families of one child, by what is known of its parents and where they are.
fn child_families(roster: &Roster, in_list: f64, free: &mut [Free]) -> Vec<FamilyShape> {
    let mut counts: BTreeMap<[ParentPlace; 2], u64> = BTreeMap::new();
    let (mut fathers, mut mothers) = (EvenShare::new(in_list), EvenShare::new(in_list));
    // the mothers' turns are shuffled against the fathers', so that the two are in the list independently of each other
    let turns = shuffled(roster.children.len());
    let mut mother_listed = vec![false; roster.children.len()];
    for turn in turns {
        mother_listed[turn] = mothers.next();
    }
    for (child, mother_listed) in roster.children.iter().zip(mother_listed) {
        let mut place = |known: bool, listed: bool, sex| match (known, listed) {
            (true, _) => ParentPlace::Known,
            (_, true) => take(free, sex).map_or(ParentPlace::Elsewhere, ParentPlace::Listed),
            _ => ParentPlace::Elsewhere,
        };
        let father = place(child.father.is_some(), fathers.next(), Sex::Male);
        let mother = place(child.mother.is_some(), mother_listed, Sex::Female);
        *counts.entry([father, mother]).or_default() += 1;
    }
    counts.into_iter().map(|([father, mother], count)| family(father, mother, count)).collect()
}

/// Where a parent is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum ParentPlace {
    Elsewhere,
    Known,
    Listed(Role),
}

/// Takes one from the role that has most left of this sex; nothing where none is left.
fn take(free: &mut [Free], sex: Sex) -> Option<Role> {
    let most = free.iter_mut().filter(|rest| rest.sex == sex && rest.count > 0).max_by_key(|rest| rest.count)?;
    most.count -= 1;
    Some(most.role)
}

fn family(father: ParentPlace, mother: ParentPlace, count: u64) -> FamilyShape {
    let role = |parent| match parent {
        ParentPlace::Elsewhere => None,
        ParentPlace::Known => Some(Role::Relative),
        ParentPlace::Listed(role) => Some(role),
    };
    let known = [(father, KnownParentShape::Father), (mother, KnownParentShape::Mother)];
    let mut child = person("C", None, Some(Role::Child));
    (child.father, child.mother) = (Some("F".into()), Some("M".into()));
    child.names = known.into_iter().filter(|(parent, _)| *parent == ParentPlace::Known).map(|(_, name)| name).collect();
    let about = |parent| match parent {
        ParentPlace::Elsewhere => "elsewhere".to_owned(),
        ParentPlace::Known => "known".to_owned(),
        ParentPlace::Listed(role) => format!("listed as {role}"),
    };
    FamilyShape {
        about: format!("father {}, mother {}", about(father), about(mother)),
        count,
        people: vec![person("F", Some(Sex::Male), role(father)), person("M", Some(Sex::Female), role(mother)), child],
    }
}

fn person(id: &str, sex: Option<Sex>, sample: Option<Role>) -> PersonShape {
    PersonShape {
        id: id.to_owned(),
        father: None,
        mother: None,
        sex: sex.unwrap_or(Sex::Unknown),
        born: None,
        samples: sample.into_iter().collect(),
        names: Vec::new(),
        missing: false,
    }
}

/// Says yes to a share of the questions, as evenly as can be.
struct EvenShare {
    share: f64,
    due: f64,
}

impl EvenShare {
    fn new(share: f64) -> Self {
        Self { share, due: 0.5 }
    }

    fn next(&mut self) -> bool {
        self.due += self.share;
        let yes = self.due >= 1.0;
        self.due -= f64::from(u8::from(yes));
        yes
    }
}

/// The numbers `0..count` in an order that has nothing to do with their size.
fn shuffled(count: usize) -> Vec<usize> {
    let order = crate::simulate::Shuffle::new(0, 0, count.max(1) as u64);
    (0..count as u64).map(|at| order.forward(at) as usize).collect()
}

/// Which loci samples show: one kit for each set of loci.
#[derive(Default)]
struct Kits(BTreeMap<String, Vec<String>>);

impl Kits {
    /// The kinds of sample among these, with their numbers as shares.
    fn role(&mut self, panel: &Panel, loci: &[usize], samples: &[SampleIndex]) -> RoleShape {
        let mut kinds: BTreeMap<(Vec<usize>, u64), u64> = BTreeMap::new();
        for &sample in samples {
            let typed = loci.iter().copied().filter(|&locus| panel.observation(sample, locus).call.is_informative());
            let drop_out = panel.drop_out(sample).unwrap_or(0.0);
            *kinds.entry((typed.collect(), drop_out.to_bits())).or_default() += 1;
        }
        let mut quality = Vec::new();
        for ((typed, drop_out), count) in kinds {
            let names: Vec<_> = typed.iter().map(|&locus| panel.loci()[locus].to_string()).collect();
            let kit = self.kit(names);
            let drop_out = f64::from_bits(drop_out);
            quality.push(QualityShape { share: count as f64, drop_out, kit: Some(kit), ..QualityShape::default() });
        }
        let known = samples.iter().filter(|&&sample| panel.sex(sample) != Sex::Unknown).count();
        let sex_known = if samples.is_empty() { 1.0 } else { known as f64 / samples.len() as f64 };
        RoleShape { sex_known, quality, ..RoleShape::default() }
    }

    fn kit(&mut self, loci: Vec<String>) -> String {
        if let Some((name, _)) = self.0.iter().find(|(_, known)| **known == loci) {
            return name.clone();
        }
        let name = format!("kit {}", self.0.len() + 1);
        self.0.insert(name.clone(), loci);
        name
    }
}
