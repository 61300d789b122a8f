//! Which certificates are believed: the same mechanism for TLS peers and signers.

use proto::Time;
use seal::authority::{Authority, KeyKind, Request, Usage};
use seal::trust::{Purpose, Role, Subject, Trust, TrustProblem, fingerprint};

use crate::openssl_cli::certify;
use crate::world::{World, accepted_at, now, request, time, today};

fn judge(trust: &Trust, certificate: &[u8], purpose: Purpose) -> Result<Subject, TrustProblem> {
    trust.judge(&[certificate.to_vec()], accepted_at(), now(), purpose)
}

fn issued(world: &World, change: impl FnOnce(&mut Request)) -> Vec<u8> {
    let mut request = request(KeyKind::P256);
    change(&mut request);
    world.authority.issue(&request).unwrap().cert_der
}

#[test]
fn the_subject_is_what_the_certificate_says() {
    let world = World::new();
    let certificate = world.issue(KeyKind::P256).cert_der;
    let trust = world.trust();
    for purpose in [Purpose::TlsClient, Purpose::Sign, Purpose::TlsClient] {
        let subject = judge(&trust, &certificate, purpose).unwrap();
        let expected = Subject {
            fingerprint: fingerprint(&certificate),
            role: Role::Office,
            office: Some("0300000100".parse().unwrap()),
            common_name: Some("KJ0300000100AB".to_owned()),
            not_before: time("2024-04-01T00:00:00+09:00"),
            not_after: time("2026-03-31T23:59:59+09:00"),
        };
        assert_eq!(subject, expected);
    }
}

#[test]
fn an_offices_subject_has_exactly_one_office_number() {
    let world = World::new();
    let trust = world.trust();
    let one = "JGNO:0300000100";
    for numbers in [
        &[][..],
        &[one, one],
        &[one, "JGNO:0300000005"],
        &["0300000100"],
        &["JGNO:030000010"],
        &["jgno:0300000100"],
        &["JGNO:0300000100 "],
        &["JGNO:03000001000"],
        &[one, "X"],
    ] {
        let certificate = issued(&world, |request| {
            request.serial_numbers = numbers.iter().map(|number| (*number).to_owned()).collect();
        });
        assert_eq!(
            judge(&trust, &certificate, Purpose::TlsClient),
            Err(TrustProblem::Subject),
            "{numbers:?}"
        );
        assert_eq!(
            judge(&trust, &certificate, Purpose::Sign),
            Err(TrustProblem::Subject),
            "from the cache too"
        );
    }
}

#[test]
fn other_roles_have_no_office() {
    let world = World::new();
    let vendors = Authority::create("Vendor CA", Role::Vendor).unwrap();
    world.put("vendor-2025.pem", &vendors.cert_pem());
    let (from, until) = (time("2025-03-01T00:00:00Z"), time("2025-05-01T00:00:00Z"));
    world.put("vendor-2025.crl", &vendors.crl_pem(&[], from, until).unwrap());
    let certificate = vendors.issue(&request(KeyKind::Rsa2048)).unwrap().cert_der;
    let subject = judge(&world.trust(), &certificate, Purpose::TlsClient).unwrap();
    assert_eq!((subject.role, subject.office), (Role::Vendor, None));
}

#[test]
fn usages_are_kept() {
    let world = World::new();
    let trust = world.trust();
    let with = |usage| issued(&world, |request| request.usage = usage);
    let both = |usage| {
        let certificate = with(usage);
        [Purpose::TlsClient, Purpose::Sign].map(|purpose| judge(&trust, &certificate, purpose).err())
    };
    assert_eq!(both(Usage::ClientAndSign), [None, None]);
    assert_eq!(
        both(Usage::ClientOnly),
        [None, None],
        "offices sign with certificates for clients"
    );
    assert_eq!(both(Usage::Sign), [Some(TrustProblem::KeyUsage), None]);
    assert_eq!(both(Usage::Server)[0], Some(TrustProblem::KeyUsage));
}

/// Judged now, as the command line dates its certificates, under a list that lasts long enough.
fn judged_today(extensions: &str, further: &[&str]) -> [Option<TrustProblem>; 2] {
    let world = World::new();
    let list = world
        .authority
        .crl_pem(&[], time("2025-03-01T00:00:00Z"), time("2120-01-01T00:00:00Z"));
    world.put("office.crl", &list.unwrap());
    let certificate = certify(&world.authority, extensions, further).cert_der;
    let trust = world.trust();
    let today = today();
    [Purpose::TlsClient, Purpose::Sign].map(|purpose| {
        trust
            .judge(std::slice::from_ref(&certificate), today, today, purpose)
            .err()
    })
}

#[test]
fn outside_certificates_are_judged_by_the_usages_they_have() {
    let usage = Some(TrustProblem::KeyUsage);
    assert_eq!(judged_today("", &[]), [None, None], "no usages at all");
    assert_eq!(judged_today("extendedKeyUsage=clientAuth", &[]), [None, None]);
    assert_eq!(
        judged_today("extendedKeyUsage=anyExtendedKeyUsage", &[]),
        [None, None]
    );
    assert_eq!(judged_today("keyUsage=nonRepudiation", &[]), [usage, None]);
    assert_eq!(
        judged_today("keyUsage=critical,keyAgreement", &[]),
        [usage, usage]
    );
}

#[test]
fn rules_of_x509_are_kept() {
    let invalid = Some(TrustProblem::Invalid);
    assert_eq!(
        judged_today("1.2.3.4=critical,DER:0500", &[]),
        [invalid; 2],
        "an unknown critical extension"
    );
    assert_eq!(judged_today("", &["-sha1"]), [invalid; 2], "signed with SHA-1");
}

#[test]
fn what_is_no_leaf_certificate_is_invalid() {
    let world = World::new();
    let trust = world.trust();
    assert_eq!(
        trust.judge(&[], accepted_at(), now(), Purpose::Sign),
        Err(TrustProblem::Missing)
    );
    let good = world.issue(KeyKind::P256).cert_der;
    let longer = [&good[..], b"\0"].concat();
    let weak = issued(&world, |request| request.key = KeyKind::Rsa1024);
    let authority = openssl::x509::X509::from_pem(&world.authority.cert_pem())
        .unwrap()
        .to_der()
        .unwrap();
    for bad in [
        &b""[..],
        b"garbage",
        &good[..good.len() - 1],
        &longer,
        &weak,
        &authority,
    ] {
        assert_eq!(judge(&trust, bad, Purpose::TlsClient), Err(TrustProblem::Invalid));
    }
}

#[test]
fn strangers_are_unknown() {
    let world = World::new();
    for name in ["Other CA", "Test CA"] {
        let stranger = Authority::create(name, Role::Office).unwrap();
        let certificate = stranger.issue(&request(KeyKind::P256)).unwrap().cert_der;
        assert_eq!(
            judge(&world.trust(), &certificate, Purpose::TlsClient),
            Err(TrustProblem::UnknownCa),
            "{name}"
        );
    }
}

#[test]
fn a_changed_certificate_is_never_believed() {
    let world = World::new();
    let trust = world.trust();
    let good = world.issue(KeyKind::P256).cert_der;
    for place in 0..good.len() {
        let mut changed = good.clone();
        changed[place] ^= 1;
        assert!(
            judge(&trust, &changed, Purpose::TlsClient).is_err(),
            "byte {place}"
        );
    }
}

#[test]
fn time_is_judged_anew_each_time() {
    let world = World::new();
    let trust = world.trust();
    let certificate = vec![world.issue(KeyKind::P256).cert_der];
    let at = |at: Time, now: Time| trust.judge(&certificate, at, now, Purpose::TlsClient).err();
    assert_eq!(at(accepted_at(), now()), None);
    assert_eq!(
        at(time("2024-03-31T23:59:59+09:00"), now()),
        Some(TrustProblem::NotYetValid)
    );
    assert_eq!(
        at(time("2026-04-01T00:00:00+09:00"), now()),
        Some(TrustProblem::Expired)
    );
    assert_eq!(
        at(accepted_at(), time("2025-05-01T00:00:01Z")),
        Some(TrustProblem::CrlStale)
    );
    assert_eq!(
        at(accepted_at(), time("2025-02-28T23:00:00Z")),
        Some(TrustProblem::CrlStale),
        "not issued yet"
    );
    assert_eq!(at(accepted_at(), now()), None);
    assert_eq!(trust.stale_from(), time("2025-05-01T00:00:00Z"));
}

#[test]
fn revocation_counts_from_its_date() {
    let world = World::new();
    let issued = world.issue(KeyKind::P256);
    let other = world.issue(KeyKind::P256);
    world.revoke(&[
        (other.serial.clone(), accepted_at().plus_seconds(1)),
        (issued.serial, accepted_at()),
    ]);
    let trust = world.trust();
    assert_eq!(
        judge(&trust, &issued.cert_der, Purpose::TlsClient),
        Err(TrustProblem::Revoked)
    );
    assert!(judge(&trust, &other.cert_der, Purpose::TlsClient).is_ok());
    let later = trust.judge(&[other.cert_der], now(), now(), Purpose::TlsClient);
    assert_eq!(later, Err(TrustProblem::Revoked));
}

#[test]
fn every_problem_has_its_codes() {
    for problem in [
        TrustProblem::Missing,
        TrustProblem::Invalid,
        TrustProblem::UnknownCa,
        TrustProblem::Expired,
        TrustProblem::NotYetValid,
        TrustProblem::Revoked,
        TrustProblem::KeyUsage,
        TrustProblem::Subject,
    ] {
        assert!(matches!(problem.at_door().status, 401 | 403), "{problem}");
        assert!(matches!(problem.in_seal().status, 403 | 422), "{problem}");
    }
    assert_eq!(TrustProblem::CrlStale.at_door().status, 503);
}
