//! The columns of a profile file that are no loci: role, sex, birth years, drop-out and the rest.

use crate::{
    io::{delimited::decode, missing::is_missing, problems::Reason},
    profile::{BirthYears, Role, Sample, Sex, fold_name},
};

/// A metadata column's meaning.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Field {
    /// corpse, detainee, child or relative.
    Role,
    /// F or M.
    Sex,
    /// M is a woman (mujer), H or V a man (hombre, varón).
    SexMujer,
    /// H is a man (hombre, homme), F a woman, and M may be either.
    SexUnclearM,
    /// Year of birth.
    BirthYear,
    /// Earliest year of birth.
    BirthYearMin,
    /// Latest year of birth.
    BirthYearMax,
    /// Where the sample was taken.
    Site,
    /// The family of the person.
    Family,
    /// The known mother's sample.
    Mother,
    /// The known father's sample.
    Father,
    /// The population that the person comes from.
    Population,
    /// Probability that an allele drops out.
    DropOut,
}

impl Field {
    /// The field that a column of this name holds.
    pub fn of_header(header: &str) -> Option<Self> {
        Some(match fold_name(header).as_str() {
            "ROLE" | "SAMPLEROLE" => Self::Role,
            "SEX" | "GENDER" => Self::Sex,
            "BIRTHYEAR" | "YEAROFBIRTH" | "YOB" => Self::BirthYear,
            "BIRTHYEARMIN" => Self::BirthYearMin,
            "BIRTHYEARMAX" => Self::BirthYearMax,
            "SITE" => Self::Site,
            "FAMILYID" | "FAMILY" => Self::Family,
            "MOTHERID" | "MOTHER" => Self::Mother,
            "FATHERID" | "FATHER" => Self::Father,
            "POPULATION" | "POP" => Self::Population,
            "DROPOUT" => Self::DropOut,
            _ => return None,
        })
    }

    /// The field that a column of this Spanish, Portuguese, French, German or Italian name holds, where no column has the English one.
    pub fn of_translated_header(header: &str) -> Option<Self> {
        Some(match fold_name(header).as_str() {
            "SEXO" | "SEXE" | "SESSO" | "GESCHLECHT" => Self::Sex,
            "GEBURTSJAHR" | "ANODENACIMIENTO" | "AÑODENACIMIENTO" | "ANODENASCIMENTO" | "ANNEEDENAISSANCE"
            | "ANNÉEDENAISSANCE" | "ANNODINASCITA" => Self::BirthYear,
            _ => return None,
        })
    }
}

/// The metadata of one row.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Metadata {
    /// Everything but the calls.
    pub sample: Sample,
}

impl Metadata {
    /// Makes it empty again.
    pub fn clear(&mut self) {
        self.sample.id.clear();
        let id = std::mem::take(&mut self.sample.id);
        self.sample = Sample { id, ..Sample::default() };
    }

    /// Takes one cell.
    ///
    /// # Errors
    /// A cell that cannot be read; the field then stays empty.
    pub fn take(&mut self, field: Field, cell: &[u8]) -> Result<(), Reason> {
        let text = decode(cell);
        let text = text.trim();
        let text_or_none = || (!is_missing(text)).then(|| text.to_owned());
        match field {
            Field::Role => self.sample.role = read_role(text)?,
            Field::Sex => self.sample.sex = read_sex(text)?,
            Field::SexMujer => {
                self.sample.sex = match text {
                    // Where M is a woman F is another language's, and nobody can tell what its M is.
                    "F" | "f" | "W" | "w" => return Err(Reason::UnknownSex),
                    "M" | "m" => Sex::Female,
                    "H" | "h" | "V" | "v" => Sex::Male,
                    _ => read_sex(text)?,
                }
            }
            Field::SexUnclearM => {
                self.sample.sex = match text {
                    "M" | "m" => return Err(Reason::UnknownSex),
                    "H" | "h" | "V" | "v" => Sex::Male,
                    _ => read_sex(text)?,
                }
            }
            Field::BirthYear => self.narrow_years(read_year(text)?, read_year(text)?)?,
            Field::BirthYearMin => self.narrow_years(read_year(text)?, None)?,
            Field::BirthYearMax => self.narrow_years(None, read_year(text)?)?,
            Field::Site => self.sample.site = text_or_none(),
            Field::Family => self.sample.family_id = text_or_none(),
            Field::Mother => self.sample.mother_id = text_or_none(),
            Field::Father => self.sample.father_id = text_or_none(),
            Field::Population => self.sample.population = text_or_none(),
            Field::DropOut => self.sample.drop_out = read_drop_out(text)?,
        }
        Ok(())
    }

    fn narrow_years(&mut self, earliest: Option<i16>, latest: Option<i16>) -> Result<(), Reason> {
        if earliest.is_none() && latest.is_none() {
            return Ok(());
        }
        let open = BirthYears { earliest: i16::MIN, latest: i16::MAX };
        let years = self.sample.birth_years.unwrap_or(open);
        let earliest = earliest.map_or(years.earliest, |year| year.max(years.earliest));
        let latest = latest.map_or(years.latest, |year| year.min(years.latest));
        let possible = earliest <= latest;
        self.sample.birth_years = possible.then_some(BirthYears { earliest, latest });
        if possible { Ok(()) } else { Err(Reason::YearsReversed) }
    }
}

fn read_role(text: &str) -> Result<Option<Role>, Reason> {
    Ok(Some(match text.to_ascii_lowercase().as_str() {
        "corpse" | "body" | "remains" => Role::Corpse,
        "detainee" | "detained" => Role::Detainee,
        "child" => Role::Child,
        "relative" | "reference" => Role::Relative,
        other if is_missing(other) => return Ok(None),
        _ => return Err(Reason::UnknownRole),
    }))
}

fn read_sex(text: &str) -> Result<Sex, Reason> {
    match text {
        "F" => return Ok(Sex::Female),
        "M" => return Ok(Sex::Male),
        _ => {}
    }
    match text.to_lowercase().as_str() {
        "f" | "female" | "woman" | "girl" | "2" | "xx" | "x" | "x,x" | "x/x" | "x x" => Ok(Sex::Female),
        "m" | "male" | "man" | "boy" | "1" | "xy" | "x,y" | "x/y" | "x y" => Ok(Sex::Male),
        // German, Spanish, Portuguese, French, Italian.
        "w" | "weiblich" | "frau" | "mädchen" | "mujer" | "femenino" | "femenina" | "niña" | "mulher" | "feminino"
        | "feminina" | "menina" | "femme" | "féminin" | "feminin" | "fille" | "femmina" | "femminile" | "donna" => {
            Ok(Sex::Female)
        }
        "männlich" | "maennlich" | "mann" | "junge" | "hombre" | "masculino" | "varón" | "varon" | "niño" | "homem"
        | "menino" | "homme" | "masculin" | "garçon" | "maschio" | "maschile" | "uomo" => Ok(Sex::Male),
        "u" => Ok(Sex::Unknown),
        other if is_missing(other) => Ok(Sex::Unknown),
        _ => Err(Reason::UnknownSex),
    }
}

/// A year, or a date that starts or ends with one.
fn read_year(text: &str) -> Result<Option<i16>, Reason> {
    if is_missing(text) {
        return Ok(None);
    }
    let is_year = |part: &&str| part.len() == 4 && part.bytes().all(|byte| byte.is_ascii_digit());
    let text = text.strip_suffix(".0").unwrap_or(text);
    let mut years = text.split(['-', '/', '.']).filter(is_year);
    match (years.next().and_then(|year| year.parse().ok()), years.next()) {
        (Some(year @ 1850..=2100), None) => Ok(Some(year)),
        _ => Err(Reason::NotAYear),
    }
}

fn read_drop_out(text: &str) -> Result<Option<f64>, Reason> {
    match text.replace(',', ".").parse::<f64>() {
        // Adding 0 makes a negative zero positive, so that both are one observation.
        Ok(drop_out) if (0.0..1.0).contains(&drop_out) => Ok(Some(drop_out + 0.0)),
        _ if is_missing(text) => Ok(None),
        _ => Err(Reason::NotADropOut),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sexes_and_roles_in_the_field_s_spellings() {
        for (text, sex) in
            [("F", Sex::Female), ("male", Sex::Male), ("2", Sex::Female), ("XY", Sex::Male), ("", Sex::Unknown)]
        {
            assert_eq!(read_sex(text), Ok(sex));
        }
        for (text, sex) in [
            ("w", Sex::Female),
            ("Männlich", Sex::Male),
            ("MUJER", Sex::Female),
            ("Feminino", Sex::Female),
            ("Homme", Sex::Male),
        ] {
            assert_eq!(read_sex(text), Ok(sex));
        }
        assert_eq!(read_sex("H"), Err(Reason::UnknownSex));
        assert_eq!(read_sex("often"), Err(Reason::UnknownSex));
        assert_eq!(read_role("Corpse"), Ok(Some(Role::Corpse)));
        assert_eq!(read_role("-9"), Ok(None));
        assert_eq!(read_sex("n/a"), Ok(Sex::Unknown));
        assert_eq!(read_role("cat"), Err(Reason::UnknownRole));
    }

    #[test]
    fn nobody_is_no_parent() {
        for text in ["", "0", "-9", ".", "NA", "N/A", "None", "unknown", "?"] {
            let mut metadata = Metadata::default();
            metadata.take(Field::Mother, text.as_bytes()).unwrap();
            metadata.take(Field::BirthYear, text.as_bytes()).unwrap();
            assert_eq!((metadata.sample.mother_id, metadata.sample.birth_years), (None, None), "{text}");
        }
    }

    #[test]
    fn years_make_an_interval() {
        let mut metadata = Metadata::default();
        metadata.take(Field::BirthYearMin, b"1970").unwrap();
        assert_eq!(metadata.sample.birth_years, Some(BirthYears { earliest: 1970, latest: i16::MAX }));
        metadata.take(Field::BirthYearMax, b"1980").unwrap();
        assert_eq!(metadata.sample.birth_years, Some(BirthYears { earliest: 1970, latest: 1980 }));
        assert_eq!(metadata.take(Field::BirthYear, b"1990"), Err(Reason::YearsReversed));
        for (text, year) in [("1987", Some(1987)), ("1987-05-03", Some(1987)), ("03.05.1987", Some(1987)), ("-", None)]
        {
            assert_eq!(read_year(text), Ok(year), "{text}");
        }
        for text in ["87", "19870503", "0999", "soon"] {
            assert_eq!(read_year(text), Err(Reason::NotAYear), "{text}");
        }
    }

    #[test]
    fn drop_out_is_a_probability_below_one() {
        assert_eq!(read_drop_out("0,1"), Ok(Some(0.1)));
        assert_eq!(read_drop_out("0"), Ok(Some(0.0)));
        for text in ["", "-9", "NaN", "unknown"] {
            assert_eq!(read_drop_out(text), Ok(None));
        }
        for text in ["1", "-0.1", "inf", "x"] {
            assert_eq!(read_drop_out(text), Err(Reason::NotADropOut));
        }
    }
}
