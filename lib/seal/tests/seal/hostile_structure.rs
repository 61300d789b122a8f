//! Hostile seals whose shape or algorithms are wrong: each is refused with its own code, and for no other reason.

use seal::authority::{Issued, KeyKind};
use seal::content;

use crate::openssl_cli::{Desk, sign};
use crate::world::{CONTENT, World};

fn good(world: &World) -> (Issued, Vec<u8>) {
    let issued = world.issue(KeyKind::P256);
    let cms = sign(&issued, CONTENT, &["-nodetach"]);
    (issued, cms)
}

fn unverified(cms: &[u8]) -> String {
    content::unverified(cms).unwrap_err().code
}

#[test]
fn what_is_no_cms_is_refused() {
    let world = World::new();
    let (issued, cms) = good(&world);
    let zip = b"PK\x03\x04 a bare ZIP";
    for bad in [
        &b""[..],
        b"0",
        b"garbage",
        zip,
        &[0x30, 0x00],
        &[0x30, 0x80],
        &issued.cert_pem,
        &cms[..cms.len() - 1],
    ] {
        assert_eq!(world.refused(bad), ["seal.not_cms"], "{bad:?}");
        assert_eq!(unverified(bad), "seal.not_cms");
    }
    assert_eq!(world.refused(&issued.cert_der), ["seal.not_cms"], "a certificate");
    assert_eq!(
        world.refused(&[0x30, 0x80].repeat(100_000)),
        ["seal.not_cms"],
        "nested without end"
    );
}

#[test]
fn cms_of_another_kind_is_refused() {
    let world = World::new();
    let desk = Desk::new();
    let issued = world.issue(KeyKind::Rsa2048);
    desk.put_signer("one", &issued);
    desk.put("in", CONTENT);
    let make = |arguments: &[&str]| {
        desk.run(
            &[
                &["cms", "-binary", "-in", "in", "-outform", "DER", "-out", "out"],
                arguments,
            ]
            .concat(),
        )
    };
    let key = "000102030405060708090a0b0c0d0e0f";
    for cms in [
        make(&["-EncryptedData_encrypt", "-aes128", "-secretkey", key]),
        make(&["-data_create"]),
        make(&["-digest_create"]),
        make(&["-encrypt", "-aes128", "-recip", "one.pem"]),
        make(&["-encrypt", "-aes128", "-stream", "-recip", "one.pem"]),
        make(&[
            "-sign",
            "-nodetach",
            "-signer",
            "one.pem",
            "-inkey",
            "one.key",
            "-econtent_type",
            "1.2.3.4",
        ]),
    ] {
        assert_eq!(world.refused(&cms), ["seal.content_type"]);
        assert_eq!(unverified(&cms), "seal.content_type");
    }
}

#[test]
fn the_content_must_be_inside() {
    let world = World::new();
    let detached = sign(&world.issue(KeyKind::P256), CONTENT, &[]);
    assert_eq!(world.refused(&detached), ["seal.detached"]);
    assert_eq!(unverified(&detached), "seal.detached");
    let desk = Desk::new();
    desk.put_signer("one", &world.issue(KeyKind::P256));
    let degenerate = desk.run(&[
        "crl2pkcs7",
        "-nocrl",
        "-certfile",
        "one.pem",
        "-outform",
        "DER",
        "-out",
        "out",
    ]);
    assert_eq!(world.refused(&degenerate), ["seal.detached", "seal.signers"]);
}

#[test]
fn nothing_may_follow() {
    let world = World::new();
    let (issued, der) = good(&world);
    let ber = sign(&issued, CONTENT, &["-nodetach", "-stream"]);
    for cms in [&der, &ber] {
        for tail in [&b"\n"[..], b"\0", b"\0\0", cms] {
            let longer = [cms, tail].concat();
            assert_eq!(world.refused(&longer), ["seal.trailing"]);
            assert_eq!(unverified(&longer), "seal.trailing");
        }
    }
}

#[test]
fn there_is_one_signer() {
    let world = World::new();
    let desk = Desk::new();
    desk.put_signer("one", &world.issue(KeyKind::P256));
    desk.put_signer("two", &world.issue(KeyKind::P256));
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
        "one.pem",
        "-inkey",
        "one.key",
        "-signer",
        "two.pem",
        "-inkey",
        "two.key",
    ]);
    assert_eq!(world.refused(&cms), ["seal.signers"]);
}

#[test]
fn weak_algorithms_are_refused() {
    let world = World::new();
    let rsa = world.issue(KeyKind::Rsa2048);
    let pss = ["-nodetach", "-keyopt", "rsa_padding_mode:pss"];
    let no_salt = [&pss[..], &["-keyopt", "rsa_pss_saltlen:0"]].concat();
    let weak_mask = [&pss[..], &["-keyopt", "rsa_mgf1_md:sha1"]].concat();
    let weak_pss = [&pss[..], &["-md", "sha1"]].concat();
    for arguments in [
        &["-nodetach", "-md", "sha1"][..],
        &["-nodetach", "-md", "md5"],
        &no_salt,
        &weak_mask,
        &weak_pss,
    ] {
        assert_eq!(
            world.refused(&sign(&rsa, CONTENT, arguments)),
            ["seal.algorithm"],
            "{arguments:?}"
        );
    }
    let short = world.issue(KeyKind::Rsa1024);
    assert_eq!(
        world.refused(&sign(&short, CONTENT, &["-nodetach"])),
        ["seal.algorithm"]
    );
}

#[test]
fn signed_attributes_and_the_certificate_are_needed() {
    let world = World::new();
    let issued = world.issue(KeyKind::P256);
    let bare = sign(&issued, CONTENT, &["-nodetach", "-noattr"]);
    assert_eq!(world.refused(&bare), ["seal.signed_attributes"]);
    let nameless = sign(&issued, CONTENT, &["-nodetach", "-nocerts"]);
    assert_eq!(world.refused(&nameless), ["seal.certificate_missing"]);
    let everything = sign(&issued, CONTENT, &["-noattr", "-nocerts", "-md", "sha1"]);
    let expected = [
        "seal.detached",
        "seal.algorithm",
        "seal.signed_attributes",
        "seal.certificate_missing",
    ];
    assert_eq!(world.refused(&everything), expected, "every problem is told");
}

#[test]
fn what_surrounds_the_content_is_bounded() {
    let world = World::new();
    let desk = Desk::new();
    let issued = world.issue(KeyKind::P256);
    let many: Vec<u8> = (0..150)
        .flat_map(|_| world.issue(KeyKind::P256).cert_pem)
        .collect();
    desk.put_signer("one", &issued);
    desk.put("many.pem", &many);
    desk.put("in", CONTENT);
    for stream in [&[][..], &["-stream"]] {
        let arguments = [
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
            "one.pem",
            "-inkey",
            "one.key",
            "-certfile",
            "many.pem",
        ];
        let cms = desk.run(&[&arguments, stream].concat());
        assert_eq!(world.refused(&cms), ["seal.not_cms"]);
    }
}
