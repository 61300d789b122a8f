//! Hostile seals whose signature or signer is wrong: each is refused with its own code, and for no other reason.

use cms::cert::{CertificateChoices, IssuerAndSerialNumber};
use cms::content_info::ContentInfo;
use cms::revocation::{RevocationInfoChoice, RevocationInfoChoices};
use cms::signed_data::{CertificateSet, SignedData, SignerIdentifier};
use der::{Any, Decode, Encode};
use proto::Time;
use seal::authority::{Authority, Issued, KeyKind};
use seal::trust::Role;
use seal::{OpenError, Sealer, content};
use x509_cert::Certificate;

use crate::openssl_cli::{Desk, certify, sign};
use crate::world::{CONTENT, World, accepted_at, now, request, time, today};

fn good(world: &World) -> (Issued, Vec<u8>) {
    let issued = world.issue(KeyKind::P256);
    let cms = sign(&issued, CONTENT, &["-nodetach"]);
    (issued, cms)
}

#[test]
fn tampering_breaks_the_signature() {
    let world = World::new();
    let (_, cms) = good(&world);
    let place = cms
        .windows(CONTENT.len())
        .position(|window| window == CONTENT)
        .unwrap();
    let mut content_changed = cms.clone();
    content_changed[place + 5] ^= 1;
    assert_eq!(world.refused(&content_changed), ["seal.signature"]);
    assert!(content::unverified(&content_changed).is_ok(), "structure only");
    let mut signature_changed = cms;
    *signature_changed.last_mut().unwrap() ^= 1;
    assert_eq!(world.refused(&signature_changed), ["seal.signature"]);
}

#[test]
fn a_seal_under_a_strangers_certificate_is_refused() {
    // The stranger's certificate has the same issuer and serial number as a good one would, from a CA of the same name.
    let world = World::new();
    let stranger = Authority::create("Test CA", Role::Office).unwrap();
    let issued = stranger.issue(&request(KeyKind::P256)).unwrap();
    assert_eq!(
        world.refused(&sign(&issued, CONTENT, &["-nodetach"])),
        ["seal.untrusted"]
    );
    let other = Authority::create("Other CA", Role::Office).unwrap();
    let issued = other.issue(&request(KeyKind::P256)).unwrap();
    assert_eq!(
        world.refused(&sign(&issued, CONTENT, &["-nodetach"])),
        ["seal.untrusted"]
    );
}

#[test]
fn naming_anothers_certificate_does_not_verify() {
    let world = World::new();
    let (_, cms) = good(&world);
    let other = world.issue(KeyKind::P256);
    let under_anothers_name = edit(&cms, |signed| {
        let certificate = Certificate::from_der(&other.cert_der).unwrap();
        let mut signer = signed.signer_infos.0.get(0).unwrap().clone();
        signer.sid = SignerIdentifier::IssuerAndSerialNumber(IssuerAndSerialNumber {
            issuer: certificate.tbs_certificate.issuer.clone(),
            serial_number: certificate.tbs_certificate.serial_number.clone(),
        });
        signed.signer_infos.0 = vec![signer].try_into().unwrap();
        let bag = vec![CertificateChoices::Certificate(certificate)];
        signed.certificates = Some(CertificateSet(bag.try_into().unwrap()));
    });
    assert!(content::unverified(&under_anothers_name).is_ok());
    assert_eq!(world.refused(&under_anothers_name), ["seal.signature"]);
}

#[test]
fn a_certificate_beside_the_signers_is_not_enough() {
    let world = World::new();
    let desk = Desk::new();
    desk.put_signer("one", &world.issue(KeyKind::P256));
    desk.put("other.pem", &world.issue(KeyKind::P256).cert_pem);
    desk.put("in", CONTENT);
    let cms = desk.run(&[
        "cms",
        "-sign",
        "-binary",
        "-nodetach",
        "-nocerts",
        "-in",
        "in",
        "-outform",
        "DER",
        "-out",
        "out",
        "-signer",
        "one.pem",
        "-inkey",
        "one.key",
        "-certfile",
        "other.pem",
    ]);
    assert_eq!(world.refused(&cms), ["seal.certificate_missing"]);
}

#[test]
fn validity_is_judged_at_acceptance() {
    let world = World::new();
    let mut short = request(KeyKind::P256);
    (short.not_before, short.not_after) = (accepted_at().plus_seconds(-60), accepted_at().plus_seconds(60));
    let issued = world.authority.issue(&short).unwrap();
    let cms = Sealer::from_pem(&issued.cert_pem, &issued.key_pem)
        .unwrap()
        .seal(CONTENT)
        .unwrap();
    let trust = world.trust();
    let at = |accepted_at: Time| match seal::open(&cms, &trust, accepted_at, now().plus_seconds(86_400)) {
        Ok(_) => "ok".to_owned(),
        Err(OpenError::Refused(problems)) => problems[0].code.clone(),
        Err(OpenError::CrlStale) => "stale".to_owned(),
    };
    assert_eq!(
        at(accepted_at()),
        "ok",
        "though it is over when it is judged, a day later"
    );
    assert_eq!(at(accepted_at().plus_seconds(-60)), "ok");
    assert_eq!(at(accepted_at().plus_seconds(60)), "ok");
    assert_eq!(at(accepted_at().plus_seconds(61)), "seal.expired");
    assert_eq!(at(accepted_at().plus_seconds(-61)), "seal.expired");
}

#[test]
fn a_certificate_not_meant_for_signing_is_refused() {
    let world = World::new();
    let issued = certify(&world.authority, "keyUsage=critical,keyAgreement", &[]);
    let cms = sign(&issued, CONTENT, &["-nodetach"]);
    let refused = seal::open(&cms, &world.trust(), today(), now()).unwrap_err();
    let OpenError::Refused(problems) = refused else {
        panic!("{refused:?}")
    };
    assert_eq!(problems[0].code, "seal.key_usage");
    assert!(problems.len() == 1);
}

#[test]
fn an_offices_certificate_without_office_number_is_refused() {
    let world = World::new();
    let mut nameless = request(KeyKind::P256);
    nameless.serial_numbers.clear();
    let cms = sign(
        &world.authority.issue(&nameless).unwrap(),
        CONTENT,
        &["-nodetach"],
    );
    assert_eq!(world.refused(&cms), ["auth.certificate_subject"]);
}

#[test]
fn revocation_counts_from_its_date() {
    let world = World::new();
    let (issued, cms) = good(&world);
    world.revoke(&[(issued.serial.clone(), accepted_at().plus_seconds(1))]);
    assert!(world.open(&cms).is_ok(), "revoked after acceptance");
    world.revoke(&[(issued.serial.clone(), accepted_at())]);
    assert_eq!(world.refused(&cms), ["seal.revoked"]);
}

#[test]
fn a_stale_revocation_list_refuses_nothing() {
    let world = World::new();
    let (_, mut cms) = good(&world);
    let trust = world.trust();
    let much_later = time("2025-05-01T00:00:01Z");
    assert!(seal::open(&cms, &trust, accepted_at(), time("2025-05-01T00:00:00Z")).is_ok());
    let stale = seal::open(&cms, &trust, accepted_at(), much_later).unwrap_err();
    assert!(matches!(stale, OpenError::CrlStale));
    *cms.last_mut().unwrap() ^= 1;
    let broken = seal::open(&cms, &trust, accepted_at(), much_later).unwrap_err();
    assert!(
        matches!(broken, OpenError::Refused(_)),
        "what is wrong anyway is refused at once"
    );
}

#[test]
fn revocation_lists_inside_the_envelope_are_ignored() {
    let world = World::new();
    let (issued, plain) = good(&world);
    let desk = Desk::new();
    let revoking = world
        .authority
        .crl_pem(
            &[(issued.serial.clone(), time("2025-01-01T00:00:00Z"))],
            time("2025-03-30T00:00:00Z"),
            time("2025-06-01T00:00:00Z"),
        )
        .unwrap();
    desk.put_signer("one", &issued);
    desk.put("in", CONTENT);
    desk.put("list.pem", &revoking);
    desk.put("plain", &plain);
    let list = desk.run(&["crl", "-in", "list.pem", "-outform", "DER", "-out", "out"]);
    let with_list = splice_crl(&plain, &list);
    assert!(content::unverified(&with_list).is_ok());
    assert!(world.open(&with_list).is_ok(), "the folder's list says nothing");
    world.revoke(&[(issued.serial.clone(), time("2025-01-01T00:00:00Z"))]);
    assert_eq!(world.refused(&with_list), ["seal.revoked"]);
}

/// The same CMS with a revocation list in it.
fn splice_crl(cms: &[u8], list: &[u8]) -> Vec<u8> {
    let list = x509_cert::crl::CertificateList::from_der(list).unwrap();
    let lists = vec![RevocationInfoChoice::Crl(list)];
    edit(cms, |signed| {
        signed.crls = Some(RevocationInfoChoices(lists.try_into().unwrap()))
    })
}

/// The same CMS with its unsigned parts changed.
fn edit(cms: &[u8], change: impl FnOnce(&mut SignedData)) -> Vec<u8> {
    let mut info = ContentInfo::from_der(cms).unwrap();
    let mut signed: SignedData = info.content.decode_as().unwrap();
    change(&mut signed);
    info.content = Any::encode_from(&signed).unwrap();
    info.to_der().unwrap()
}
