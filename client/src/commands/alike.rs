//! Problems that say the same of many rows: some are shown, the rest is told by its lines.

use proto::{Problem, Severity};

/// So many of a kind are shown.
const SHOWN: usize = 3;
/// So many lines, or runs of lines, are told of the rest.
const RUNS: usize = 12;

/// Problems of one code about one field, in the order of their lines.
#[derive(Debug)]
pub(super) struct Alike<'a> {
    /// Those to be shown.
    pub(super) shown: Vec<&'a Problem>,
    rest: Vec<&'a Problem>,
}

/// Puts together what is alike, each kind where its first stands. What names no line is about different things.
pub(super) fn grouped<'a>(found: &[&'a Problem]) -> Vec<Alike<'a>> {
    let same = |one: &Problem, other: &Problem| {
        one.line.is_some()
            && other.line.is_some()
            && (one.severity, &one.code, one.field_no) == (other.severity, &other.code, other.field_no)
    };
    let mut groups: Vec<Alike<'a>> = Vec::new();
    for problem in found.iter().copied() {
        let group = groups
            .iter_mut()
            .find(|group| group.shown.first().is_some_and(|first| same(first, problem)));
        match group {
            Some(group) if group.shown.len() < SHOWN => group.shown.push(problem),
            Some(group) => group.rest.push(problem),
            None => groups.push(Alike {
                shown: vec![problem],
                rest: Vec::new(),
            }),
        }
    }
    // One more is shown rather than told of.
    for group in &mut groups {
        if group.rest.len() == 1 {
            group.shown.append(&mut group.rest);
        }
    }
    groups
}

impl Alike<'_> {
    /// How many more there are and on which lines, in Japanese and English; nothing when all are shown.
    pub(super) fn rest(&self) -> Option<(String, String)> {
        let first = self.rest.first()?;
        let count = self.rest.len();
        let lines = lines(self.rest.iter().filter_map(|problem| problem.line));
        let (word_ja, word_en) = match first.severity {
            Severity::Error => ("誤り", "errors"),
            Severity::Warning => ("注意", "warnings"),
        };
        let (code, field) = (&first.code, first.field.as_deref());
        let field = field.map(|field| format!("「{field}」")).unwrap_or_default();
        Some((
            format!("同じ{word_ja}がほかに{count}件（{code}{field}）：{lines} 行目"),
            format!("{count} more {word_en} of this kind, on lines {lines}"),
        ))
    }
}

/// Ascending lines, runs of them as `18-40`, cut where they get too many.
fn lines(ascending: impl Iterator<Item = u32>) -> String {
    let mut runs: Vec<(u32, u32)> = Vec::new();
    for line in ascending {
        match runs.last_mut() {
            Some((_, last)) if line <= last.saturating_add(1) => *last = line,
            _ => runs.push((line, line)),
        }
    }
    let cut = RUNS < runs.len();
    let mut texts: Vec<String> = runs
        .iter()
        .take(RUNS)
        .map(|(first, last)| match first == last {
            true => first.to_string(),
            false => format!("{first}-{last}"),
        })
        .collect();
    if cut {
        texts.push("...".to_owned());
    }
    texts.join(", ")
}

#[cfg(test)]
mod tests {
    use proto::codes;

    use super::*;

    fn problem(line: Option<u32>, field_no: Option<u16>) -> Problem {
        Problem {
            line,
            field_no,
            ..Problem::new(&codes::ZIP_NAME)
        }
    }

    #[test]
    fn three_are_shown_and_the_lines_of_the_rest_are_told() {
        let mut problems: Vec<Problem> = (1..=9).map(|line| problem(Some(line), Some(3))).collect();
        problems.push(problem(Some(12), Some(3)));
        problems.push(problem(Some(4), Some(5)));
        let groups = grouped(&problems.iter().collect::<Vec<_>>());
        assert_eq!(
            groups.iter().map(|group| group.shown.len()).collect::<Vec<_>>(),
            [3, 1]
        );
        let (ja, en) = groups[0].rest().unwrap();
        assert!(ja.contains("7件") && ja.contains("4-9, 12 行目"), "{ja}");
        assert!(en.contains("7 more errors") && en.ends_with("4-9, 12"), "{en}");
        assert!(groups[1].rest().is_none());
    }

    #[test]
    fn a_single_one_left_over_is_shown_and_what_names_no_line_is_never_put_together() {
        let four: Vec<Problem> = (1..=4).map(|line| problem(Some(line), None)).collect();
        let groups = grouped(&four.iter().collect::<Vec<_>>());
        assert!(groups.len() == 1 && groups[0].shown.len() == 4 && groups[0].rest().is_none());
        let none: Vec<Problem> = (0..5).map(|_| problem(None, None)).collect();
        assert_eq!(grouped(&none.iter().collect::<Vec<_>>()).len(), 5);
    }

    #[test]
    fn many_lines_are_cut() {
        let odd = lines((0..40).map(|at| at * 2 + 1));
        assert!(odd.starts_with("1, 3, 5") && odd.ends_with("23, ..."), "{odd}");
        assert_eq!(lines([2, 2, 3].into_iter()), "2-3");
    }
}
