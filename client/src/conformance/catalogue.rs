//! Every case, in the order in which they are run. A change here raises [`NUMBER`].

use standard::{Edition, UnitKind};

/// The number of this catalogue; results name it.
pub const NUMBER: u32 = 1;

/// Which way the files go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// The product makes and sends them.
    Sends,
    /// The product fetches them and takes them in, or says why it does not.
    Receives,
}

/// Which kind of office uses the product in a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Side {
    /// 居宅介護支援事業所.
    Care,
    /// サービス事業所.
    Service,
}

/// What is asked beside the kind of files. The id is that of the case it builds on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// Nothing more.
    Plain,
    /// The same persons again, with a later sequence, in the place of that case's.
    Later(&'static str),
    /// A deletion of that case's.
    Withdraws(&'static str),
    /// At least so many persons in one unit.
    Persons(usize),
    /// Characters MS932 has beyond JIS X 0208.
    Characters,
    /// The product has to say no: files whose names were changed, so that they are only attachments.
    Renamed,
    /// The product has to say no: that case's persons again, with an earlier sequence.
    Older(&'static str),
}

/// A case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Case {
    /// Its id.
    pub id: &'static str,
    /// Which way.
    pub way: Way,
    /// The kind of sending unit.
    pub unit: UnitKind,
    /// For people in prevention.
    pub prevention: bool,
    /// V4.1 or V3.
    pub edition: Edition,
    /// What else.
    pub wish: Wish,
}

impl Case {
    const fn new(id: &'static str, way: Way, unit: UnitKind, wish: Wish) -> Self {
        Self {
            id,
            way,
            unit,
            prevention: false,
            edition: Edition::V41,
            wish,
        }
    }

    const fn sends(id: &'static str, unit: UnitKind, wish: Wish) -> Self {
        Self::new(id, Way::Sends, unit, wish)
    }

    const fn receives(id: &'static str, unit: UnitKind, wish: Wish) -> Self {
        Self::new(id, Way::Receives, unit, wish)
    }

    const fn of_prevention(mut self) -> Self {
        self.prevention = true;
        self
    }

    const fn of_v3(mut self) -> Self {
        self.edition = Edition::V3;
        self
    }

    /// The case it builds on.
    #[must_use]
    pub fn base(&self) -> Option<&'static Case> {
        match self.wish {
            Wish::Later(id) | Wish::Withdraws(id) | Wish::Older(id) => find(id),
            Wish::Plain | Wish::Persons(_) | Wish::Characters | Wish::Renamed => None,
        }
    }

    /// Whether the product has to say no.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        matches!(self.wish, Wish::Renamed | Wish::Older(_))
    }

    /// Who uses the product in it: results go from provider to care manager, all else the other way.
    #[must_use]
    pub fn side(&self) -> Side {
        match (self.way, self.unit.from_provider()) {
            (Way::Sends, false) | (Way::Receives, true) => Side::Care,
            (Way::Sends, true) | (Way::Receives, false) => Side::Service,
        }
    }
}

/// The case with this id.
#[must_use]
pub fn find(id: &str) -> Option<&'static Case> {
    CASES.iter().find(|case| case.id == id)
}

/// The cases asked for with all they build on, in the catalogue's order; all of them for none.
#[must_use]
pub fn chosen(ids: &[&'static str]) -> Vec<&'static Case> {
    let mut wanted: Vec<&str> = ids.to_vec();
    let mut at = 0;
    while let Some(id) = wanted.get(at) {
        if let Some(base) = find(id).and_then(Case::base)
            && !wanted.contains(&base.id)
        {
            wanted.push(base.id);
        }
        at += 1;
    }
    let is_wanted = |case: &&Case| wanted.is_empty() || wanted.contains(&case.id);
    CASES.iter().filter(is_wanted).collect()
}

/// All of them. A case stands behind the one it builds on.
pub const CASES: &[Case] = &[
    Case::sends("sends.usage", UnitKind::Usage, Wish::Plain),
    Case::sends("sends.usage-change", UnitKind::Usage, Wish::Later("sends.usage")),
    Case::sends(
        "sends.usage-deletion",
        UnitKind::DeleteUsage,
        Wish::Withdraws("sends.usage-change"),
    ),
    Case::sends("sends.usage-persons", UnitKind::Usage, Wish::Persons(3)),
    Case::sends("sends.usage-characters", UnitKind::Usage, Wish::Characters),
    Case::sends("sends.plan", UnitKind::Plan, Wish::Plain),
    Case::sends("sends.results", UnitKind::Results, Wish::Plain),
    Case::sends(
        "sends.results-correction",
        UnitKind::Results,
        Wish::Later("sends.results"),
    ),
    Case::sends(
        "sends.results-deletion",
        UnitKind::DeleteResults,
        Wish::Withdraws("sends.results-correction"),
    ),
    Case::sends("sends.prevention-usage", UnitKind::Usage, Wish::Plain).of_prevention(),
    Case::sends("sends.prevention-plan", UnitKind::PreventionPlan, Wish::Plain).of_prevention(),
    Case::sends("sends.prevention-results", UnitKind::Results, Wish::Plain).of_prevention(),
    Case::sends("sends.v3-usage", UnitKind::Usage, Wish::Plain).of_v3(),
    Case::sends("sends.v3-results", UnitKind::Results, Wish::Plain).of_v3(),
    Case::receives("receives.usage", UnitKind::Usage, Wish::Plain),
    Case::receives(
        "receives.usage-change",
        UnitKind::Usage,
        Wish::Later("receives.usage"),
    ),
    Case::receives(
        "receives.usage-older",
        UnitKind::Usage,
        Wish::Older("receives.usage-change"),
    ),
    Case::receives(
        "receives.usage-deletion",
        UnitKind::DeleteUsage,
        Wish::Withdraws("receives.usage-change"),
    ),
    Case::receives("receives.usage-persons", UnitKind::Usage, Wish::Persons(30)),
    Case::receives("receives.usage-characters", UnitKind::Usage, Wish::Characters),
    Case::receives("receives.usage-renamed", UnitKind::Usage, Wish::Renamed),
    Case::receives("receives.plan", UnitKind::Plan, Wish::Plain),
    Case::receives("receives.results", UnitKind::Results, Wish::Plain),
    Case::receives(
        "receives.results-correction",
        UnitKind::Results,
        Wish::Later("receives.results"),
    ),
    Case::receives("receives.prevention-usage", UnitKind::Usage, Wish::Plain).of_prevention(),
    Case::receives("receives.prevention-plan", UnitKind::PreventionPlan, Wish::Plain).of_prevention(),
    Case::receives("receives.prevention-results", UnitKind::Results, Wish::Plain).of_prevention(),
    Case::receives("receives.v3-usage", UnitKind::Usage, Wish::Plain).of_v3(),
    Case::receives("receives.v3-results", UnitKind::Results, Wish::Plain).of_v3(),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_stands_behind_the_one_it_builds_on_and_is_of_its_kind() {
        for (at, case) in CASES.iter().enumerate() {
            let first = CASES.iter().position(|other| other.id == case.id);
            assert_eq!(first, Some(at), "{} stands twice", case.id);
            let way = if case.way == Way::Sends {
                "sends."
            } else {
                "receives."
            };
            assert!(case.id.starts_with(way), "{}", case.id);
            assert!(!(case.is_refused() && case.way == Way::Sends), "{}", case.id);
            let builds = matches!(case.wish, Wish::Later(_) | Wish::Withdraws(_) | Wish::Older(_));
            assert_eq!(case.base().is_some(), builds, "{}", case.id);
            if let Some(base) = case.base() {
                assert!(CASES[..at].contains(base), "{} builds on {}", case.id, base.id);
                assert_eq!(
                    (case.way, case.side(), case.edition),
                    (base.way, base.side(), base.edition)
                );
            }
        }
    }

    #[test]
    fn what_is_chosen_brings_what_it_builds_on() {
        let ids = |chosen: &[&'static str]| -> Vec<&str> {
            super::chosen(chosen).into_iter().map(|case| case.id).collect()
        };
        assert_eq!(
            ids(&["receives.usage-older", "sends.plan"]),
            [
                "sends.plan",
                "receives.usage",
                "receives.usage-change",
                "receives.usage-older"
            ]
        );
        assert_eq!(ids(&[]).len(), CASES.len());
    }
}
