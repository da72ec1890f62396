//! Everything about the samples but their calls, as narrow columns.

use super::{
    BirthYears, PanelError, Role, Sample, Sex,
    id_arena::{IdArena, gather},
    text_column::TextColumn,
};

/// Columns over samples: 8 bytes a sample and the id's text; birth years 4 more where any are known, drop-out
/// probabilities 8 more where any are stated.
#[derive(Clone, Debug, Default)]
pub(super) struct SampleColumns {
    ids: IdArena,
    roles: Vec<Option<Role>>,
    sexes: Vec<Sex>,
    /// The samples whose sex contradicts itself, ascending.
    sex_conflicts: Vec<u32>,
    /// Earliest and latest; empty where no sample has any.
    birth_years: Vec<(i16, i16)>,
    /// NaN: not stated; empty where no sample states any.
    drop_outs: Vec<f64>,
    texts: [TextColumn; TextField::COUNT],
}

/// The texts that a sample can carry.
#[derive(Clone, Copy)]
pub(super) enum TextField {
    Site,
    Family,
    Mother,
    Father,
    Population,
}

impl TextField {
    const COUNT: usize = 5;

    fn of(sample: &Sample) -> [Option<&str>; Self::COUNT] {
        let fields = [&sample.site, &sample.family_id, &sample.mother_id, &sample.father_id, &sample.population];
        fields.map(|field| field.as_deref())
    }
}

/// No birth year known: an interval that is empty.
const NO_YEARS: (i16, i16) = (i16::MAX, i16::MIN);

impl SampleColumns {
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Bytes of memory.
    pub fn bytes(&self) -> usize {
        let years = self.birth_years.capacity() * size_of::<(i16, i16)>();
        let drop_outs = self.drop_outs.capacity() * size_of::<f64>();
        let texts: usize = self.texts.iter().map(TextColumn::bytes).sum();
        self.ids.bytes() + self.roles.capacity() + self.sexes.capacity() + years + drop_outs + texts
    }

    pub fn push(&mut self, sample: &Sample) -> Result<(), PanelError> {
        let at = self.len();
        self.ids.push(&sample.id)?;
        self.roles.push(sample.role);
        self.sexes.push(sample.sex);
        if sample.sex_conflict {
            self.sex_conflicts.push(at as u32);
        }
        if let Some(years) = sample.birth_years {
            self.birth_years.resize(at, NO_YEARS);
            self.birth_years.push((years.earliest, years.latest));
        }
        if let Some(drop_out) = sample.drop_out {
            self.drop_outs.resize(at, f64::NAN);
            self.drop_outs.push(drop_out);
        }
        for (column, text) in self.texts.iter_mut().zip(TextField::of(sample)) {
            if let Some(text) = text {
                column.push(at as u32, text);
            }
        }
        Ok(())
    }

    pub fn append(&mut self, other: &Self) -> Result<(), PanelError> {
        let offset = self.len();
        self.ids.append(&other.ids)?;
        self.roles.extend_from_slice(&other.roles);
        self.sexes.extend_from_slice(&other.sexes);
        self.sex_conflicts.extend(other.sex_conflicts.iter().map(|&at| at + offset as u32));
        if !other.birth_years.is_empty() {
            self.birth_years.resize(offset, NO_YEARS);
            self.birth_years.extend_from_slice(&other.birth_years);
        }
        if !other.drop_outs.is_empty() {
            self.drop_outs.resize(offset, f64::NAN);
            self.drop_outs.extend_from_slice(&other.drop_outs);
        }
        for (column, more) in self.texts.iter_mut().zip(&other.texts) {
            column.append(more, offset as u32);
        }
        Ok(())
    }

    /// The columns with the samples in this order (new position → old position).
    pub fn arrange(mut self, order: &[u32]) -> Self {
        if !self.birth_years.is_empty() {
            self.birth_years.resize(self.ids.len(), NO_YEARS);
            self.birth_years = gather(self.birth_years, order);
        }
        if !self.drop_outs.is_empty() {
            self.drop_outs.resize(self.ids.len(), f64::NAN);
            self.drop_outs = gather(self.drop_outs, order);
        }
        if !self.sex_conflicts.is_empty() {
            let conflicts = (0..).zip(order).filter(|(_, old)| self.sex_conflicts.binary_search(old).is_ok());
            self.sex_conflicts = conflicts.map(|(new, _)| new).collect();
        }
        Self {
            ids: self.ids.arrange(order),
            roles: gather(self.roles, order),
            sexes: gather(self.sexes, order),
            sex_conflicts: self.sex_conflicts,
            birth_years: self.birth_years,
            drop_outs: self.drop_outs,
            texts: self.texts.map(|column| column.arrange(order)),
        }
    }

    pub fn sorted_order(&self) -> Vec<u32> {
        self.ids.sorted_order()
    }

    pub fn id(&self, at: usize) -> &str {
        self.ids.get(at)
    }

    pub fn role(&self, at: usize) -> Option<Role> {
        self.roles[at]
    }

    pub fn set_role(&mut self, at: usize, role: Option<Role>) {
        self.roles[at] = role;
    }

    pub fn sex(&self, at: usize) -> Sex {
        self.sexes[at]
    }

    /// The samples whose sex contradicts itself, ascending.
    pub fn sex_conflicts(&self) -> &[u32] {
        &self.sex_conflicts
    }

    pub fn sex_conflict(&self, at: usize) -> bool {
        self.sex_conflicts.binary_search(&(at as u32)).is_ok()
    }

    /// Whether any sample has this text.
    pub fn has_any(&self, field: TextField) -> bool {
        !self.texts[field as usize].is_empty()
    }

    pub fn birth_years(&self, at: usize) -> Option<BirthYears> {
        let &(earliest, latest) = self.birth_years.get(at)?;
        (earliest <= latest).then_some(BirthYears { earliest, latest })
    }

    pub fn drop_out(&self, at: usize) -> Option<f64> {
        self.drop_outs.get(at).copied().filter(|drop_out| !drop_out.is_nan())
    }

    pub fn text(&self, at: usize, field: TextField) -> Option<&str> {
        self.texts[field as usize].get(at as u32)
    }

    pub fn sample(&self, at: usize) -> Sample {
        let text = |field| self.text(at, field).map(str::to_owned);
        Sample {
            id: self.id(at).to_owned(),
            role: self.role(at),
            sex: self.sex(at),
            sex_conflict: self.sex_conflict(at),
            birth_years: self.birth_years(at),
            site: text(TextField::Site),
            family_id: text(TextField::Family),
            mother_id: text(TextField::Mother),
            father_id: text(TextField::Father),
            population: text(TextField::Population),
            drop_out: self.drop_out(at),
        }
    }
}
