#!/bin/sh
# Runs once, when the database's volume is empty: the two roles and the database of Glidepath, as
# backend/glidepath/database/embedded.py makes them for the embedded server. The owner migrates; the
# application's role owns no table and cannot bypass row-level security.
set -eu

psql --username "$POSTGRES_USER" --dbname postgres --set ON_ERROR_STOP=1 \
  --set owner_password="$GLIDEPATH_OWNER_PASSWORD" --set app_password="$GLIDEPATH_APP_PASSWORD" <<'SQL'
create role glidepath_owner login nosuperuser nobypassrls nocreaterole nocreatedb password :'owner_password';
create role glidepath_app login nosuperuser nobypassrls nocreaterole nocreatedb password :'app_password';
-- What the server logs names no value of a row.
alter role glidepath_owner set log_error_verbosity = 'terse';
alter role glidepath_owner set log_parameter_max_length = '0';
alter role glidepath_owner set log_parameter_max_length_on_error = '0';
alter role glidepath_owner set log_statement = 'none';
alter role glidepath_owner set log_min_duration_statement = '-1';
alter role glidepath_app set log_error_verbosity = 'terse';
alter role glidepath_app set log_parameter_max_length = '0';
alter role glidepath_app set log_parameter_max_length_on_error = '0';
alter role glidepath_app set log_statement = 'none';
alter role glidepath_app set log_min_duration_statement = '-1';
create database glidepath owner glidepath_owner;
revoke all on database glidepath from public;
grant connect, temporary on database glidepath to glidepath_app;
\connect glidepath
revoke create on schema public from public;
grant all on schema public to glidepath_owner;
SQL
