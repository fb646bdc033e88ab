# shellcheck shell=bash
# Write a hub to one file, and restore a hub from such a file.

# Volumes other than the database: issued tokens, e-mails as files, the gateway's certificates.
KEPT_VOLUMES=(tokens mail certificates)

backup() {
  local folder="${1:-$BACKUPS}" size free
  require_running postgres rabbitmq
  (umask 077 && mkdir -p "$folder") || give_up "The folder $folder cannot be created."
  folder="$(cd "$folder" && pwd)"
  size="$(in_postgres psql --username hub_admin --dbname postgres --tuples-only --no-align --command \
    "SELECT sum(pg_database_size(datname)) / 1000000 FROM pg_database" </dev/null)"
  size="${size%%.*}"
  free="$(df --output=avail -BM "$folder" | tail -n 1 | tr -dc 0-9)"
  [ "$free" -ge $((size + 100)) ] || give_up "Only $free MB are free in $folder; this backup may need $((size + 100)) MB."

  work="$(mktemp -d "$folder/.unfinished.XXXXXX")"
  trap 'rm -rf "$work"' EXIT
  mkdir "$work/databases" "$work/broker" "$work/volumes" "$work/settings"
  dump_databases "$work"
  say "  the broker's definitions, secrets, settings, certificates"
  compose exec --no-TTY rabbitmq rabbitmqctl --quiet export_definitions - </dev/null >"$work/broker/definitions.json" ||
    give_up "RabbitMQ gave no definitions; no backup was made."
  cp -R "$SECRETS" "$work/secrets"
  [ ! -f .env ] || cp .env "$work/settings/env"
  local volume
  for volume in "${KEPT_VOLUMES[@]}"; do
    docker run --rm --network none --user 0 --entrypoint tar --volume "${PROJECT}_$volume:/from:ro" "$OPERATOR" -C /from -c . >"$work/volumes/$volume.tar" ||
      give_up "The volume $volume could not be read; no backup was made."
  done
  ARCHIVE="$folder/hub-${HUB_ID:-cambridge}-$(date -u +%Y-%m-%dT%H%M%SZ).tar.gz"
  run_offline "$work:/work" "$folder:/to" -- backup /work "/to/$(basename "$ARCHIVE")" "$POSTGRES" || give_up "No backup was made."
  rm -rf "$work"
  say "" "Backup:  $ARCHIVE ($(du -h "$ARCHIVE" | cut -f 1))" "It contains the secrets and people's names: store it where only you can read it, and also on another machine."
}

# Dump all four from a consistent snapshot (deploy/hub_operations/snapshots.py), which that command holds until its input ends.
dump_databases() {
  local service snapshot taken=0
  say "Backing up …"
  coproc SNAPSHOTS { run_with_databases "$1" snapshots /run/secrets /work 2>"$1/snapshots.log"; }
  local held="$SNAPSHOTS_PID" from="${SNAPSHOTS[0]}" to="${SNAPSHOTS[1]}"
  while [ "$taken" -lt "${#SERVICES[@]}" ] && read -r service snapshot <&"$from"; do
    say "  the database of $service"
    in_postgres pg_dump --username hub_admin --dbname "hub_$service" --format custom --no-owner --snapshot "${snapshot%$'\r'}" \
      </dev/null >"$1/databases/$service.dump" || give_up "The database of $service could not be dumped; no backup was made."
    taken=$((taken + 1))
  done
  exec {to}>&-
  wait "$held" && [ "$taken" -eq "${#SERVICES[@]}" ] || { tail -n 3 "$1/snapshots.log" >&2; give_up "No consistent snapshot of the databases could be taken; no backup was made."; }
  rm "$1/snapshots.log"
}

restore() {
  local archive="${1:-}"
  [ -f "$archive" ] || give_up "Name the backup: make restore ARCHIVE=backups/hub-….tar.gz"
  archive="$(cd "$(dirname "$archive")" && pwd)/$(basename "$archive")"
  require_settings
  require_no_hub
  require_room
  require_ports
  build
  work="$(mktemp -d)"
  trap 'rm -rf "$work"' EXIT
  run_offline "$(dirname "$archive"):/from:ro" "$work:/work" -- check "/from/$(basename "$archive")" /work "$POSTGRES" || give_up "Nothing was changed."

  trap undo_restore EXIT
  if [ -f "$work/settings/env" ] && [ -f .env ]; then
    say "deploy/.env stays as it is here; the backup's is not used."
  elif [ -f "$work/settings/env" ]; then
    cp "$work/settings/env" .env
    made_settings=1
    take_settings_over
    require_settings
    require_no_hub # where those settings point to
  fi
  (umask 077 && mkdir -p "$SECRETS")
  cp "$work"/secrets/* "$SECRETS/"
  made_secrets=1
  check_settings
  make_secrets
  say "Starting PostgreSQL and RabbitMQ …"
  compose up --detach --wait --wait-timeout "$WAIT_SECONDS" --quiet-pull postgres rabbitmq
  fill "$work"
  trap - EXIT
  rm -rf "$work"
  start
  say "" "The hub is restored:  $(address)"
}

fill() {
  local service volume
  for service in "${SERVICES[@]}"; do
    say "  the database of $service"
    in_postgres pg_restore --username hub_admin --dbname "hub_$service" --no-owner --role "hub_$service" --exit-on-error --single-transaction \
      <"$1/databases/$service.dump"
  done
  run_with_databases "$1" restored /run/secrets /work
  import_definitions "$1/broker/definitions.json"
  # An archive of an earlier release contains that release's permissions.
  import_definitions "$SECRETS/rabbitmq_definitions.json"
  # Before events are published again: older ones are added to the event log, and to no queue.
  say "  the event log, from the outboxes"
  hubctl log restore </dev/null || give_up "The event log could not be refilled from the outboxes."
  compose create --quiet-pull
  for volume in "${KEPT_VOLUMES[@]}"; do
    docker run --rm --interactive --network none --user 0 --entrypoint tar --volume "${PROJECT}_$volume:/to" "$OPERATOR" -C /to -x <"$1/volumes/$volume.tar"
  done
}

# A restore starts without a hub; when it fails, its containers and volumes are removed.
undo_restore() {
  say "The restore failed; its containers, volumes and secrets are removed." >&2
  if [ -n "${made_secrets:-}" ]; then
    compose --profile '*' down --volumes --timeout 10 >/dev/null 2>&1 || true
    rm -rf "$SECRETS"
  fi
  [ -z "${made_settings:-}" ] || rm -f .env
  rm -rf "$work"
}
