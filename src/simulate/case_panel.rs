//! The samples of synthetic cases as a panel in memory: what reading their files would give.

use super::case::SyntheticCase;
use super::laboratory::Reported;
use super::layout::{ROLES, SamplePlace};
use crate::likelihood::LocusModel;
use crate::profile::{
    Allele, Call, DropOut, LocusName, Observation, Panel, PanelBuilder, PanelError, Sample, SampleIndex,
};
use rayon::prelude::*;

/// The samples of one or several synthetic cases, and which sample of which case each is.
#[derive(Clone, Debug)]
pub struct CasePanel {
    /// The profiles. With several cases, ids begin with the number of the case.
    pub panel: Panel,
    /// For each sample of the panel, its case (0-based) and its place there.
    places: Vec<(usize, SamplePlace)>,
}

impl CasePanel {
    /// Types every sample of these cases, all made with these models. `drop_out` is what the reader takes for samples that do
    /// not state their own probability.
    ///
    /// # Errors
    /// What a panel cannot hold.
    pub fn new(cases: &[SyntheticCase], models: &[LocusModel], drop_out: DropOut) -> Result<Self, PanelError> {
        let alleles: Vec<Vec<Option<Allele>>> =
            models.iter().map(|model| model.alleles().iter().map(|label| label.parse().ok()).collect()).collect();
        let mut builder = PanelBuilder::new(models.iter().map(|model| LocusName::new(model.name())).collect());
        let digits = cases.len().to_string().len();
        let mut arrived = Vec::new();
        for (number, case) in cases.iter().enumerate() {
            let prefix = if cases.len() > 1 { format!("{:0digits$}/", number + 1) } else { String::new() };
            let places: Vec<_> = (0..ROLES.len())
                .flat_map(|list| (0..case.layout().len(list)).map(move |row| SamplePlace { list, row }))
                .collect();
            let typed: Vec<_> =
                places.par_iter().map(|&place| typed(case, place, &prefix, &alleles, drop_out)).collect();
            for (sample, observations) in typed {
                builder.push(sample, &observations)?;
            }
            arrived.extend(places.into_iter().map(|place| (number, place)));
        }
        let places = builder.order_by_id().into_iter().map(|at| arrived[at as usize]).collect();
        Ok(Self { panel: builder.build()?, places })
    }

    /// The case (0-based) of this sample, and its place there.
    pub fn place(&self, sample: SampleIndex) -> (usize, SamplePlace) {
        self.places[sample.0 as usize]
    }
}

fn typed(
    case: &SyntheticCase,
    place: SamplePlace,
    prefix: &str,
    alleles: &[Vec<Option<Allele>>],
    drop_out_of_role: DropOut,
) -> (Sample, Vec<Observation>) {
    let made = case.sample(place);
    let role = ROLES[place.list];
    let id = |place| format!("{prefix}{}", case.layout().id(place));
    let stated = case.states_drop_out(place.list).then_some(made.drop_out);
    let drop_out = stated.unwrap_or(drop_out_of_role.of(Some(role)));
    let observations = made
        .reported
        .iter()
        .zip(alleles)
        .map(|(reported, alleles)| Observation { call: call(reported, alleles), drop_out })
        .collect();
    let sample = Sample {
        id: id(place),
        role: Some(role),
        sex: made.sex,
        birth_years: made.birth_years,
        site: made.site.map(|site| case.sites(place.list)[site].clone()),
        mother_id: made.mother.map(id),
        father_id: made.father.map(id),
        drop_out: stated,
        ..Sample::default()
    };
    (sample, observations)
}

/// The call as a reader would take it; a label that is no allele gives none.
fn call(reported: &Reported, alleles: &[Option<Allele>]) -> Call {
    let read: Option<Vec<_>> = reported.alleles().iter().map(|allele| alleles[allele.position()]).collect();
    read.map_or(Call::Missing, |alleles| Call::from_alleles(&alleles))
}
