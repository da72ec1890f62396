//! All ways to place some bodies as some persons of one family.

use super::Ratios;
use super::field::Field;

/// One way.
pub(super) struct Way {
    /// Who is placed: (person, body), ascending by person.
    pub placed: Vec<(u32, u32)>,
    /// Its weight, divided by the greatest.
    pub weight: f64,
}

/// All of them, and what they come to.
pub(super) struct Ways {
    pub found: Vec<Way>,
    /// The sum of the weights.
    pub total: f64,
    /// The probability of each link that is the family's to tell; 0 for contenders who are in another family.
    pub links: Vec<(u32, f64)>,
    /// By body the probability of being nobody, of those of whom the family tells it.
    pub nobody: Vec<(u32, f64)>,
}

impl Ways {
    /// `open`: the persons whom no one is but, perhaps, a free body; `outside`: who is placed beside, ascending by person.
    pub fn new<R: Ratios>(
        field: &Field<'_, R>,
        family: usize,
        open: &[u32],
        free: &[u32],
        outside: &[(u32, u32)],
    ) -> Result<Self, R::Error> {
        let mut listed = Listed { field, open, free, found: Vec::new() };
        listed.extend(0, outside, 0.0)?;
        let largest = listed.found.iter().map(|(_, ln)| *ln).fold(f64::NEG_INFINITY, f64::max);
        let way = |(placed, ln): (Vec<(u32, u32)>, f64)| Way { placed, weight: (ln - largest).exp() };
        let found: Vec<Way> = listed.found.into_iter().map(way).collect();
        let total = found.iter().map(|way| way.weight).sum();
        let mut ways = Self { found, total, links: Vec::new(), nobody: Vec::new() };
        for &body in &field.contenders[family] {
            let is_free = free.contains(&body);
            let share = |is_in: &dyn Fn(&Way) -> bool| if is_free { ways.share(is_in) } else { 0.0 };
            let persons = field.families[family].clone().map(|person| person as u32);
            let links = persons.filter_map(|person| Some((person, field.link_of(body, person)?)));
            let told = links.filter(|&(_, link)| field.of_family[link]);
            let of_links: Vec<_> =
                told.map(|(person, link)| (link as u32, share(&|way| way.placed.contains(&(person, body))))).collect();
            if field.nobody_of[body as usize] == Some(family) {
                let nobody = share(&|way| way.placed.iter().all(|(_, other)| *other != body));
                ways.nobody.push((body, nobody));
            }
            ways.links.extend(of_links);
        }
        Ok(ways)
    }

    fn share(&self, is_in: &dyn Fn(&Way) -> bool) -> f64 {
        self.found.iter().filter(|way| is_in(way)).map(|way| way.weight).sum::<f64>() / self.total
    }
}

struct Listed<'a, 'f, R> {
    field: &'a Field<'f, R>,
    open: &'a [u32],
    free: &'a [u32],
    /// Who is placed (ascending by person), and ln of the weight.
    found: Vec<(Vec<(u32, u32)>, f64)>,
}

impl<R: Ratios> Listed<'_, '_, R> {
    fn extend(&mut self, at: usize, placed: &[(u32, u32)], ln_weight: f64) -> Result<(), R::Error> {
        let Some(&person) = self.open.get(at) else {
            self.found.push((placed.to_vec(), ln_weight));
            return Ok(());
        };
        self.extend(at + 1, placed, ln_weight)?;
        for &body in self.free.iter().filter(|&&body| placed.iter().all(|(_, other)| *other != body)) {
            let ln = ln_weight + self.field.ln_at(person, body, placed)?;
            if ln > f64::NEG_INFINITY {
                let mut with = placed.to_vec();
                with.push((person, body));
                with.sort_unstable();
                self.extend(at + 1, &with, ln)?;
            }
        }
        Ok(())
    }
}
