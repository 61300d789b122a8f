//! Problem codes: `area.rule`, the same in HTTP, outcomes and checks.

/// What a code stands for. The code itself is stable for ever; the words may be improved.
#[derive(Debug, PartialEq, Eq)]
pub struct Code {
    /// `area.rule`
    pub code: &'static str,
    /// HTTP status when a door says it.
    pub status: u16,
    /// One Japanese sentence: what is wrong and what to do.
    pub ja: &'static str,
    /// The same in English.
    pub en: &'static str,
}

impl Code {
    /// The first part, `area`.
    #[must_use]
    pub fn area(&self) -> &'static str {
        self.code.split_once('.').map_or(self.code, |(area, _)| area)
    }

    /// The code's entry in [`crate::codes::ALL`].
    #[must_use]
    pub fn find(code: &str) -> Option<&'static Self> {
        crate::codes::ALL.iter().copied().find(|entry| entry.code == code)
    }
}
