//! Good seals: ours, and every form in which the openssl command line makes them.

use seal::authority::{Authority, KeyKind};
use seal::{SealError, Sealer, content};

use crate::openssl_cli::{Desk, sign};
use crate::world::{CONTENT, World, accepted_at, now};

#[track_caller]
fn opens(world: &World, cms: &[u8]) {
    let opened = world.open(cms).unwrap();
    assert_eq!(opened.content, CONTENT);
    assert_eq!(opened.signer.office.unwrap().as_str(), "0300000100");
    assert_eq!(content::unverified(cms).unwrap(), CONTENT);
    let alone = seal::open_alone(cms, accepted_at()).unwrap();
    assert_eq!(
        (alone.content.as_slice(), alone.office),
        (CONTENT, opened.signer.office)
    );
}

#[test]
fn our_own_seals_open_with_every_kind_of_key() {
    let world = World::new();
    for kind in [KeyKind::Rsa2048, KeyKind::P256, KeyKind::P384] {
        let issued = world.issue(kind);
        let sealer = Sealer::from_pem(&issued.cert_pem, &issued.key_pem).unwrap();
        let cms = sealer.seal(CONTENT).unwrap();
        opens(&world, &cms);
        assert_eq!(world.open(&cms).unwrap().signer.fingerprint, sealer.fingerprint());
    }
}

#[test]
fn the_command_lines_seals_open() {
    let world = World::new();
    let p256 = world.issue(KeyKind::P256);
    let rsa = world.issue(KeyKind::Rsa2048);
    let p384 = world.issue(KeyKind::P384);
    let pss = ["-nodetach", "-keyopt", "rsa_padding_mode:pss"];
    let pss_digest = [&pss[..], &["-keyopt", "rsa_pss_saltlen:digest"]].concat();
    for (signer, arguments) in [
        (&p256, &["-nodetach"][..]),
        (&rsa, &["-nodetach"]),
        (&p384, &["-nodetach", "-md", "sha384"]),
        (&rsa, &["-nodetach", "-md", "sha512"]),
        (&p256, &["-nodetach", "-keyid"]),
        (&p256, &["-nodetach", "-stream"]),
        (&rsa, &["-nodetach", "-stream", "-keyid"]),
        (&p256, &["-nodetach", "-cades"]),
        (&rsa, &pss),
        (&rsa, &pss_digest),
    ] {
        opens(&world, &sign(signer, CONTENT, arguments));
    }
}

#[test]
fn streamed_seals_really_are_ber() {
    let world = World::new();
    let cms = sign(&world.issue(KeyKind::P256), CONTENT, &["-nodetach", "-stream"]);
    assert_eq!(cms[..2], [0x30, 0x80]);
    let large = vec![0x5a; 300_000];
    let cms = sign(&world.issue(KeyKind::P256), &large, &["-nodetach", "-stream"]);
    assert_eq!(
        world.open(&cms).unwrap().content,
        large,
        "content in several pieces"
    );
}

#[test]
fn further_certificates_in_the_bag_do_no_harm() {
    let world = World::new();
    let desk = Desk::new();
    let others: Vec<u8> = (0..3).flat_map(|_| world.issue(KeyKind::P256).cert_pem).collect();
    let issued = world.issue(KeyKind::P256);
    desk.put_signer("signer", &issued);
    desk.put("others.pem", &[others, world.authority.cert_pem()].concat());
    desk.put("in", CONTENT);
    let cms = desk.run(&[
        "cms",
        "-sign",
        "-binary",
        "-nodetach",
        "-in",
        "in",
        "-outform",
        "DER",
        "-out",
        "out",
        "-signer",
        "signer.pem",
        "-inkey",
        "signer.key",
        "-certfile",
        "others.pem",
    ]);
    opens(&world, &cms);
}

#[test]
fn an_empty_content_is_a_content() {
    let world = World::new();
    let issued = world.issue(KeyKind::P256);
    let cms = Sealer::from_pem(&issued.cert_pem, &issued.key_pem)
        .unwrap()
        .seal(b"")
        .unwrap();
    assert_eq!(world.open(&cms).unwrap().content, b"");
}

#[test]
fn openssl_opens_our_seals_and_reads_our_p12() {
    let world = World::new();
    let issued = world.issue(KeyKind::P256);
    let cms = Sealer::from_pem(&issued.cert_pem, &issued.key_pem)
        .unwrap()
        .seal(CONTENT)
        .unwrap();
    let desk = Desk::new();
    desk.put("seal", &cms);
    desk.put("ca.pem", &world.authority.cert_pem());
    let verified = desk.run(&[
        "cms",
        "-verify",
        "-binary",
        "-inform",
        "DER",
        "-in",
        "seal",
        "-CAfile",
        "ca.pem",
        "-attime",
        &(accepted_at().micros() / 1_000_000).to_string(),
        "-out",
        "out",
    ]);
    assert_eq!(verified, CONTENT);
    desk.put("office.p12", &world.authority.p12(&issued, "secret").unwrap());
    let pem = desk.run(&[
        "pkcs12",
        "-in",
        "office.p12",
        "-passin",
        "pass:secret",
        "-nodes",
        "-out",
        "out",
    ]);
    let text = String::from_utf8(pem).unwrap();
    assert_eq!(text.matches("BEGIN CERTIFICATE").count(), 2);
    assert!(text.contains("BEGIN PRIVATE KEY"));
}

#[test]
fn a_sealer_needs_a_pair_that_can_be_read() {
    let world = World::new();
    let (one, other) = (world.issue(KeyKind::P256), world.issue(KeyKind::P256));
    let refused = |cert: &[u8], key: &[u8]| Sealer::from_pem(cert, key).unwrap_err();
    assert!(matches!(
        refused(&one.cert_pem, &other.key_pem),
        SealError::NotAPair
    ));
    assert!(matches!(refused(b"", &one.key_pem), SealError::Certificate(None)));
    assert!(matches!(refused(&one.cert_pem, b"nothing"), SealError::Key(_)));
    let desk = Desk::new();
    desk.put_signer("one", &one);
    let locked = desk.run(&[
        "pkcs8", "-topk8", "-in", "one.key", "-passout", "pass:x", "-out", "out",
    ]);
    assert!(
        matches!(refused(&one.cert_pem, &locked), SealError::Key(_)),
        "asks nobody for a password"
    );
}

#[test]
fn an_authority_is_read_back_from_its_pem() {
    let world = World::new();
    let again = Authority::from_pem(&world.authority.cert_pem(), &world.authority.key_pem()).unwrap();
    let issued = again.issue(&crate::world::request(KeyKind::P256)).unwrap();
    let cms = Sealer::from_pem(&issued.cert_pem, &issued.key_pem)
        .unwrap()
        .seal(CONTENT)
        .unwrap();
    assert!(seal::open(&cms, &world.trust(), accepted_at(), now()).is_ok());
}
