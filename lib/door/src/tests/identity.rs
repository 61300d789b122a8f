//! Who is there, and how each refusal of a certificate reads.

use chassis::process;
use seal::authority::{Authority, KeyKind, Request, Usage};
use seal::trust::{Role, fingerprint};

use super::world::{DAY, OFFICE, World, request};

#[tokio::test]
async fn a_bound_certificate_is_its_holder() {
    let world = World::new().await;
    let office = world.office().await;
    let rsa = Request {
        key: KeyKind::Rsa2048,
        ..request(&["JGNO:0300000005"])
    };
    let rsa = world.offices.issue(&rsa).unwrap();
    world.bind(&rsa, "office:0300000005").await;
    let vendor = world.vendors.issue(&request(&[])).unwrap();
    world.bind(&vendor, "vendor:abc").await;
    let open = world.open().await;
    for (shows, holder) in [
        (&office, "office:0300000100"),
        (&rsa, "office:0300000005"),
        (&vendor, "vendor:abc"),
    ] {
        let answer = open.get(Some(shows), "/who").await;
        assert_eq!((answer.status(), answer.body.as_str()), (200, holder));
    }
}

#[tokio::test]
async fn a_certificate_that_is_not_believed_is_told_why() {
    let world = World::new().await;
    let number = format!("JGNO:{OFFICE}");
    let stranger = Authority::create("offices", Role::Office).unwrap();
    let stranger = stranger.issue(&request(&[&number])).unwrap();
    let now = process::now();
    let expired = Request {
        not_after: now.plus_seconds(-60),
        ..request(&[&number])
    };
    let expired = world.offices.issue(&expired).unwrap();
    let early = Request {
        not_before: now.plus_seconds(DAY / 2),
        ..request(&[&number])
    };
    let early = world.offices.issue(&early).unwrap();
    let signer = Request {
        usage: Usage::Sign,
        ..request(&[&number])
    };
    let signer = world.offices.issue(&signer).unwrap();
    let listed = world.office().await;
    world.revoke(&[&listed], DAY);
    let open = world.open().await;
    for (shows, code) in [
        (None, "auth.certificate_missing"),
        (Some(&stranger), "auth.certificate_unknown_ca"),
        (Some(&expired), "auth.certificate_expired"),
        (Some(&early), "auth.certificate_expired"),
        (Some(&signer), "auth.certificate_invalid"),
        (Some(&listed), "auth.certificate_revoked"),
    ] {
        let answer = open.get(shows, "/who").await;
        assert_eq!((answer.status(), answer.code().as_str()), (401, code));
        assert_eq!(answer.header("cache-control").unwrap(), "no-store");
    }
}

#[tokio::test]
async fn a_certificate_the_directory_does_not_admit_is_told_why() {
    let world = World::new().await;
    let number = format!("JGNO:{OFFICE}");
    let unbound = world.offices.issue(&request(&[&number])).unwrap();
    let two = world
        .offices
        .issue(&request(&[&number, "JGNO:0300000005"]))
        .unwrap();
    world.bind(&two, &format!("office:{OFFICE}")).await;
    let none = world.offices.issue(&request(&[])).unwrap();
    world.bind(&none, &format!("office:{OFFICE}")).await;
    let other = world.offices.issue(&request(&[&number])).unwrap();
    world.bind(&other, "office:0300000005").await;
    let climber = world.vendors.issue(&request(&[])).unwrap();
    world.bind(&climber, "operator:sato").await;
    let open = world.open().await;
    for (shows, code) in [
        (&unbound, "auth.certificate_unbound"),
        (&two, "auth.certificate_subject"),
        (&none, "auth.certificate_subject"),
        (&other, "auth.certificate_subject"),
        (&climber, "auth.role"),
    ] {
        let answer = open.get(Some(shows), "/who").await;
        assert_eq!((answer.status(), answer.code().as_str()), (403, code));
    }
}

#[tokio::test]
async fn the_snapshot_only_says_yes_and_a_refusal_is_read_afresh() {
    let world = World::new().await;
    let office = world
        .offices
        .issue(&request(&[&format!("JGNO:{OFFICE}")]))
        .unwrap();
    let open = world.open().await;
    let refused = open.get(Some(&office), "/who").await;
    assert_eq!(refused.code(), "auth.certificate_unbound");
    // The snapshot still knows "no"; the operator has bound it since.
    open.world.bind(&office, &format!("office:{OFFICE}")).await;
    assert_eq!(open.get(Some(&office), "/who").await.status(), 200);
}

#[tokio::test]
async fn an_ended_binding_is_revoked() {
    let world = World::new().await;
    let office = world.office().await;
    let ended = fingerprint(&office.cert_der);
    assert!(
        world
            .store
            .end_binding(&ended, process::now().plus_seconds(-1))
            .await
            .unwrap()
    );
    let open = world.open().await;
    let answer = open.get(Some(&office), "/who").await;
    assert_eq!(
        (answer.status(), answer.code().as_str()),
        (401, "auth.certificate_revoked")
    );
}

#[tokio::test]
async fn a_stale_revocation_list_is_our_matter_and_no_refusal() {
    let world = World::new().await;
    let office = world.office().await;
    world.revoke(&[], -60);
    let open = world.open().await;
    let answer = open.get(Some(&office), "/who").await;
    assert_eq!(
        (answer.status(), answer.code().as_str()),
        (503, "trust.crl_stale")
    );
    assert!(answer.header("retry-after").is_some());
    // The new list counts without a restart.
    open.world.revoke(&[], DAY);
    assert_eq!(open.get(Some(&office), "/who").await.status(), 200);
}
