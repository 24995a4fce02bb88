#!/bin/sh
# Makes the role and the database of the server, when PostgreSQL starts for the first time. The role is no superuser: row-level security, the
# second wall between tenants, does not bind superusers.
set -eu
psql -v ON_ERROR_STOP=1 -v password="$WATCH_PASSWORD" --username "${POSTGRES_USER:-postgres}" --dbname postgres <<'SQL'
CREATE ROLE watch LOGIN PASSWORD :'password';
CREATE DATABASE watch OWNER watch;
REVOKE ALL ON DATABASE watch FROM PUBLIC;
SQL
