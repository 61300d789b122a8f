//! Channels: whom they serve, what waits for them, and how far they are.

use proto::{Channel, Holder, OfficeNumber, Right};
use store::{ChannelList, Cursor, Due, NoticeTarget, OfficeFacts, Store};

use crate::Place;
use crate::samples::{BY, at, destination, enter, office, sample, sender};

fn channel(name: &str) -> Channel {
    name.parse().unwrap()
}

async fn due(store: &Store, channel: &Channel) -> Vec<Due> {
    store.channel_due(channel, None, 10, at(100)).await.unwrap()
}

async fn let_read(store: &Store, vendor: &Channel) {
    store
        .put_delegation(destination(), vendor.holder(), Right::Read, at(0), at(1_000))
        .await
        .unwrap();
}

pub(crate) async fn an_office_joins_at_what_nobody_has_collected(place: Place) {
    let store = &place.store;
    for n in 1..=3 {
        enter(store, sample(n).learned()).await;
    }
    let first = sample(1).id();
    store
        .collected(destination(), first, BY, at(20))
        .await
        .unwrap()
        .unwrap();
    let (vendor, own) = (channel("vendor.abc"), channel("office.0300000005"));
    store
        .put_channel(&vendor, &[destination()], at(50))
        .await
        .unwrap();
    store.put_channel(&own, &[], at(50)).await.unwrap();
    // Its own channel needs nobody's leave, a vendor's does.
    let waiting = due(store, &own).await;
    assert_eq!(waiting.len(), 1);
    assert_eq!(
        (waiting[0].office, waiting[0].inbox, waiting[0].inbox_end),
        (destination(), Some(Cursor::at(1)), Cursor::at(3))
    );
    assert!(due(store, &vendor).await.is_empty());
    let_read(store, &vendor).await;
    assert_eq!(due(store, &vendor).await[0].inbox, Some(Cursor::at(1)));
    // Put again it stays where it is; taken from it, nothing waits any more.
    store
        .channel_advance(
            &vendor,
            destination(),
            ChannelList::Inbox,
            Cursor::at(1),
            Cursor::at(2),
        )
        .await
        .unwrap();
    store
        .put_channel(&vendor, &[destination(), office("1300000039")], at(60))
        .await
        .unwrap();
    assert_eq!(due(store, &vendor).await[0].inbox, Some(Cursor::at(2)));
    let names: Vec<_> = store.channels().await.unwrap();
    assert_eq!(names, [(own.clone(), at(50)), (vendor.clone(), at(50))]);
    assert_eq!(
        store.channel_offices(&vendor).await.unwrap(),
        [destination(), office("1300000039")]
    );
    assert!(store.leave_channel(&vendor, destination()).await.unwrap());
    assert!(!store.leave_channel(&vendor, destination()).await.unwrap());
    assert!(due(store, &vendor).await.is_empty());
    assert!(store.remove_channel(&vendor).await.unwrap());
    assert!(!store.remove_channel(&vendor).await.unwrap());
}

pub(crate) async fn a_cursor_moves_for_one_of_two(place: Place) {
    let (store, vendor) = (&place.store, channel("vendor.abc"));
    store.put_channel(&vendor, &[destination()], at(0)).await.unwrap();
    let_read(store, &vendor).await;
    enter(store, sample(1).learned()).await;
    let advance = async |from, to| {
        let (from, to) = (Cursor::at(from), Cursor::at(to));
        store
            .channel_advance(&vendor, destination(), ChannelList::Inbox, from, to)
            .await
            .unwrap()
    };
    assert!(advance(0, 1).await);
    assert!(!advance(0, 1).await, "another has moved it");
    assert!(due(store, &vendor).await.is_empty());
    // A right that is over holds the cursor; given back, it goes on there.
    let revoked = store.revoke_delegation(destination(), vendor.holder(), Right::Read, at(50));
    assert!(revoked.await.unwrap());
    enter(store, sample(2).learned()).await;
    assert!(due(store, &vendor).await.is_empty());
    let until = at(1_000);
    let again = store.put_delegation(destination(), vendor.holder(), Right::Read, at(60), until);
    again.await.unwrap();
    assert_eq!(due(store, &vendor).await[0].inbox, Some(Cursor::at(1)));
}

pub(crate) async fn statuses_and_notices_wait_too(place: Place) {
    let (store, own) = (&place.store, channel("office.0300000100"));
    store.put_notice(Some(sender()), "before", at(1)).await.unwrap();
    store.put_channel(&own, &[], at(2)).await.unwrap();
    assert!(due(store, &own).await.is_empty());
    enter(store, sample(1).learned()).await;
    store
        .put_notice(Some(destination()), "to another", at(3))
        .await
        .unwrap();
    store.put_notice(None, "to all", at(3)).await.unwrap();
    store.put_notice(Some(sender()), "to it", at(3)).await.unwrap();
    let waiting = due(store, &own).await.remove(0);
    let told = store.channel_sent(&own, &waiting, 10).await.unwrap();
    assert_eq!(told.len(), 1);
    assert_eq!((told[0].0, told[0].1), (sample(1).id(), waiting.sent_end));
    let behind = waiting.notice.unwrap().position();
    let notices = store.notices(sender(), behind, 10).await.unwrap();
    let texts: Vec<_> = notices.iter().map(|notice| notice.text.as_str()).collect();
    assert_eq!(texts, ["to all", "to it"]);
    // A vendor hears of what it has submitted itself, and of nothing else.
    let vendor = channel("vendor.abc");
    let foreign = Due {
        sent: Cursor::default(),
        ..waiting
    };
    assert_eq!(vendor.holder(), &Holder::Vendor("abc".to_owned()));
    assert!(
        store
            .channel_sent(&vendor, &foreign, 10)
            .await
            .unwrap()
            .is_empty()
    );
    assert_eq!(
        store.mailbox_of(sample(1).id()).await.unwrap(),
        Some(destination())
    );
    assert_eq!(store.mailbox_of(sample(2).id()).await.unwrap(), None);
}

pub(crate) async fn notices_to_many_wait_for_those_they_are_for(place: Place) {
    let (store, own, other) = (
        &place.store,
        channel("office.0300000100"),
        channel("office.1300000039"),
    );
    for (number, service) in [("0300000100", "43"), ("1300000039", "11")] {
        let facts = OfficeFacts::open(office(number), number, &[service]);
        store.put_office(&facts).await.unwrap();
    }
    store.put_notice(None, "before", at(1)).await.unwrap();
    store.put_channel(&own, &[], at(2)).await.unwrap();
    store.put_channel(&other, &[], at(2)).await.unwrap();
    let waits = async |channel: &Channel, office: OfficeNumber| {
        let Some(waiting) = due(store, channel).await.pop() else {
            return Vec::new();
        };
        let from = waiting.notice.unwrap();
        let notices = store.notices(office, from.position(), 10).await.unwrap();
        let to = Cursor::at(notices.last().map_or(from.position(), |last| last.id));
        (store
            .channel_advance(channel, office, ChannelList::Notices, from, to)
            .await)
            .unwrap();
        notices.into_iter().map(|notice| notice.text).collect()
    };
    for (prefecture, service, ours, theirs) in [
        (None, None, true, true),
        (Some("03"), None, true, false),
        (None, Some("11"), false, true),
        (Some("03"), Some("11"), false, false),
        (Some("13"), Some("11"), false, true),
        (Some("47"), None, false, false),
    ] {
        let target = NoticeTarget {
            office: None,
            prefecture: prefecture.map(str::to_owned),
            service: service.map(str::to_owned),
        };
        store.publish_notice(&target, "x", at(3)).await.unwrap();
        let said = async |channel, number| !waits(channel, office(number)).await.is_empty();
        assert_eq!(said(&own, "0300000100").await, ours, "{target:?}");
        assert_eq!(said(&other, "1300000039").await, theirs, "{target:?}");
        assert!(!said(&own, "0300000100").await, "once");
    }
    // What was for others and is passed stays so, whatever the office becomes afterwards.
    store.pass_notices().await.unwrap();
    let facts = OfficeFacts::open(office("0300000100"), "x", &["11"]);
    store.put_office(&facts).await.unwrap();
    assert!(due(store, &own).await.is_empty());
    // What is for it is not passed over.
    store.put_notice(None, "to all", at(4)).await.unwrap();
    store.pass_notices().await.unwrap();
    assert_eq!(due(store, &own).await.len(), 1);
}

pub(crate) async fn a_draft_is_changed_published_or_discarded(place: Place) {
    let store = &place.store;
    let to_all = NoticeTarget::default();
    let by = "operator:sato";
    let first = store.put_draft(&to_all, "一", by, at(1)).await.unwrap();
    let second = store.put_draft(&to_all, "二", by, at(2)).await.unwrap();
    assert!(
        store.notices(sender(), 0, 10).await.unwrap().is_empty(),
        "nobody reads it"
    );
    let narrowed = NoticeTarget {
        office: Some(sender()),
        ..NoticeTarget::default()
    };
    assert!(
        store
            .change_draft(first, &narrowed, "壱", "operator:ito", at(3))
            .await
            .unwrap()
    );
    let draft = store.draft(first).await.unwrap().unwrap();
    assert_eq!(
        (
            draft.text.as_str(),
            draft.office,
            draft.changed_by.as_str(),
            draft.changed_at
        ),
        ("壱", Some(sender()), "operator:ito", at(3))
    );
    let ids: Vec<_> = store
        .drafts(10)
        .await
        .unwrap()
        .iter()
        .map(|draft| draft.id)
        .collect();
    assert_eq!(ids, [second, first]);
    let stale = store.publish_draft(first, at(2), at(4)).await.unwrap();
    assert_eq!(stale, None, "changed since it was read");
    let notice = store.publish_draft(first, at(3), at(4)).await.unwrap();
    assert!(notice.is_some());
    assert_eq!(
        store.publish_draft(first, at(3), at(5)).await.unwrap(),
        None,
        "once"
    );
    assert!(store.discard_draft(second).await.unwrap() && !store.discard_draft(second).await.unwrap());
    assert!(!store.change_draft(second, &to_all, "x", by, at(6)).await.unwrap());
    let published = store.published(10).await.unwrap();
    assert_eq!(
        (published.len(), published[0].office, published[0].text.as_str()),
        (1, Some(sender()), "壱")
    );
    assert!(store.notices(destination(), 0, 10).await.unwrap().is_empty());
}
