//! Japanese or English: each sentence stands beside its other half, so that none is forgotten.

/// The language of a page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Lang {
    #[default]
    Japanese,
    English,
}

impl Lang {
    /// The half of the sentence that is in this language.
    pub(super) fn of<'a>(self, japanese: &'a str, english: &'a str) -> &'a str {
        match self {
            Self::Japanese => japanese,
            Self::English => english,
        }
    }

    /// Its code (RFC 5646).
    pub(super) fn code(self) -> &'static str {
        self.of("ja", "en")
    }

    /// The language of a code, if it is one of ours.
    pub(super) fn named(code: &str) -> Option<Self> {
        match code {
            "ja" => Some(Self::Japanese),
            "en" => Some(Self::English),
            _ => None,
        }
    }

    /// The first of ours that `Accept-Language` names; browsers put what they like best first.
    pub(super) fn accepted(header: &str) -> Option<Self> {
        let ranges = header
            .split(',')
            .filter_map(|range| range.split([';', '-']).next());
        ranges.map(str::trim).find_map(Self::named)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_language_of_ours_is_taken() {
        assert_eq!(
            Lang::accepted("fr-FR, en-US;q=0.8, ja;q=0.5"),
            Some(Lang::English)
        );
        assert_eq!(Lang::accepted("ja,en;q=0.9"), Some(Lang::Japanese));
        assert_eq!(Lang::accepted("de"), None);
        assert_eq!(Lang::default().code(), "ja");
    }
}
