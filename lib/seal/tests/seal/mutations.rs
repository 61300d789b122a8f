//! Whatever is done to a seal's bytes: no panic, and never other content under a good signature.

use std::sync::LazyLock;

use openssl::cms::{CMSOptions, CmsContentInfo};
use openssl::x509::X509;
use openssl::x509::store::{X509Store, X509StoreBuilder};
use openssl::x509::verify::{X509VerifyFlags, X509VerifyParam};
use proptest::prelude::*;
use seal::authority::KeyKind;
use seal::trust::Trust;
use seal::{OpenError, content};

use crate::openssl_cli::sign;
use crate::world::{CONTENT, World, accepted_at, now};

struct Samples {
    trust: Trust,
    store: X509Store,
    seals: Vec<Vec<u8>>,
}

static SAMPLES: LazyLock<Samples> = LazyLock::new(|| {
    let world = World::new();
    let (p256, rsa) = (world.issue(KeyKind::P256), world.issue(KeyKind::Rsa2048));
    let seals = vec![
        sign(&p256, CONTENT, &["-nodetach"]),
        sign(&p256, CONTENT, &["-nodetach", "-stream"]),
        sign(&rsa, CONTENT, &["-nodetach", "-keyid"]),
        sign(&rsa, CONTENT, &["-nodetach", "-keyopt", "rsa_padding_mode:pss"]),
    ];
    let mut store = X509StoreBuilder::new().unwrap();
    store
        .add_cert(X509::from_pem(&world.authority.cert_pem()).unwrap())
        .unwrap();
    let mut rules = X509VerifyParam::new().unwrap();
    rules.set_flags(X509VerifyFlags::NO_CHECK_TIME).unwrap();
    rules.set_purpose(openssl::x509::X509PurposeId::ANY).unwrap();
    store.set_param(&rules).unwrap();
    Samples {
        trust: world.trust(),
        store: store.build(),
        seals,
    }
});

/// What OpenSSL alone, on the unchanged bytes and with its own choice of certificate, makes of a seal.
fn plainly_verified(cms: &[u8], store: &X509Store) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let mut cms = CmsContentInfo::from_der(cms).ok()?;
    cms.verify(None, Some(store), None, Some(&mut out), CMSOptions::BINARY)
        .ok()?;
    Some(out)
}

fn check(cms: &[u8]) -> Result<(), TestCaseError> {
    let unverified = content::unverified(cms);
    match seal::open(cms, &SAMPLES.trust, accepted_at(), now()) {
        Ok(opened) => {
            prop_assert_eq!(&opened.content, CONTENT);
            prop_assert_eq!(unverified.unwrap(), CONTENT);
            let plain = plainly_verified(cms, &SAMPLES.store);
            prop_assert_eq!(plain.as_deref(), Some(CONTENT), "OpenSSL alone says the same");
        }
        Err(OpenError::Refused(problems)) => prop_assert!(!problems.is_empty()),
        Err(OpenError::CrlStale) => prop_assert!(false, "the list is fresh"),
    }
    Ok(())
}

#[test]
fn the_samples_are_good_both_ways() {
    for seal in &SAMPLES.seals {
        assert_eq!(plainly_verified(seal, &SAMPLES.store).as_deref(), Some(CONTENT));
        assert!(seal::open(seal, &SAMPLES.trust, accepted_at(), now()).is_ok());
    }
}

#[test]
fn every_byte_of_a_seal_may_be_changed() {
    // All bytes of the first, a part of the others: each costs OpenSSL the reading of a certificate.
    for (seal, step) in SAMPLES.seals.iter().zip([1, 3, 7, 11]) {
        for place in (0..seal.len()).step_by(step) {
            let mut changed = seal.clone();
            changed[place] = !changed[place];
            check(&changed).unwrap();
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn mutations_never_verify_other_content(
        sample in 0_usize..4,
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        cut in prop::option::of(any::<prop::sample::Index>()),
        doubled in prop::option::of((any::<prop::sample::Index>(), 1_usize..40)),
    ) {
        let mut cms = SAMPLES.seals[sample].clone();
        for (place, value) in edits {
            let place = place.index(cms.len());
            cms[place] = value;
        }
        if let Some((place, count)) = doubled {
            let from = place.index(cms.len());
            let until = cms.len().min(from + count);
            let piece = cms[from..until].to_vec();
            cms.splice(from..from, piece);
        }
        if let Some(length) = cut {
            cms.truncate(length.index(cms.len() + 1));
        }
        check(&cms)?;
    }

    #[test]
    fn any_bytes_are_judged_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        prop_assert!(content::unverified(&bytes).is_err());
        check(&bytes)?;
    }
}
