//! Month-end of many offices: the load that the relay is built for.

use std::collections::VecDeque;

use super::catalogue;
use super::day::Day;
use super::office::{OfficeMonth, Partner};
use super::rng::Rng;
use super::spec::GeneratedUnit;
use crate::kind::Edition;

/// What many offices and their partners send in the days around the end of a month: plans and usage for the month that
/// begins, results of the month that ended. [`MonthEnd::units`] makes them one by one.
///
/// Sizes and mix, and where they come from:
/// - About 3.8 million people have plans at some 36,000 care support offices: a good hundred for each. One office in ten
///   is on the system, so only part of their partners is: 12 to 48 people here, with 6 to 14 partners (some 287,000
///   offices take part in care, eight to one that plans).
/// - A person has one to three of those partners. Nationwide up to 19 million sendings a month are reckoned with, five
///   for a person: usage and results for two and a half partners.
/// - A unit of usage or results holds all persons whom the two offices share: three of four have 5 to 50 kB of CSV.
/// - Usage goes out on the last five days (most on the last two), results come back on the first four. An eighth of the
///   plans is new or changed; an eighth of the results is corrected; deletions are rare. One person in five is in
///   prevention, with files of its own.
///
/// Of 100 units that comes to about 35 of usage, 39 of results (some twice), 20 plans of care (one person each), 4 of
/// prevention, and 2 deletions; a test holds these figures.
#[derive(Debug, Clone)]
pub struct MonthEnd {
    /// Care support offices, 10 digits each.
    pub offices: Vec<String>,
    /// All partners; each office works with some of them that stand near each other in this list.
    pub partners: Vec<Partner>,
    /// The month that begins, YYYYMM.
    pub month: String,
    /// Edition of all files.
    pub edition: Edition,
}

/// So many offices send by turns, as they would; their months are in memory at the same time.
const AT_ONCE: usize = 16;
/// Kinds of partners, about as frequent as such offices are.
const KINDS: [&str; 16] = [
    "11", "15", "78", "17", "13", "11", "16", "21", "A2", "A6", "63", "67", "15", "31", "72", "14",
];

impl MonthEnd {
    /// So many care support offices with seven partners each, of numbers that no prefecture has.
    pub fn invented(offices: usize, month: &str, edition: Edition) -> MonthEnd {
        let partner = |number: usize| Partner {
            number: format!("98{number:08}"),
            kind: KINDS
                .get(number % KINDS.len())
                .copied()
                .unwrap_or("11")
                .to_owned(),
        };
        MonthEnd {
            offices: (0..offices).map(|number| format!("99{number:08}")).collect(),
            partners: (0..(offices * 7).max(16)).map(partner).collect(),
            month: month.to_owned(),
            edition,
        }
    }

    /// The units, lazily: offices by turns, each office's in the order of their sequences. The same seed gives the same
    /// ones.
    pub fn units(&self, seed: u64) -> impl Iterator<Item = GeneratedUnit> + '_ {
        let mut waiting = (0..self.offices.len()).map(move |at| self.of_office(seed, at));
        let mut sending: VecDeque<_> = waiting.by_ref().take(AT_ONCE).collect();
        std::iter::from_fn(move || {
            while let Some(mut office) = sending.pop_front() {
                if let Some(unit) = office.next() {
                    sending.push_back(office);
                    return Some(unit);
                }
                sending.extend(waiting.next());
            }
            None
        })
    }

    /// Usage and plans of the month that begins, then results of the one before.
    fn of_office(&self, seed: u64, at: usize) -> Box<dyn Iterator<Item = GeneratedUnit>> {
        let mut rng = Rng::new(seed, at as u64);
        let persons = usize::try_from(rng.range(12, 48)).unwrap_or(12);
        let count = usize::try_from(rng.range(6, 14))
            .unwrap_or(6)
            .min(self.partners.len());
        let start = at * self.partners.len() / self.offices.len().max(1);
        let partners: Vec<Partner> = self
            .partners
            .iter()
            .cycle()
            .skip(start)
            .take(count)
            .cloned()
            .collect();
        let begins = Day::first_of(&self.month);
        let office = OfficeMonth {
            office: Partner {
                number: self.offices.get(at).cloned().unwrap_or_default(),
                kind: catalogue::CARE_SUPPORT.to_owned(),
            },
            partners,
            persons,
            month: self.month.clone(),
            edition: self.edition,
        };
        let ended = OfficeMonth {
            month: begins.month_plus(-1).month(),
            ..office.clone()
        };
        let people = rng.next();
        let first_days = begins.plus(10);
        let plans = office.units_when(people, move |day| day < begins);
        let results = ended.units_when(people, move |day| begins <= day && day < first_days);
        Box::new(plans.chain(results))
    }
}
