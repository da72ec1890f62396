//! How likely an allele of a sample is not seen: one probability for everybody, or one for each role.

use super::Role;
use serde::{Deserialize, Deserializer, Serialize, de};
use std::fmt;

/// Probability that an allele drops out, in [0, 1), where the sample does not state its own.
#[derive(Clone, Copy, PartialEq, Debug, Serialize)]
#[serde(untagged)]
pub enum DropOut {
    /// The same for every sample.
    Everybody(f64),
    /// By the role of the sample.
    ByRole(DropOutByRole),
}

/// Probability that an allele drops out, by the role of the sample, each in [0, 1).
#[derive(Clone, Copy, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DropOutByRole {
    /// Of a corpse's sample.
    pub corpse: f64,
    /// Of a detainee's sample.
    pub detainee: f64,
    /// Of a child's sample.
    pub child: f64,
    /// Of a relative's sample.
    pub relative: f64,
    /// Of a sample without a role; without it, see [`DropOut::of`].
    pub default: Option<f64>,
}

impl Default for DropOut {
    fn default() -> Self {
        Self::ByRole(DropOutByRole::default())
    }
}

impl From<DropOutByRole> for DropOut {
    fn from(by_role: DropOutByRole) -> Self {
        Self::ByRole(by_role)
    }
}

impl DropOut {
    /// The probability for this role. Without a role it is the `default`; without that, the larger of corpse and detainee:
    /// whoever has no role is a candidate, and to expect too much drop-out excludes nobody who is a parent.
    pub fn of(&self, role: Option<Role>) -> f64 {
        let by_role = match self {
            Self::Everybody(drop_out) => return *drop_out,
            Self::ByRole(by_role) => by_role,
        };
        match role {
            Some(Role::Corpse) => by_role.corpse,
            Some(Role::Detainee) => by_role.detainee,
            Some(Role::Child) => by_role.child,
            Some(Role::Relative) => by_role.relative,
            None => by_role.default.unwrap_or(by_role.corpse.max(by_role.detainee)),
        }
    }

    /// Whether it matters which role a sample has.
    pub fn depends_on_role(&self) -> bool {
        let without = self.of(None);
        Role::ALL.into_iter().any(|role| self.of(Some(role)) != without)
    }

    /// Where the probability of samples without a role comes from.
    pub fn source_without_role(&self) -> &'static str {
        match self {
            Self::ByRole(DropOutByRole { default: None, .. }) => "the larger of corpse and detainee",
            _ => "`default`",
        }
    }
}

impl<'de> Deserialize<'de> for DropOut {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Form;
        impl<'de> de::Visitor<'de> for Form {
            type Value = DropOut;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a number, or { corpse, detainee, child, relative, default }")
            }

            fn visit_f64<E: de::Error>(self, number: f64) -> Result<DropOut, E> {
                Ok(DropOut::Everybody(number))
            }

            fn visit_i64<E: de::Error>(self, number: i64) -> Result<DropOut, E> {
                Ok(DropOut::Everybody(number as f64))
            }

            fn visit_u64<E: de::Error>(self, number: u64) -> Result<DropOut, E> {
                Ok(DropOut::Everybody(number as f64))
            }

            fn visit_map<M: de::MapAccess<'de>>(self, map: M) -> Result<DropOut, M::Error> {
                DropOutByRole::deserialize(de::value::MapAccessDeserializer::new(map)).map(DropOut::ByRole)
            }
        }
        deserializer.deserialize_any(Form)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_has_no_role_takes_the_default_or_the_larger_of_corpse_and_detainee() {
        let by_role = DropOutByRole { corpse: 0.2, detainee: 0.1, child: 0.3, relative: 0.4, default: None };
        assert_eq!(DropOut::from(by_role).of(None), 0.2);
        assert_eq!(DropOut::from(DropOutByRole { default: Some(0.05), ..by_role }).of(None), 0.05);
        assert_eq!(DropOut::from(by_role).of(Some(Role::Relative)), 0.4);
        assert_eq!(DropOut::Everybody(0.07).of(Some(Role::Child)), 0.07);
        assert!(DropOut::from(by_role).depends_on_role() && !DropOut::Everybody(0.07).depends_on_role());
    }

    #[test]
    fn it_is_written_in_the_form_given() {
        for text in [r#"0.1"#, r#"{"corpse":0.1,"detainee":0.0,"child":0.0,"relative":0.0,"default":0.2}"#] {
            let read: DropOut = serde_json::from_str(text).unwrap();
            assert_eq!(serde_json::to_string(&read).unwrap(), text);
        }
        assert_eq!(serde_json::from_str::<DropOut>("0").unwrap(), DropOut::Everybody(0.0));
        assert!(serde_json::from_str::<DropOut>(r#"{"corps":0.1}"#).is_err());
    }
}
