-- Organisations, their people and what is under care. Times are seconds since 1970, flags 0 or 1. Every table that holds something of an
-- organisation has `org`; where it is of one client, `client` too.
CREATE TABLE organisation (
    id {id},
    name TEXT NOT NULL,
    created BIGINT NOT NULL,
    -- Name, colour and logo of its reports: JSON.
    brand TEXT NOT NULL DEFAULT '{}',
    -- Days that audits stay; none: for ever.
    keep_days BIGINT
);
CREATE TABLE client (
    id {id},
    org BIGINT NOT NULL REFERENCES organisation (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    created BIGINT NOT NULL,
    UNIQUE (org, name)
);
CREATE TABLE person (
    id {id},
    org BIGINT NOT NULL REFERENCES organisation (id) ON DELETE CASCADE,
    client BIGINT REFERENCES client (id) ON DELETE CASCADE,
    email TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    password TEXT NOT NULL,
    role TEXT NOT NULL,
    totp {bytes},
    totp_step BIGINT NOT NULL DEFAULT 0,
    -- Issuer and subject of single sign-on.
    sso TEXT UNIQUE,
    disabled BIGINT NOT NULL DEFAULT 0,
    created BIGINT NOT NULL
);
CREATE TABLE recovery_code (
    id {id},
    org BIGINT NOT NULL REFERENCES organisation (id) ON DELETE CASCADE,
    person BIGINT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    hash {bytes} NOT NULL,
    used BIGINT
);
CREATE TABLE session (
    id {id},
    org BIGINT NOT NULL REFERENCES organisation (id) ON DELETE CASCADE,
    person BIGINT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    hash {bytes} NOT NULL UNIQUE,
    csrf TEXT NOT NULL,
    created BIGINT NOT NULL,
    seen BIGINT NOT NULL,
    expires BIGINT NOT NULL,
    address TEXT NOT NULL,
    agent TEXT NOT NULL
);
CREATE TABLE api_token (
    id {id},
    org BIGINT NOT NULL REFERENCES organisation (id) ON DELETE CASCADE,
    client BIGINT REFERENCES client (id) ON DELETE CASCADE,
    person BIGINT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    scope TEXT NOT NULL,
    hash {bytes} NOT NULL UNIQUE,
    created BIGINT NOT NULL,
    expires BIGINT NOT NULL,
    used BIGINT
);
CREATE TABLE invitation (
    id {id},
    org BIGINT NOT NULL REFERENCES organisation (id) ON DELETE CASCADE,
    client BIGINT REFERENCES client (id) ON DELETE CASCADE,
    email TEXT NOT NULL,
    role TEXT NOT NULL,
    hash {bytes} NOT NULL UNIQUE,
    created BIGINT NOT NULL,
    expires BIGINT NOT NULL
);
CREATE TABLE passkey (
    id {id},
    org BIGINT NOT NULL REFERENCES organisation (id) ON DELETE CASCADE,
    person BIGINT NOT NULL REFERENCES person (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    credential {bytes} NOT NULL UNIQUE,
    public_key TEXT NOT NULL,
    created BIGINT NOT NULL,
    used BIGINT
);
-- Of nobody: what an authenticator was asked to sign, for five minutes and once.
CREATE TABLE ceremony (
    id {id},
    hash {bytes} NOT NULL UNIQUE,
    state TEXT NOT NULL,
    expires BIGINT NOT NULL
);
-- Of nobody: a look at a site that somebody without an account asked for.
CREATE TABLE site_check (
    id {id},
    hash {bytes} NOT NULL UNIQUE,
    url TEXT NOT NULL,
    host TEXT NOT NULL,
    address TEXT NOT NULL,
    asked_from TEXT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT NOT NULL DEFAULT '',
    created BIGINT NOT NULL,
    started BIGINT,
    expires BIGINT NOT NULL,
    report {bytes}
);
CREATE INDEX site_check_waiting ON site_check (state, id);
-- Of nobody: who fails to log in belongs to no organisation yet.
CREATE TABLE login_failure (
    key TEXT PRIMARY KEY,
    failures BIGINT NOT NULL,
    since BIGINT NOT NULL,
    until BIGINT NOT NULL
);
CREATE TABLE audit_log (
    id {id},
    org BIGINT NOT NULL REFERENCES organisation (id) ON DELETE CASCADE,
    number BIGINT NOT NULL,
    time BIGINT NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    object TEXT NOT NULL,
    detail TEXT NOT NULL,
    address TEXT NOT NULL,
    hash TEXT NOT NULL,
    UNIQUE (org, number)
);
CREATE TABLE deployment (
    id {id},
    org BIGINT NOT NULL REFERENCES organisation (id) ON DELETE CASCADE,
    client BIGINT NOT NULL REFERENCES client (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    owner TEXT NOT NULL,
    environment TEXT NOT NULL,
    tags TEXT NOT NULL,
    sources TEXT NOT NULL,
    created BIGINT NOT NULL,
    min_score BIGINT,
    critical_days BIGINT,
    -- Of the newest audit; sequence 0: there is none.
    sequence BIGINT NOT NULL DEFAULT 0,
    audited BIGINT,
    points BIGINT,
    grade TEXT,
    coverage BIGINT,
    critical BIGINT NOT NULL DEFAULT 0,
    high BIGINT NOT NULL DEFAULT 0,
    medium BIGINT NOT NULL DEFAULT 0,
    low BIGINT NOT NULL DEFAULT 0,
    info BIGINT NOT NULL DEFAULT 0,
    -- Since when the oldest critical finding is open.
    critical_since BIGINT,
    -- Points of the newest audits, oldest first, with commas.
    trend TEXT NOT NULL DEFAULT '',
    UNIQUE (org, client, name)
);
CREATE TABLE secret (
    id {id},
    org BIGINT NOT NULL REFERENCES organisation (id) ON DELETE CASCADE,
    client BIGINT NOT NULL REFERENCES client (id) ON DELETE CASCADE,
    deployment BIGINT NOT NULL REFERENCES deployment (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    master TEXT NOT NULL,
    data_key {bytes} NOT NULL,
    sealed {bytes} NOT NULL,
    updated BIGINT NOT NULL,
    UNIQUE (deployment, name)
);
CREATE TABLE schedule (
    id {id},
    org BIGINT NOT NULL REFERENCES organisation (id) ON DELETE CASCADE,
    client BIGINT NOT NULL REFERENCES client (id) ON DELETE CASCADE,
    deployment BIGINT NOT NULL REFERENCES deployment (id) ON DELETE CASCADE,
    cron TEXT NOT NULL,
    zone TEXT NOT NULL,
    jitter BIGINT NOT NULL,
    -- Hours in which it may run, such as 22:00 to 05:00; none: all.
    window_from TEXT,
    window_to TEXT,
    enabled BIGINT NOT NULL,
    created BIGINT NOT NULL,
    fired BIGINT,
    next BIGINT NOT NULL
);
CREATE INDEX schedule_due ON schedule (enabled, next);
CREATE TABLE job (
    id {id},
    org BIGINT NOT NULL REFERENCES organisation (id) ON DELETE CASCADE,
    client BIGINT NOT NULL REFERENCES client (id) ON DELETE CASCADE,
    deployment BIGINT NOT NULL REFERENCES deployment (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    requested_by TEXT NOT NULL,
    created BIGINT NOT NULL,
    due BIGINT NOT NULL,
    attempts BIGINT NOT NULL DEFAULT 0,
    claim TEXT,
    lease BIGINT,
    started BIGINT,
    finished BIGINT,
    progress TEXT NOT NULL DEFAULT '',
    reason TEXT NOT NULL DEFAULT '',
    audit BIGINT,
    payload {bytes}
);
CREATE INDEX job_waiting ON job (state, due);
CREATE INDEX job_of_deployment ON job (deployment, id);
CREATE TABLE audit (
    id {id},
    org BIGINT NOT NULL REFERENCES organisation (id) ON DELETE CASCADE,
    client BIGINT NOT NULL REFERENCES client (id) ON DELETE CASCADE,
    deployment BIGINT NOT NULL REFERENCES deployment (id) ON DELETE CASCADE,
    sequence BIGINT NOT NULL,
    time BIGINT NOT NULL,
    castellan TEXT NOT NULL,
    points BIGINT NOT NULL,
    grade TEXT NOT NULL,
    coverage BIGINT NOT NULL,
    critical BIGINT NOT NULL,
    high BIGINT NOT NULL,
    medium BIGINT NOT NULL,
    low BIGINT NOT NULL,
    info BIGINT NOT NULL,
    accepted BIGINT NOT NULL,
    -- Answers of the fourteen lines, a letter each: p, f, n.
    answers TEXT NOT NULL,
    report {bytes},
    evidence {bytes},
    UNIQUE (deployment, sequence)
);
CREATE INDEX audit_time ON audit (org, time);
CREATE TABLE finding (
    id {id},
    org BIGINT NOT NULL REFERENCES organisation (id) ON DELETE CASCADE,
    client BIGINT NOT NULL REFERENCES client (id) ON DELETE CASCADE,
    deployment BIGINT NOT NULL REFERENCES deployment (id) ON DELETE CASCADE,
    fingerprint TEXT NOT NULL,
    rule TEXT NOT NULL,
    severity BIGINT NOT NULL,
    message TEXT NOT NULL,
    place TEXT NOT NULL,
    body {bytes} NOT NULL,
    state TEXT NOT NULL,
    first_seen BIGINT NOT NULL,
    last_seen BIGINT NOT NULL,
    changed BIGINT NOT NULL,
    -- What a person decided: accepted or false-positive, with reason, who and last second.
    reason TEXT NOT NULL DEFAULT '',
    decided_by TEXT NOT NULL DEFAULT '',
    decided_until BIGINT,
    owner TEXT NOT NULL DEFAULT '',
    due BIGINT,
    UNIQUE (deployment, fingerprint)
);
-- Lists begin with the worst.
CREATE INDEX finding_worst ON finding (org, severity DESC, id);
-- In which audits a finding was open: from one sequence to another, or until now.
CREATE TABLE finding_span (
    id {id},
    org BIGINT NOT NULL REFERENCES organisation (id) ON DELETE CASCADE,
    client BIGINT NOT NULL REFERENCES client (id) ON DELETE CASCADE,
    deployment BIGINT NOT NULL REFERENCES deployment (id) ON DELETE CASCADE,
    finding BIGINT NOT NULL REFERENCES finding (id) ON DELETE CASCADE,
    opened BIGINT NOT NULL,
    closed BIGINT
);
CREATE INDEX finding_span_of_deployment ON finding_span (deployment, opened);
CREATE INDEX finding_span_of_finding ON finding_span (finding);
CREATE TABLE comment (
    id {id},
    org BIGINT NOT NULL REFERENCES organisation (id) ON DELETE CASCADE,
    client BIGINT NOT NULL REFERENCES client (id) ON DELETE CASCADE,
    finding BIGINT NOT NULL REFERENCES finding (id) ON DELETE CASCADE,
    author TEXT NOT NULL,
    text TEXT NOT NULL,
    created BIGINT NOT NULL
);
CREATE TABLE idempotency (
    id {id},
    org BIGINT NOT NULL REFERENCES organisation (id) ON DELETE CASCADE,
    actor TEXT NOT NULL,
    key TEXT NOT NULL,
    request TEXT NOT NULL,
    status BIGINT NOT NULL,
    body TEXT NOT NULL,
    created BIGINT NOT NULL,
    UNIQUE (org, actor, key)
);
-- Who is told what; the target is sealed.
CREATE TABLE channel (
    id {id},
    org BIGINT NOT NULL REFERENCES organisation (id) ON DELETE CASCADE,
    client BIGINT REFERENCES client (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    shown TEXT NOT NULL,
    target {bytes} NOT NULL,
    triggers TEXT NOT NULL,
    points BIGINT NOT NULL,
    -- Quiet hours, grouping, escalation, digest: JSON.
    timing TEXT NOT NULL,
    digest_last BIGINT NOT NULL DEFAULT 0,
    digest_next BIGINT,
    enabled BIGINT NOT NULL,
    created BIGINT NOT NULL
);
-- What happened, whoever was told. `open` until somebody has seen it or it is over.
CREATE TABLE alert (
    id {id},
    org BIGINT NOT NULL REFERENCES organisation (id) ON DELETE CASCADE,
    client BIGINT NOT NULL REFERENCES client (id) ON DELETE CASCADE,
    deployment BIGINT NOT NULL REFERENCES deployment (id) ON DELETE CASCADE,
    time BIGINT NOT NULL,
    triggers TEXT NOT NULL,
    severity TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    state TEXT NOT NULL,
    seen_by TEXT NOT NULL DEFAULT '',
    changed BIGINT NOT NULL
);
CREATE INDEX alert_of_org ON alert (org, id);
-- Conditions that hold now, each told once: an agent that is not heard, a certificate that ends.
CREATE TABLE standing (
    id {id},
    org BIGINT NOT NULL REFERENCES organisation (id) ON DELETE CASCADE,
    client BIGINT NOT NULL REFERENCES client (id) ON DELETE CASCADE,
    deployment BIGINT NOT NULL REFERENCES deployment (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    alert BIGINT,
    since BIGINT NOT NULL,
    UNIQUE (deployment, kind, key)
);
-- What ends some day, by the newest evidence.
CREATE TABLE ending (
    id {id},
    org BIGINT NOT NULL REFERENCES organisation (id) ON DELETE CASCADE,
    client BIGINT NOT NULL REFERENCES client (id) ON DELETE CASCADE,
    deployment BIGINT NOT NULL REFERENCES deployment (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX ending_at ON ending (at);
CREATE INDEX ending_of_deployment ON ending (deployment);
-- Times in which nobody is told: of one deployment, of one client, or of all.
CREATE TABLE maintenance (
    id {id},
    org BIGINT NOT NULL REFERENCES organisation (id) ON DELETE CASCADE,
    client BIGINT REFERENCES client (id) ON DELETE CASCADE,
    deployment BIGINT REFERENCES deployment (id) ON DELETE CASCADE,
    begins BIGINT NOT NULL,
    ends BIGINT NOT NULL,
    reason TEXT NOT NULL,
    planned_by TEXT NOT NULL
);
CREATE TABLE delivery (
    id {id},
    org BIGINT NOT NULL REFERENCES organisation (id) ON DELETE CASCADE,
    client BIGINT REFERENCES client (id) ON DELETE CASCADE,
    channel BIGINT NOT NULL REFERENCES channel (id) ON DELETE CASCADE,
    alert BIGINT REFERENCES alert (id) ON DELETE CASCADE,
    -- It is not sent together with others: it has a report with it.
    alone BIGINT NOT NULL DEFAULT 0,
    state TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    attempts BIGINT NOT NULL DEFAULT 0,
    created BIGINT NOT NULL,
    due BIGINT NOT NULL,
    lease BIGINT,
    finished BIGINT,
    reason TEXT NOT NULL DEFAULT ''
);
CREATE INDEX delivery_waiting ON delivery (state, due);
-- Links to a report, for somebody without an account.
CREATE TABLE share (
    id {id},
    org BIGINT NOT NULL REFERENCES organisation (id) ON DELETE CASCADE,
    client BIGINT NOT NULL REFERENCES client (id) ON DELETE CASCADE,
    deployment BIGINT NOT NULL REFERENCES deployment (id) ON DELETE CASCADE,
    audit BIGINT NOT NULL REFERENCES audit (id) ON DELETE CASCADE,
    hash {bytes} NOT NULL UNIQUE,
    language TEXT NOT NULL,
    created BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    expires BIGINT NOT NULL,
    seen BIGINT NOT NULL DEFAULT 0
);
-- Agents on hosts of Odoo. The token is good for one enrolment; afterwards the key says who it is. `counter` grows with every request.
CREATE TABLE agent (
    id {id},
    org BIGINT NOT NULL REFERENCES organisation (id) ON DELETE CASCADE,
    client BIGINT NOT NULL REFERENCES client (id) ON DELETE CASCADE,
    deployment BIGINT NOT NULL REFERENCES deployment (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    state TEXT NOT NULL,
    token {bytes} NOT NULL UNIQUE,
    token_expires BIGINT NOT NULL,
    public_key {bytes},
    created BIGINT NOT NULL,
    enrolled BIGINT,
    seen BIGINT,
    address TEXT NOT NULL DEFAULT '',
    counter BIGINT NOT NULL DEFAULT 0,
    evidence BIGINT NOT NULL DEFAULT 0,
    run TEXT NOT NULL DEFAULT '',
    run_before TEXT NOT NULL DEFAULT '',
    status TEXT NOT NULL DEFAULT '{}'
);
CREATE INDEX agent_of_deployment ON agent (deployment);
CREATE TABLE agent_order (
    id {id},
    org BIGINT NOT NULL REFERENCES organisation (id) ON DELETE CASCADE,
    client BIGINT NOT NULL REFERENCES client (id) ON DELETE CASCADE,
    agent BIGINT NOT NULL REFERENCES agent (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    requested_by TEXT NOT NULL,
    created BIGINT NOT NULL,
    expires BIGINT NOT NULL,
    finished BIGINT,
    outcome TEXT NOT NULL DEFAULT ''
);
CREATE INDEX agent_order_of_agent ON agent_order (agent, id);
-- The server's own key, sealed: orders to agents are signed with it. Of nobody.
CREATE TABLE server_key (
    id BIGINT PRIMARY KEY,
    public_key {bytes} NOT NULL,
    sealed {bytes} NOT NULL
);
-- postgresql only
-- The second wall: a transaction sees the rows of the organisation, and client, that it said it is of. `*` is the server itself.
DO $$
DECLARE
    name TEXT;
    own TEXT;
BEGIN
    FOREACH name IN ARRAY ARRAY['client', 'person', 'recovery_code', 'passkey', 'session', 'api_token', 'invitation', 'audit_log', 'deployment', 'secret',
        'schedule', 'job', 'audit', 'finding', 'finding_span', 'comment', 'idempotency', 'channel', 'delivery', 'agent', 'agent_order',
        'alert', 'standing', 'ending', 'maintenance', 'share']
    LOOP
        own := 'org::text = current_setting(''castellan.org'', true)';
        IF name IN ('deployment', 'secret', 'schedule', 'job', 'audit', 'finding', 'finding_span', 'comment', 'channel', 'delivery',
            'agent', 'agent_order', 'alert', 'standing', 'ending', 'maintenance', 'share') THEN
            own := own || ' AND (current_setting(''castellan.client'', true) = '''' OR client::text = current_setting(''castellan.client'', true))';
        ELSIF name = 'client' THEN
            own := own || ' AND (current_setting(''castellan.client'', true) = '''' OR id::text = current_setting(''castellan.client'', true))';
        END IF;
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY tenant ON %I USING (current_setting(''castellan.org'', true) = ''*'' OR (%s))', name, own);
    END LOOP;
END
$$;
