//! Conformance results and the matrix of imports.

use proto::api::{ImportResult, Imported};
use proto::conformance::{ConformanceResult, FORMAT};
use proto::desk_products::{ImportPair, OTHER_REASON, UNNAMED, UNREGISTERED};
use proto::{Problem, Time};
use serde_json::json;
use store::Store;

use crate::Place;
use crate::samples::{BY, Sample, at, destination, enter, sample};

fn result(product: &str, version: &str, ended_at: Time, failed: bool) -> ConformanceResult {
    let outcome = if failed { "failed" } else { "passed" };
    let value = json!({
        "format": FORMAT, "product": product, "version": version, "tool": "careplan 0", "catalogue": 1,
        "office": "0300000100", "product_office": "0300000005", "relay": "https://relay.example",
        "began_at": at(0), "ended_at": ended_at,
        "cases": [
            { "case": "sends.plan", "outcome": outcome, "findings": [{ "ja": "誤り", "en": "wrong" }] },
            { "case": "sends.usage", "outcome": "not_run" },
        ],
    });
    ConformanceResult::read(value.to_string().as_bytes()).unwrap()
}

async fn add(store: &Store, n: usize, result: &ConformanceResult) {
    let added = store
        .add_result(&format!("{n:064}"), result, "office:0300000100", b"cms", at(60))
        .await
        .unwrap();
    assert_eq!(added.unwrap().version, result.version);
}

pub(crate) async fn a_product_stands_with_its_newest_result(place: Place) {
    let store = &place.store;
    assert!(store.products().await.unwrap().items.is_empty());
    add(store, 2, &result("Kaigo Pro", "2", at(20), false)).await;
    add(store, 1, &result("kaigo  PRO", "1", at(10), true)).await;
    add(store, 3, &result("ケア", "1", at(30), true)).await;
    add(store, 3, &result("ケア", "1", at(30), true)).await;
    let products = store.products().await.unwrap().items;
    let told: Vec<_> = products
        .iter()
        .map(|product| {
            let newest = product.newest.as_ref().unwrap();
            (
                product.name.as_str(),
                product.results,
                newest.version.as_str(),
                newest.failed,
            )
        })
        .collect();
    assert_eq!(told, [("Kaigo Pro", 2, "2", 0), ("ケア", 1, "1", 1)]);
    let newest = products[1].newest.as_ref().unwrap();
    assert_eq!(newest.failed_cases, ["sends.plan"]);
    assert_eq!((newest.passed, newest.not_run, newest.added_at), (0, 1, at(60)));
}

pub(crate) async fn there_is_a_most_of_products(place: Place) {
    let store = &place.store;
    for n in 0..500 {
        add(store, n, &result(&format!("product {n}x"), "1", at(10), false)).await;
    }
    let more = result("one more", "1", at(10), false);
    let refused = store
        .add_result(&"f".repeat(64), &more, "office:0300000100", b"cms", at(60))
        .await;
    assert_eq!(refused.unwrap(), None);
    add(store, 900, &result("Product 7x", "2", at(10), false)).await;
}

/// Reports an import of what this software made.
async fn report(store: &Store, n: u64, made_with: Option<&str>, taken_by: Option<&str>, code: Option<&str>) {
    let one = Sample {
        software: made_with.map(str::to_owned),
        ..sample(n)
    };
    enter(store, one.learned()).await;
    let problem = |code: &str| Problem {
        code: code.to_owned(),
        ..Problem::new(&proto::codes::HTTP_BAD_REQUEST)
    };
    let imported = Imported {
        result: if code.is_some() {
            ImportResult::Failed
        } else {
            ImportResult::Ok
        },
        problems: code.map(problem).into_iter().collect(),
        software: taken_by.map(str::to_owned),
    };
    for _ in 0..2 {
        // The same report again is no second one.
        let when = at(100 + i64::try_from(n).unwrap());
        store
            .imported(destination(), one.id(), &imported, BY, when)
            .await
            .unwrap()
            .unwrap();
    }
}

pub(crate) async fn imports_are_counted_by_product(place: Place) {
    let store = &place.store;
    add(store, 1, &result("Kaigo Pro", "3", at(20), false)).await;
    add(store, 2, &result("ケア 21", "1", at(20), false)).await;
    let pro = Some("kaigo pro 3.1");
    report(store, 1, pro, Some("ケア 21"), None).await;
    report(store, 2, pro, Some("ケア 21 2.0"), Some("user.unknown")).await;
    report(store, 3, pro, Some("ケア 21 2.0"), Some("user.unknown")).await;
    report(store, 4, pro, Some("ケア 21 2.0"), Some("山田太郎")).await;
    report(store, 5, None, Some("山田太郎"), None).await;
    let pair = |made_with: &str, taken_by: &str| ImportPair {
        made_with: made_with.to_owned(),
        taken_by: taken_by.to_owned(),
        ok: 1,
        failed: 0,
        last_at: at(105),
        reason: None,
        reason_count: 0,
    };
    let wanted = [
        pair(UNNAMED, UNREGISTERED),
        ImportPair {
            failed: 3,
            last_at: at(104),
            reason: Some("user.unknown".to_owned()),
            reason_count: 2,
            ..pair("Kaigo Pro", "ケア 21")
        },
    ];
    assert_eq!(store.import_matrix().await.unwrap().items, wanted);
}

pub(crate) async fn reasons_are_bounded(place: Place) {
    let store = &place.store;
    for n in 0..800 {
        report(store, n, None, None, Some(&format!("code.{n}"))).await;
    }
    let pair = store.import_matrix().await.unwrap().items.remove(0);
    assert_eq!((pair.ok, pair.failed), (0, 800));
    assert_eq!(pair.reason.as_deref(), Some(OTHER_REASON), "{pair:?}");
    assert!(800 - pair.reason_count <= 16 * 33, "{pair:?}");
}
