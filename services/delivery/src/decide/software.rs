//! Which label the software of a destination bears. What it reports of itself is a free text, and no free text becomes a
//! label: only names an operator has configured do.

/// The label when nothing was reported.
const NONE: &str = "none";

/// The label of every name that is not configured.
const OTHER: &str = "other";

/// The configured name with which the reported one begins, whatever its case; the longest if there are several.
#[must_use]
pub fn label<'a>(reported: Option<&str>, configured: &'a [String]) -> &'a str {
    let Some(reported) = reported.map(str::to_lowercase) else {
        return NONE;
    };
    let begins = |name: &&String| !name.is_empty() && reported.starts_with(&name.to_lowercase());
    let longest = configured.iter().filter(begins).max_by_key(|name| name.len());
    longest.map_or(OTHER, String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_configured_names_become_labels() {
        let configured = ["Kaigo".to_owned(), "Kaigo Pro".to_owned(), String::new()];
        for (reported, wanted) in [
            (None, "none"),
            (Some("kaigo 3.1"), "Kaigo"),
            (Some("KAIGO PRO 2"), "Kaigo Pro"),
            (Some("山田太郎"), "other"),
            (Some(""), "other"),
        ] {
            assert_eq!(label(reported, &configured), wanted, "{reported:?}");
        }
    }
}
