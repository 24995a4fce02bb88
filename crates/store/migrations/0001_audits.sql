CREATE TABLE deployment (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
);
CREATE TABLE audit (
    id INTEGER PRIMARY KEY,
    deployment INTEGER NOT NULL REFERENCES deployment (id) ON DELETE CASCADE,
    time BIGINT NOT NULL,
    castellan TEXT NOT NULL,
    points INTEGER NOT NULL,
    grade TEXT NOT NULL,
    coverage INTEGER NOT NULL,
    critical INTEGER NOT NULL,
    high INTEGER NOT NULL,
    medium INTEGER NOT NULL,
    low INTEGER NOT NULL,
    info INTEGER NOT NULL,
    accepted INTEGER NOT NULL,
    report BLOB NOT NULL,
    evidence BLOB
);
CREATE INDEX audit_of_deployment ON audit (deployment, time, id);
CREATE TABLE finding (
    audit INTEGER NOT NULL REFERENCES audit (id) ON DELETE CASCADE,
    fingerprint TEXT NOT NULL,
    PRIMARY KEY (audit, fingerprint)
) WITHOUT ROWID;
