//! Reading of the fact tables: tab separated, first line = header, no quoting.

/// The rows of a table after its header, each split into its columns.
pub(crate) fn rows(text: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    text.lines().skip(1).map(|line| line.split('\t').collect())
}

#[cfg(test)]
mod tests {
    use super::rows;

    fn check(text: &'static str) {
        let width = text.lines().next().unwrap().split('\t').count();
        for (at, row) in rows(text).enumerate() {
            assert_eq!(row.len(), width, "row {}", at + 2);
        }
        assert!(!text.contains('\r'));
    }

    #[test]
    fn every_row_has_the_columns_of_its_header() {
        check(include_str!("../tables/layouts.tsv"));
        check(include_str!("../tables/codes.tsv"));
        check(include_str!("../tables/file_names.tsv"));
        check(include_str!("../tables/sending_units.tsv"));
        check(include_str!("../tables/service_kinds.tsv"));
        check(include_str!("../tables/versions.tsv"));
    }
}
