//! Accounts, sessions, tokens, invitations, the log.

use castellan_server::data::DataError;
use castellan_server::data::people::is_right;
use castellan_server::scope::{Right, Role};
use castellan_store::values;
use secrecy::SecretString;

use crate::{PASSWORD, both, everything, log_in, new_person, open, organisation};

both!(
    a_server_gets_one_owner,
    an_invitation_is_taken_up_once,
    the_last_owner_stays,
    nobody_gives_more_than_they_have,
    a_token_does_what_it_is_for,
    failed_log_ins_wait_without_locking_out,
    a_changed_log_is_found_out,
    a_password_change_ends_other_sessions,
);

async fn a_server_gets_one_owner(address: String) {
    let data = open(&address).await;
    assert!(data.is_new().await.unwrap());
    data.found("Shop", &new_person("ada@shop.example"), true).await.unwrap();
    assert!(!data.is_new().await.unwrap());
    let again = data.found("Other", &new_person("eve@other.example"), true).await.unwrap_err();
    assert!(matches!(again, DataError::Conflict(_)), "{again}");
    let account = data.account("ADA@shop.example").await.unwrap().unwrap();
    let password = SecretString::from(PASSWORD.to_owned());
    assert!(is_right(&password, Some(account.password.clone())).await.unwrap());
    assert!(data.check_second(&account, "").await.unwrap());
}

async fn an_invitation_is_taken_up_once(address: String) {
    let data = open(&address).await;
    let owner = organisation(&data, "shop").await;
    let (_, secret) = data.invite(&owner, "Ben@shop.example", Role::Analyst, None).await.unwrap();
    assert_eq!(data.invited(&secret).await.unwrap().as_deref(), Some("ben@shop.example"));
    let password = || SecretString::from(PASSWORD.to_owned());
    let weak = data.accept(&secret, "Ben", SecretString::from("short".to_owned())).await.unwrap_err();
    assert!(matches!(weak, DataError::Invalid(_)));
    data.accept(&secret, "Ben", password()).await.unwrap();
    assert!(data.accept(&secret, "Ben", password()).await.is_err());
    let ben = log_in(&data, "ben@shop.example").await;
    assert!(ben.may(Right::Work) && !ben.may(Right::Manage));
    let (_, wrong) = data.invite(&owner, "cy@shop.example", Role::Viewer, None).await.unwrap();
    let open = data.invitations(&owner).await.unwrap();
    data.withdraw(&owner, open[0].id).await.unwrap();
    assert!(data.invited(&wrong).await.unwrap().is_none());
}

async fn the_last_owner_stays(address: String) {
    let data = open(&address).await;
    let owner = organisation(&data, "shop").await;
    let me = owner.actor().person;
    assert!(data.change_person(&owner, me, Some(Role::Viewer), None, None).await.is_err());
    assert!(data.change_person(&owner, me, None, None, Some(true)).await.is_err());
    let (_, secret) = data.invite(&owner, "ben@shop.example", Role::Owner, None).await.unwrap();
    data.accept(&secret, "Ben", SecretString::from(PASSWORD.to_owned())).await.unwrap();
    data.change_person(&owner, me, Some(Role::Viewer), None, None).await.unwrap();
    // What was begun as owner is over.
    assert!(data.sessions(&log_in(&data, "owner@shop.example").await).await.unwrap().len() == 1);
}

async fn nobody_gives_more_than_they_have(address: String) {
    let data = open(&address).await;
    let owner = organisation(&data, "shop").await;
    let (_, secret) = data.invite(&owner, "ben@shop.example", Role::Administrator, None).await.unwrap();
    data.accept(&secret, "Ben", SecretString::from(PASSWORD.to_owned())).await.unwrap();
    let ben = log_in(&data, "ben@shop.example").await;
    assert!(data.invite(&ben, "eve@shop.example", Role::Owner, None).await.is_err());
    let me = ben.actor().person;
    assert!(data.change_person(&ben, me, Some(Role::Owner), None, None).await.is_err());
    assert!(data.change_person(&ben, owner.actor().person, Some(Role::Viewer), None, None).await.is_err());
    assert!(data.drop_second(&ben, owner.actor().person).await.is_err());
    assert!(data.make_token(&ben, "all", Right::Own, None, 30).await.is_err());
}

async fn a_token_does_what_it_is_for(address: String) {
    let data = open(&address).await;
    let owner = organisation(&data, "shop").await;
    assert!(data.make_token(&owner, "ci", Right::Work, None, 400).await.is_err());
    let (token, secret) = data.make_token(&owner, "ci", Right::Work, None, 30).await.unwrap();
    let scope = data.of_token(&secret, "127.0.0.1").await.unwrap().unwrap();
    assert!(scope.may(Right::Work) && !scope.may(Right::Manage));
    assert!(data.tokens(&owner).await.unwrap()[0].used.is_some());
    data.end_token(&owner, token.id).await.unwrap();
    assert!(data.of_token(&secret, "127.0.0.1").await.unwrap().is_none());
    assert!(data.of_token("cst_nothing", "127.0.0.1").await.unwrap().is_none());
}

async fn failed_log_ins_wait_without_locking_out(address: String) {
    let data = open(&address).await;
    organisation(&data, "shop").await;
    for _ in 0..8 {
        data.failed("owner@shop.example", "198.51.100.7").await.unwrap();
    }
    assert!(data.must_wait("Owner@shop.example", "198.51.100.7").await.unwrap() > 0);
    // The owner, from elsewhere, is let in; so is another account from there.
    assert_eq!(data.must_wait("owner@shop.example", "192.0.2.1").await.unwrap(), 0);
    assert_eq!(data.must_wait("ben@shop.example", "198.51.100.7").await.unwrap(), 0);
    data.succeeded("owner@shop.example", "198.51.100.7").await.unwrap();
    assert_eq!(data.must_wait("owner@shop.example", "198.51.100.7").await.unwrap(), 0);
    for number in 0..60 {
        data.failed(&format!("guess{number}@shop.example"), "198.51.100.7").await.unwrap();
    }
    assert!(data.must_wait("ben@shop.example", "198.51.100.7").await.unwrap() > 0);
}

async fn a_changed_log_is_found_out(address: String) {
    let data = open(&address).await;
    let owner = organisation(&data, "shop").await;
    for name in ["one", "two", "three"] {
        data.add_client(&owner, name).await.unwrap();
    }
    let whole = data.check_log(&owner).await.unwrap();
    assert_eq!((whole.broken_at, whole.entries), (None, 5));
    let page = data.log(&owner, None, 2).await.unwrap();
    assert_eq!((page.items[0].number, page.next.as_deref()), (5, Some("4")));
    let mut tx = everything(&data).await;
    tx.run("UPDATE audit_log SET detail = 'none' WHERE number = 4", Vec::new()).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(data.check_log(&owner).await.unwrap().broken_at, Some(4));
    let mut tx = everything(&data).await;
    tx.run("DELETE FROM audit_log WHERE number = $1", values![4_i64]).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(data.check_log(&owner).await.unwrap().broken_at, Some(4));
}

async fn a_password_change_ends_other_sessions(address: String) {
    let data = open(&address).await;
    organisation(&data, "shop").await;
    let account = data.account("owner@shop.example").await.unwrap().unwrap();
    let mine = data.begin_session(&account, "127.0.0.1", "here").await.unwrap();
    let known = data.session(&mine, "127.0.0.1").await.unwrap().unwrap();
    let secret = |text: &str| SecretString::from(text.to_owned());
    let new = secret("other otter eight lanterns");
    assert!(data.change_password(&known.scope, known.id, &secret("wrong"), &new).await.is_err());
    data.change_password(&known.scope, known.id, &secret(PASSWORD), &new).await.unwrap();
    assert_eq!(data.sessions(&known.scope).await.unwrap().len(), 1);
    data.end_session(&known.scope, known.id).await.unwrap();
    assert!(data.session(&mine, "127.0.0.1").await.unwrap().is_none());
}
