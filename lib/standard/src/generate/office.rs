//! A care support office's month: all that it and its partners send each other about the people it cares for.

use super::catalogue::{self, Provider};
use super::day::Day;
use super::lines;
use super::people::Person;
use super::rng::Rng;
use super::scene::{Case, Draft, Scene};
use super::schedule::{self, Step};
use super::spec::GeneratedUnit;
use crate::kind::Edition;

/// An office and one of its service kinds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Partner {
    /// 10 digits.
    pub number: String,
    /// Service kind, e.g. `11`; `43` or `46` for offices that plan.
    pub kind: String,
}

/// The month of an office that plans.
///
/// In the last days of the month before: plans that were made or changed, one unit for each person and partner; the
/// usage of the month, one unit for each partner with all its persons and all their services. In the month: changed
/// usage (the whole set again under a later sequence) and deletions. In the first days of the month after: results of
/// each partner, with small deviations from the plan, some corrected, few deleted. People in prevention have partners
/// of prevention's service kinds and prevention's plans and basic information.
#[derive(Debug, Clone)]
pub struct OfficeMonth {
    /// The office itself, kind `43`, or `46` (prevention only).
    pub office: Partner,
    /// Whom it works with. Those of prevention's kinds get people in prevention, a `46` all of these.
    pub partners: Vec<Partner>,
    /// How many people it cares for; each has one to three partners.
    pub persons: usize,
    /// Service month YYYYMM.
    pub month: String,
    /// Edition of all files; V3 knows no people in prevention.
    pub edition: Edition,
}

/// A person of the office.
#[derive(Debug)]
pub(crate) struct Client {
    pub(crate) case: Case,
    /// The services after a change in the month, if there was one.
    pub(crate) changed: Option<Case>,
    /// Places of its partners in the office's list.
    pub(crate) partners: Vec<usize>,
    pub(crate) prevention: bool,
}

impl OfficeMonth {
    /// Its units in the order of their sequences, made one by one. The same seed gives the same ones; with the same seed
    /// another month of the year has the same people.
    pub fn units(self, seed: u64) -> impl Iterator<Item = GeneratedUnit> {
        self.units_when(seed, |_| true)
    }

    /// Only the units made on days that are wanted.
    pub(crate) fn units_when(
        self,
        seed: u64,
        wanted: impl Fn(Day) -> bool,
    ) -> impl Iterator<Item = GeneratedUnit> {
        let first = Day::first_of(&self.month);
        let clients = self.clients(seed, first);
        let mut steps = schedule::steps(&self, &clients, &mut Rng::new(seed, 2), first);
        steps.retain(|step| wanted(step.day));
        schedule::number(&mut steps);
        steps
            .into_iter()
            .filter_map(move |step| self.unit(seed, &clients, &step))
    }

    pub(crate) fn clients(&self, seed: u64, first: Day) -> Vec<Client> {
        let side = |prevention: bool| -> Vec<usize> {
            let fits = |partner: &Partner| {
                let kind = partner.kind.as_str();
                !catalogue::is_planner(kind) && catalogue::is_prevention(kind) == prevention
            };
            let v3 = prevention && self.edition == Edition::V3;
            let places = self.partners.iter().enumerate();
            places
                .filter(|(_, partner)| fits(partner) && !v3)
                .map(|(at, _)| at)
                .collect()
        };
        let only_prevention = catalogue::is_prevention(&self.office.kind);
        let care = if only_prevention { Vec::new() } else { side(false) };
        let prevention = side(true);
        let mut clients = Vec::new();
        for position in 0..self.persons {
            // Each from a stream of its own: what one has changes nothing for the next.
            let mut rng = Rng::new(seed.wrapping_add(position as u64), 1);
            let in_prevention = care.is_empty() || (!prevention.is_empty() && rng.one_in(5));
            let pool = if in_prevention { &prevention } else { &care };
            if pool.is_empty() {
                break;
            }
            let person = Person::new(&mut rng, position, first, in_prevention);
            let partners = self.choose(pool, &mut rng);
            let offices: Vec<Provider> = partners
                .iter()
                .filter_map(|at| self.partners.get(*at))
                .map(|partner| Provider::new(&partner.number, &partner.kind))
                .collect();
            let case = Case::having(person, &offices, first, self.edition, &mut rng);
            let changed = rng.one_in(12).then(|| Case {
                lines: lines::actual(&case.lines, &mut rng),
                ..case.clone()
            });
            clients.push(Client {
                case,
                changed,
                partners,
                prevention: in_prevention,
            });
        }
        clients
    }

    /// One to three partners of different kinds.
    fn choose(&self, pool: &[usize], rng: &mut Rng) -> Vec<usize> {
        let mut chosen: Vec<usize> = Vec::new();
        for _ in 0..rng.pick(&[1, 2, 2, 3]) {
            let at = rng.pick(pool);
            let kind = |at: &usize| self.partners.get(*at).map(|partner| &partner.kind);
            if chosen.iter().all(|other| kind(other) != kind(&at)) {
                chosen.push(at);
            }
        }
        chosen
    }

    fn unit(&self, seed: u64, clients: &[Client], step: &Step) -> Option<GeneratedUnit> {
        let partner = self.partners.get(step.partner)?;
        let care = (self.office.number.as_str(), self.office.kind.as_str());
        let other = (partner.number.as_str(), partner.kind.as_str());
        let when = (self.month.as_str(), step.sequence.as_str());
        let scene = Scene::between(self.edition, step.unit, when, care, other);
        let mut draft = Draft::new(&scene);
        for at in &step.clients {
            let client = clients.get(*at)?;
            let mut rng = Rng::new(seed.wrapping_add(*at as u64), 3);
            let changed = client.changed.as_ref().filter(|_| step.after_change);
            let planned = changed.unwrap_or(&client.case);
            if !step.unit.from_provider() {
                draft.add(planned, &mut rng);
                continue;
            }
            // Each provider's own part of it; how it went is the same in a correction, but for the one corrected.
            let mut rng = Rng::new(seed ^ (*at as u64) << 20 ^ step.partner as u64, 4);
            let own: Vec<_> = planned
                .lines
                .iter()
                .filter(|line| line.office == scene.provider)
                .cloned()
                .collect();
            let mut lines = lines::actual(&own, &mut rng);
            if step.corrected == Some(*at) {
                lines = lines::actual(&own, &mut rng);
            }
            let person = planned.person.clone();
            draft.add(&Case { person, lines }, &mut rng);
        }
        Some(draft.finish())
    }
}
