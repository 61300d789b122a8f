//! A policy: rules to which an installation gives another severity than their usual one.
//!
//! Its word on a code is the last one, for every finding of that code: a rule named `error` also rejects where it rests
//! on a row the standard leaves unsure, a rule named `warning` never rejects. A rule it does not name keeps its usual
//! severity. Rules without which an envelope can neither be judged nor delivered keep theirs whatever it says.
//!
//! Not here: the file a policy is written in.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use crate::codes::{self, CodeInfo};
use crate::finding::Severity;

/// Severities by code. Cheap to clone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Policy {
    rules: Arc<BTreeMap<&'static str, Severity>>,
}

/// Why a policy is refused. `Display` is the English sentence, [`PolicyError::ja`] the Japanese one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PolicyError {
    /// There is no rule of this code.
    Unknown(String),
    /// A rule stands there twice.
    Twice(&'static str),
    /// A rule that may not be lowered.
    Fixed(&'static str, &'static Reason),
}

/// Why a rule keeps its severity.
#[derive(Debug, PartialEq, Eq)]
pub struct Reason {
    /// In Japanese.
    pub ja: &'static str,
    /// In English.
    pub en: &'static str,
}

const NAME: Reason = Reason {
    ja: "事業所、連番、種類はファイル名で分かり、それにより配達するため",
    en: "offices, sequence and kind are known by the name, and delivery goes by them",
};
const UNIT: Reason = Reason {
    ja: "一つの封筒は一つの送信単位で、それにより配達するため",
    en: "an envelope is one sending unit, and delivery goes by it",
};
const BYTES: Reason = Reason {
    ja: "文字として読めないものは点検できず、相手も読めないため",
    en: "what cannot be read as text can neither be judged nor taken in",
};
const FIELDS: Reason = Reason {
    ja: "項目の区切りが分からない行は、他の規則では点検していないため",
    en: "where the fields of a row cannot be told apart no other rule was asked about it",
};
const VERSION: Reason = Reason {
    ja: "版によりレイアウトと、送信先が受け取れるかどうかが決まるため",
    en: "the version decides the layout, and whether the destination can take it",
};
const IMAGE: Reason = Reason {
    ja: "画像の名前で何でも送れることになるため",
    en: "any bytes could be sent under the name of an image",
};

/// Codes, or areas (`name.`), that may not be lowered.
const FIXED: &[(&str, &Reason)] = &[
    ("name.", &NAME),
    ("unit.none", &UNIT),
    ("unit.incomplete", &UNIT),
    ("unit.mixed", &UNIT),
    ("encoding.bom", &BYTES),
    ("encoding.ms932", &BYTES),
    ("file.not_csv", &BYTES),
    ("csv.quote_open", &FIELDS),
    ("csv.quote_stray", &FIELDS),
    ("csv.field_count", &FIELDS),
    ("csv.version_unknown", &VERSION),
    ("csv.version_mixed", &VERSION),
    ("csv.version_name", &VERSION),
    ("image.jpeg", &IMAGE),
];

/// Why this rule may not be lowered, if so.
pub fn fixed(info: &CodeInfo) -> Option<&'static Reason> {
    let holds = |pattern: &str| match pattern.ends_with('.') {
        true => info.code.starts_with(pattern),
        false => info.code == pattern,
    };
    FIXED
        .iter()
        .find(|(pattern, _)| holds(pattern))
        .map(|(_, reason)| *reason)
}

impl Policy {
    /// A policy of these rules.
    ///
    /// # Errors
    /// The first code that is unknown, named twice, or lowered though it may not be.
    pub fn new<'a>(rules: impl IntoIterator<Item = (&'a str, Severity)>) -> Result<Self, PolicyError> {
        let mut kept = BTreeMap::new();
        for (code, severity) in rules {
            let info = codes::find(code).ok_or_else(|| PolicyError::Unknown(code.to_owned()))?;
            if let Some(reason) = fixed(info).filter(|_| severity != Severity::Error) {
                return Err(PolicyError::Fixed(info.code, reason));
            }
            if kept.insert(info.code, severity).is_some() {
                return Err(PolicyError::Twice(info.code));
            }
        }
        Ok(Self {
            rules: Arc::new(kept),
        })
    }

    /// What it says of a code, if anything.
    pub fn severity(&self, code: &str) -> Option<Severity> {
        self.rules.get(code).copied()
    }

    /// Its rules in the order of their codes.
    pub fn rules(&self) -> impl Iterator<Item = (&'static str, Severity)> {
        self.rules.iter().map(|(code, severity)| (*code, *severity))
    }
}

impl PolicyError {
    /// What is wrong and what to do, in Japanese.
    pub fn ja(&self) -> String {
        match self {
            Self::Unknown(code) => {
                format!("{code} という規則はありません。コードを確かめてください。")
            }
            Self::Twice(code) => format!("{code} が二度あります。一つにしてください。"),
            Self::Fixed(code, reason) => {
                format!(
                    "{code} は warning にできません（{}）。方針からこの規則を除いてください。",
                    reason.ja
                )
            }
        }
    }
}

impl fmt::Display for PolicyError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown(code) => write!(
                formatter,
                "{code:?} is no rule of the standard's files; check the code"
            ),
            Self::Twice(code) => write!(formatter, "{code} stands there twice; keep one"),
            Self::Fixed(code, reason) => {
                write!(
                    formatter,
                    "{code} may not be a warning ({}); remove it",
                    reason.en
                )
            }
        }
    }
}

impl std::error::Error for PolicyError {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codes::CODES;
    use crate::{Context, File, check};

    #[test]
    fn every_fixed_pattern_names_rules_that_reject() {
        for (pattern, _) in FIXED {
            let matching: Vec<&CodeInfo> = CODES
                .iter()
                .filter(|info| info.code.starts_with(pattern))
                .collect();
            assert!(!matching.is_empty(), "{pattern}");
            for info in matching {
                assert_eq!(info.severity, Severity::Error, "{}", info.code);
            }
        }
    }

    #[test]
    fn what_cannot_stand_is_refused_by_name() {
        let refused = |code, severity| Policy::new([(code, severity)]).unwrap_err().to_string();
        assert!(refused("table7.sums", Severity::Error).contains("table7.sums"));
        assert!(refused("zip.name", Severity::Warning).contains("zip.name"));
        for info in CODES.iter().filter(|info| fixed(info).is_some()) {
            assert!(refused(info.code, Severity::Warning).contains(info.code));
            assert!(
                Policy::new([(info.code, Severity::Error)]).is_ok(),
                "{}",
                info.code
            );
        }
        let twice = [("table7.sum", Severity::Error), ("table7.sum", Severity::Warning)];
        assert_eq!(Policy::new(twice), Err(PolicyError::Twice("table7.sum")));
    }

    /// Verdict and severities of a file with a blank line, which warns, and a wrong type, which rejects.
    fn judged(policy: &Policy) -> (bool, Vec<(&'static str, Severity)>) {
        let name = "DLTPLAN_202504_0300000100_43_0300000005_11_20250325093000.CSV";
        let bytes = b"202407,030001,0000000001,202504\r\n\r\n202407,03000x,0000000001,202504\r\n";
        let context = Context {
            policy: Some(policy),
            ..Context::default()
        };
        let report = check(&[File { name, bytes }], &context);
        let found = report
            .findings
            .iter()
            .map(|one| (one.code, one.severity))
            .collect();
        (report.is_accept(), found)
    }

    #[test]
    fn its_word_is_the_last_one() {
        let (blank, kind) = ("csv.blank_line", "field.type");
        let of = |rules: &[(&str, Severity)]| judged(&Policy::new(rules.iter().copied()).unwrap());
        let (accepted, usual) = of(&[]);
        assert!(!accepted);
        assert!(
            usual.contains(&(blank, Severity::Warning)) && usual.contains(&(kind, Severity::Error)),
            "{usual:?}"
        );
        let (accepted, lowered) = of(&[(kind, Severity::Warning)]);
        assert!(
            accepted && lowered.contains(&(kind, Severity::Warning)),
            "{lowered:?}"
        );
        let (accepted, raised) = of(&[(kind, Severity::Warning), (blank, Severity::Error)]);
        assert!(
            !accepted && raised.contains(&(blank, Severity::Error)),
            "{raised:?}"
        );
    }

    #[test]
    fn a_rule_named_error_rejects_where_the_standard_is_unsure_too() {
        let context = |policy| Context {
            policy,
            ..Context::default()
        };
        let mut sink = crate::finding::Sink::under(context(None).policy);
        sink.add(&codes::FIELD_CODE, "f", |draft| draft.likely(true));
        assert_eq!(sink.errors, 0);
        let policy = Policy::new([("field.code", Severity::Error)]).unwrap();
        let mut sink = crate::finding::Sink::under(Some(&policy));
        sink.add(&codes::FIELD_CODE, "f", |draft| draft.likely(true));
        assert_eq!(sink.errors, 1);
    }
}
