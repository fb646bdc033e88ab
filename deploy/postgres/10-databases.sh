#!/bin/sh
# Runs once, when the server's folder is empty: creates four databases and four roles, none of which can enter another's.
set -eu
for service in enrolment visits notifications reporting; do
  name="hub_$service"
  password="$(cat "/run/secrets/database_password_$service")"
  # Passwords go through standard input, because other processes can read a command line.
  psql -v ON_ERROR_STOP=1 --quiet -U "$POSTGRES_USER" -d postgres <<SQL
CREATE ROLE $name LOGIN PASSWORD '$password';
CREATE DATABASE $name OWNER $name TEMPLATE template0 ENCODING 'UTF8';
REVOKE ALL ON DATABASE $name FROM PUBLIC;
SQL
done
psql -v ON_ERROR_STOP=1 --quiet -U "$POSTGRES_USER" -d postgres <<'SQL'
REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC;
SQL
