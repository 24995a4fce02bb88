//! Nothing of one organisation or client is seen, changed or left behind by another.

use castellan_server::data::deployments::Filter;
use castellan_server::data::purge::TABLES;
use castellan_server::data::{DataError, findings};
use castellan_server::scope::{Right, Role};
use castellan_store::db::Tx;
use castellan_store::values;
use secrecy::SecretString;

use crate::{PASSWORD, audit, both, deployment, everything, log_in, of, open, organisation, report, told};

both!(
    one_organisation_sees_nothing_of_another,
    a_client_viewer_sees_one_client,
    every_table_is_known,
    a_purged_organisation_leaves_nothing,
    a_purged_client_leaves_nothing,
    credentials_are_sealed,
    a_backup_is_read_by_either_engine,
    lists_are_sorted_filtered_and_paged,
);

async fn one_organisation_sees_nothing_of_another(address: String) {
    let data = open(&address).await;
    let (shop, other) = (organisation(&data, "shop").await, organisation(&data, "other").await);
    let one = deployment(&data, &shop, "erp").await;
    let found = audit(&data, &shop, one.id, &report(100, &["a"])).await;
    let nothing = |error: DataError| assert!(matches!(error, DataError::NotFound(_)), "{error}");
    nothing(data.deployment(&other, one.id).await.unwrap_err());
    nothing(data.change_deployment(&other, one.id, &told("mine")).await.unwrap_err());
    nothing(data.remove_deployment(&other, one.id).await.unwrap_err());
    nothing(data.scan_now(&other, one.id).await.unwrap_err());
    nothing(data.audits(&other, one.id, None, 9).await.unwrap_err());
    nothing(data.audit(&other, found.audit).await.unwrap_err());
    nothing(data.report(&other, found.audit).await.unwrap_err());
    nothing(data.finding(&other, found.new[0]).await.unwrap_err());
    nothing(data.add_comment(&other, found.new[0], "hello").await.unwrap_err());
    nothing(data.put_secret(&other, one.id, "rpc", &SecretString::from("x".to_owned())).await.unwrap_err());
    nothing(data.person(&other, shop.actor().person).await.unwrap_err());
    let client = data.clients(&shop).await.unwrap()[0].id;
    nothing(data.add_deployment(&other, &of(client, told("mine"))).await.unwrap_err());
    nothing(data.invite(&other, "a@b.example", Role::ClientViewer, Some(client)).await.unwrap_err());
    assert!(data.deployments(&other, &Filter::default(), None, 100).await.unwrap().items.is_empty());
    assert!(data.findings(&other, &findings::Filter::default(), None, 100).await.unwrap().items.is_empty());
    assert!(data.jobs(&other, None, None, 100).await.unwrap().items.is_empty());
    assert_eq!(data.log(&other, None, 100).await.unwrap().items.len(), 2);
    if data.db().is_postgres() {
        // The second wall: a statement that forgets the organisation sees nothing of another either.
        let mut tx = data.db().read().await.unwrap();
        let sql = "SELECT set_config('castellan.org', $1, true), set_config('castellan.client', '', true)";
        tx.one(sql, values![other.org().to_string()]).await.unwrap();
        assert_eq!(count(&mut tx, "SELECT COUNT(*) AS rows FROM deployment").await, 0);
        assert_eq!(tx.run("UPDATE finding SET state = 'fixed'", Vec::new()).await.unwrap(), 0);
        assert!(
            tx.run("INSERT INTO client (org, name, created) VALUES ($1, 'x', 0)", values![shop.org()]).await.is_err()
        );
        let mut tx = data.db().read().await.unwrap();
        assert_eq!(count(&mut tx, "SELECT COUNT(*) AS rows FROM person").await, 0);
    }
}

async fn count(tx: &mut Tx, sql: &'static str) -> i64 {
    tx.one(sql, Vec::new()).await.unwrap().unwrap().int("rows").unwrap()
}

async fn a_client_viewer_sees_one_client(address: String) {
    let data = open(&address).await;
    let owner = organisation(&data, "agency").await;
    let (bakery, florist) =
        (data.add_client(&owner, "Bakery").await.unwrap(), data.add_client(&owner, "Florist").await.unwrap());
    let bread = data.add_deployment(&owner, &of(bakery.id, told("bread"))).await.unwrap();
    let roses = data.add_deployment(&owner, &of(florist.id, told("roses"))).await.unwrap();
    let hidden = audit(&data, &owner, roses.id, &report(100, &["a"])).await;
    let (_, secret) = data.invite(&owner, "ben@bakery.example", Role::ClientViewer, Some(bakery.id)).await.unwrap();
    data.accept(&secret, "Ben", SecretString::from(PASSWORD.to_owned())).await.unwrap();
    let ben = log_in(&data, "ben@bakery.example").await;
    assert!(!ben.may(Right::Work));
    assert_eq!(
        data.deployments(&ben, &Filter::default(), None, 9).await.unwrap().items,
        [data.deployment(&ben, bread.id).await.unwrap()]
    );
    assert!(data.deployment(&ben, roses.id).await.is_err());
    assert!(data.finding(&ben, hidden.new[0]).await.is_err());
    assert!(data.difference(&ben, roses.id, 0, 1).await.is_err());
    assert_eq!(data.clients(&ben).await.unwrap().len(), 1);
    // A token of an owner for one client sees that client.
    let (_, token) = data.make_token(&owner, "bakery", Right::Manage, Some(bakery.id), 30).await.unwrap();
    let scope = data.of_token(&token, "").await.unwrap().unwrap();
    assert!(data.remove_deployment(&scope, roses.id).await.is_err());
    assert!(data.add_deployment(&scope, &of(florist.id, told("tulips"))).await.is_err());
    assert!(data.rename_client(&scope, florist.id, "Mine").await.is_err());
    assert!(data.deployment(&scope, bread.id).await.is_ok());
}

/// Tables of the database that have a column.
async fn tables_with(tx: &mut Tx, column: &str) -> Vec<String> {
    let rows = if tx.is_postgres() {
        let sql = "SELECT table_name::TEXT AS name FROM information_schema.columns WHERE table_schema = 'public' AND column_name = $1 ORDER BY 1";
        tx.all(sql, values![column]).await.unwrap()
    } else {
        let sql = "SELECT m.name AS name FROM sqlite_master AS m JOIN pragma_table_info(m.name) AS c WHERE m.type = 'table' AND c.name = $1 ORDER BY 1";
        tx.all(sql, values![column]).await.unwrap()
    };
    rows.iter().map(|row| row.text("name").unwrap()).collect()
}

async fn every_table_is_known(address: String) {
    let data = open(&address).await;
    let mut tx = everything(&data).await;
    let mut known: Vec<&str> = TABLES.iter().map(|(name, _)| *name).collect();
    known.sort_unstable();
    assert_eq!(tables_with(&mut tx, "org").await, known);
    let mut of_clients: Vec<&str> = TABLES.iter().filter(|(_, client)| *client).map(|(name, _)| *name).collect();
    of_clients.sort_unstable();
    assert_eq!(tables_with(&mut tx, "client").await, of_clients);
    if tx.is_postgres() {
        let sql = "SELECT relname::TEXT AS name FROM pg_class WHERE relrowsecurity AND relforcerowsecurity ORDER BY 1";
        let walled: Vec<String> =
            tx.all(sql, Vec::new()).await.unwrap().iter().map(|row| row.text("name").unwrap()).collect();
        assert_eq!(walled, known);
    }
}

/// Rows of a table that are of an organisation.
async fn rows(data: &castellan_server::data::Data, table: &str, column: &str, of: i64) -> i64 {
    let mut tx = everything(data).await;
    // The names are those of the list above.
    let sql: &'static str =
        Box::leak(format!("SELECT COUNT(*) AS rows FROM {table} WHERE {column} = $1").into_boxed_str());
    tx.one(sql, values![of]).await.unwrap().unwrap().int("rows").unwrap()
}

/// An organisation with a row in every table.
async fn furnished(data: &castellan_server::data::Data, name: &str) -> (castellan_server::scope::Scope, i64) {
    let owner = organisation(data, name).await;
    let client = data.add_client(&owner, "second").await.unwrap().id;
    let one = data.add_deployment(&owner, &of(client, told("erp"))).await.unwrap();
    let found = audit(data, &owner, one.id, &report(100, &["a"])).await;
    data.add_comment(&owner, found.new[0], "hello").await.unwrap();
    data.put_secret(&owner, one.id, "rpc", &SecretString::from("x".to_owned())).await.unwrap();
    let daily = castellan_server::data::schedules::Told::new("0 3 * * *", "UTC");
    data.add_schedule(&owner, one.id, &daily).await.unwrap();
    data.make_token(&owner, "ci", Right::Read, Some(client), 1).await.unwrap();
    let invite = |role, email: String| data.invite(&owner, Box::leak(email.into_boxed_str()), role, Some(client));
    let (_, secret) = invite(Role::ClientViewer, format!("ben@{name}.example")).await.unwrap();
    data.accept(&secret, "Ben", SecretString::from(PASSWORD.to_owned())).await.unwrap();
    invite(Role::ClientViewer, format!("cy@{name}.example")).await.unwrap();
    let hook = crate::alerts::channel(Some(client), "https://hook.example.com/x", Vec::new());
    let channel = data.add_channel(&owner, &hook).await.unwrap().0.id;
    data.test_channel(&owner, channel).await.unwrap();
    crate::alerts::furnish(data, &owner, one.id).await;
    data.share(&owner, found.audit, 3, "en").await.unwrap();
    let agent = crate::agent(data, &owner, one.id).await;
    data.order(&owner, agent, castellan_agent::protocol::Kind::Ping).await.unwrap();
    let key = castellan_server::auth::passkey::Kept { credential: name.as_bytes().to_vec(), public_key: "{}".into() };
    data.add_passkey(&owner, "Telephone", &key).await.unwrap();
    let mut tx = everything(data).await;
    for sql in [
        "INSERT INTO recovery_code (org, person, hash) VALUES ($1, $2, $3)",
        "INSERT INTO idempotency (org, actor, key, request, status, body, created) VALUES ($1, CAST($2 AS TEXT), 'k', '', 200, CASE WHEN $3 IS NULL THEN '' ELSE '' END, 0)",
    ] {
        tx.run(sql, values![owner.org(), owner.actor().person, b"x".to_vec()]).await.unwrap();
    }
    tx.commit().await.unwrap();
    (owner, client)
}

async fn a_purged_organisation_leaves_nothing(address: String) {
    let data = open(&address).await;
    let (shop, _) = furnished(&data, "shop").await;
    let (other, _) = furnished(&data, "other").await;
    for (table, _) in TABLES {
        assert!(rows(&data, table, "org", shop.org()).await > 0, "{table} has nothing to lose");
    }
    assert!(data.purge_organisation(&shop, "other").await.is_err());
    data.purge_organisation(&shop, "shop").await.unwrap();
    for (table, _) in TABLES {
        assert_eq!(rows(&data, table, "org", shop.org()).await, 0, "{table}");
        assert!(rows(&data, table, "org", other.org()).await > 0, "{table} of the other lost something");
    }
}

async fn a_purged_client_leaves_nothing(address: String) {
    let data = open(&address).await;
    let (shop, client) = furnished(&data, "shop").await;
    data.purge_client(&shop, client).await.unwrap();
    for (table, _) in TABLES.iter().filter(|(_, client)| *client) {
        assert_eq!(rows(&data, table, "client", client).await, 0, "{table}");
    }
    let last = data.clients(&shop).await.unwrap()[0].id;
    assert!(data.purge_client(&shop, last).await.is_err());
}

async fn credentials_are_sealed(address: String) {
    let data = open(&address).await;
    let owner = organisation(&data, "shop").await;
    let one = deployment(&data, &owner, "erp").await;
    let secret = SecretString::from("s3cret-of-the-shop".to_owned());
    assert!(data.put_secret(&owner, one.id, "other", &secret).await.is_err());
    data.put_secret(&owner, one.id, "rpc", &secret).await.unwrap();
    data.put_secret(&owner, one.id, "rpc", &secret).await.unwrap();
    let known = data.secrets(&owner, one.id).await.unwrap();
    assert_eq!((known.len(), known[0].name.as_str()), (1, "rpc"));
    assert_eq!(data.rotate_secrets().await.unwrap(), 0);
    let mut tx = everything(&data).await;
    let row = tx.one("SELECT sealed, data_key FROM secret", Vec::new()).await.unwrap().unwrap();
    for column in ["sealed", "data_key"] {
        assert!(!row.bytes(column).unwrap().windows(6).any(|part| part == b"s3cret"));
    }
    drop(tx);
    data.remove_secret(&owner, one.id, "rpc").await.unwrap();
    assert!(data.remove_secret(&owner, one.id, "rpc").await.is_err());
}

async fn lists_are_sorted_filtered_and_paged(address: String) {
    use castellan_server::data::deployments::Order;
    let data = open(&address).await;
    let owner = organisation(&data, "agency").await;
    let client = data.clients(&owner).await.unwrap()[0].id;
    for (name, tag, points) in [("Zoo", "eu", 90), ("alpha", "us", 40), ("Beta", "eu", 70), ("gamma", "eu", 40)] {
        let told = castellan_server::data::deployments::Told { tags: vec![tag.into()], ..told(name) };
        let one = data.add_deployment(&owner, &of(client, told)).await.unwrap();
        let mut of = report(100, if points == 40 { &["a", "b"] } else { &["a"] });
        of.score.points = points;
        of.score.grade = castellan_model::grade(points).into();
        audit(&data, &owner, one.id, &of).await;
    }
    for order in [Order::Name, Order::Score, Order::Findings, Order::Seen] {
        let filter = Filter { order, ..Filter::default() };
        let whole = data.deployments(&owner, &filter, None, 100).await.unwrap().items;
        let (mut parts, mut cursor) = (Vec::new(), None);
        loop {
            let page = data.deployments(&owner, &filter, cursor.as_deref(), 1).await.unwrap();
            parts.extend(page.items);
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(parts, whole, "{order:?}");
    }
    let names = |filter: Filter| {
        let (data, owner) = (data.clone(), owner.clone());
        async move {
            let page = data.deployments(&owner, &filter, None, 100).await.unwrap();
            page.items.into_iter().map(|one| one.name).collect::<Vec<_>>()
        }
    };
    assert_eq!(names(Filter::default()).await, ["alpha", "Beta", "gamma", "Zoo"]);
    assert_eq!(names(Filter { order: Order::Score, ..Filter::default() }).await, ["alpha", "gamma", "Beta", "Zoo"]);
    assert_eq!(names(Filter { tag: Some("us".into()), ..Filter::default() }).await, ["alpha"]);
    assert_eq!(names(Filter { text: Some("ET".into()), ..Filter::default() }).await, ["Beta"]);
    assert_eq!(names(Filter { grade: Some("A".into()), ..Filter::default() }).await, ["Zoo"]);
    let wrong = data.deployments(&owner, &Filter::default(), Some("x"), 9).await.unwrap_err();
    assert!(matches!(wrong, DataError::Invalid(_)));
}

async fn a_backup_is_read_by_either_engine(address: String) {
    let folder = tempfile::tempdir().unwrap();
    let data = open(&address).await;
    let (shop, _) = furnished(&data, "shop").await;
    let first = folder.path().join("first.backup");
    let rows = data.back_up(&first).await.unwrap();
    assert!(rows > 20 && data.back_up(&first).await.is_err());
    assert!(data.restore(&first).await.unwrap_err().to_string().contains("not empty"));
    // From this engine to the other, and back.
    let small = folder.path().join("other.db").display().to_string();
    let other = if data.db().is_postgres() { small } else { folder.path().join("another.db").display().to_string() };
    let other = open(&other).await;
    assert_eq!(other.restore(&first).await.unwrap(), rows);
    let second = folder.path().join("second.backup");
    assert_eq!(other.back_up(&second).await.unwrap(), rows);
    let back = if data.db().is_postgres() {
        castellan_testkit::postgres::Postgres::shared().unwrap().database().unwrap()
    } else {
        folder.path().join("third.db").display().to_string()
    };
    let back = open(&back).await;
    assert_eq!(back.restore(&second).await.unwrap(), rows);
    let scope = log_in(&back, "owner@shop.example").await;
    assert_eq!(scope.org(), shop.org());
    let all = Filter::default();
    let old = data.deployments(&shop, &all, None, 9).await.unwrap();
    assert_eq!(old.items, back.deployments(&scope, &all, None, 9).await.unwrap().items);
    assert_eq!(back.check_log(&scope).await.unwrap().broken_at, None);
    // Numbers go on where they were.
    back.add_client(&scope, "new").await.unwrap();
    // What is cut off or none is refused whole.
    let bytes = std::fs::read(&first).unwrap();
    for (name, content) in [
        ("cut", &bytes[..bytes.len() - 20]),
        ("none", b"hello, this is no backup at all".as_slice()),
        ("empty", b"".as_slice()),
    ] {
        let (path, target) = (folder.path().join(name), folder.path().join(format!("{name}.db")));
        std::fs::write(&path, content).unwrap();
        let target = open(&target.display().to_string()).await;
        assert!(target.restore(&path).await.is_err(), "{name}");
        assert!(target.is_new().await.unwrap(), "{name}");
    }
}
