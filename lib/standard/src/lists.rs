//! Code lists and service kinds of the standard.

use std::sync::LazyLock;

use crate::tsv;

/// A list of codes a field may hold.
#[derive(Debug)]
pub struct CodeList {
    /// Its id in the tables, e.g. `care_level`.
    pub id: &'static str,
    /// The codes.
    pub codes: Vec<&'static str>,
    /// The same as numbers, where they have one or two bytes: searched without a branch for each.
    keys: Vec<u16>,
}

impl CodeList {
    /// Is this value in the list?
    pub fn contains(&self, value: &[u8]) -> bool {
        match key(value) {
            Some(key) => self.keys.contains(&key),
            None => self.codes.iter().any(|code| code.as_bytes() == value),
        }
    }

    fn new(id: &'static str) -> Self {
        CodeList {
            id,
            codes: Vec::new(),
            keys: Vec::new(),
        }
    }

    fn push(&mut self, code: &'static str) {
        self.keys.extend(key(code.as_bytes()));
        self.codes.push(code);
    }
}

/// One or two bytes as a number; none of the codes has a zero byte, so both lengths differ.
fn key(value: &[u8]) -> Option<u16> {
    match *value {
        [one] => Some(u16::from(one)),
        [one, two] => Some(u16::from(one) << 8 | u16::from(two)),
        _ => None,
    }
}

/// The list with this id; `service_kinds` is the list of all service kinds.
pub fn list(id: &str) -> Option<&'static CodeList> {
    LISTS.iter().find(|list| list.id == id)
}

/// The group of a service kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// 介護給付: care.
    Care,
    /// 予防給付: prevention.
    Prevention,
    /// 総合事業: the municipalities' projects, for people in prevention.
    Project,
    /// 支援: the care management and prevention support offices themselves, endpoints only.
    Support,
}

/// A row of the service kind table. The key is code + group.
#[derive(Debug)]
pub struct ServiceKind {
    /// Two characters, e.g. `11`, `A2`.
    pub code: &'static str,
    /// Its name in Japanese.
    pub name_ja: &'static str,
    /// Its group.
    pub group: Group,
    /// Are its services exchanged by this standard?
    pub in_scope: bool,
}

/// Every row of the table with this code (59 and 81 stand in two groups).
pub fn service_kinds(code: &[u8]) -> impl Iterator<Item = &'static ServiceKind> {
    SERVICE_KINDS
        .iter()
        .filter(move |kind| kind.code.as_bytes() == code)
}

/// Is this code in the service kind table?
pub fn is_service_kind(code: &[u8]) -> bool {
    service_kinds(code).next().is_some()
}

static SERVICE_KINDS: LazyLock<Vec<ServiceKind>> = LazyLock::new(|| {
    tsv::rows(include_str!("../tables/service_kinds.tsv"))
        .filter_map(|row| parse_service_kind(&row))
        .collect()
});

fn parse_service_kind(row: &[&'static str]) -> Option<ServiceKind> {
    let &[code, name_ja, group, in_scope, _note] = row else {
        return None;
    };
    let group = match group {
        "介護給付" => Group::Care,
        "予防給付" => Group::Prevention,
        "総合事業" => Group::Project,
        "支援" => Group::Support,
        _ => return None,
    };
    Some(ServiceKind {
        code,
        name_ja,
        group,
        in_scope: in_scope == "yes",
    })
}

static LISTS: LazyLock<Vec<CodeList>> = LazyLock::new(|| {
    let mut lists: Vec<CodeList> = Vec::new();
    for row in tsv::rows(include_str!("../tables/codes.tsv")) {
        let (Some(&id), Some(&code)) = (row.first(), row.get(2)) else {
            continue;
        };
        match lists.iter_mut().find(|list| list.id == id) {
            Some(list) => list.push(code),
            None => {
                let mut list = CodeList::new(id);
                list.push(code);
                lists.push(list);
            }
        }
    }
    lists.push(service_kind_list("service_kinds", |_| true));
    lists
});

/// Kinds whose services may stand in tables 6 and 7, and the endpoints, which the scope tables do not list.
pub(crate) static IN_SCOPE: LazyLock<CodeList> =
    LazyLock::new(|| service_kind_list("in_scope", |kind| kind.in_scope || kind.group == Group::Support));

fn service_kind_list(id: &'static str, keep: impl Fn(&ServiceKind) -> bool) -> CodeList {
    let mut codes: Vec<&str> = SERVICE_KINDS
        .iter()
        .filter(|kind| keep(kind))
        .map(|kind| kind.code)
        .collect();
    codes.sort_unstable();
    codes.dedup();
    let mut list = CodeList::new(id);
    codes.into_iter().for_each(|code| list.push(code));
    list
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_read() {
        let kinds = tsv::rows(include_str!("../tables/service_kinds.tsv")).count();
        assert_eq!(SERVICE_KINDS.len(), kinds);
        let rows = tsv::rows(include_str!("../tables/codes.tsv")).count();
        let read: usize = LISTS
            .iter()
            .filter(|list| list.id != "service_kinds")
            .map(|list| list.codes.len())
            .sum();
        assert_eq!(read, rows);
    }

    #[test]
    fn codes_are_unique_in_their_list() {
        for list in LISTS.iter() {
            let mut codes = list.codes.clone();
            codes.sort_unstable();
            codes.dedup();
            assert_eq!(codes.len(), list.codes.len(), "{}", list.id);
        }
    }
}
