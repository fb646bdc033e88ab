# shellcheck shell=bash
# Start a hub, new or existing, and wait until it is healthy; or give up with a sentence.

build() {
  say "Building images …"
  compose --profile operator build --quiet || give_up "The images could not be built; nothing that runs was changed."
}

# Every command of Compose needs the secrets of all services. None is generated while a hub has data that needs the old
# ones. With "replace" they are, because that data is deleted next.
make_secrets() {
  local exists=()
  [ "${1:-}" = replace ] || ! hub_exists || exists=(--hub-exists)
  (umask 077 && mkdir -p "$SECRETS")
  run_offline "$SECRETS:/secrets" -- secrets /secrets "${exists[@]}" || give_up "No hub was started."
}

# Give up with the unhealthy parts and their last log lines; other parts wait for a migration that failed.
why_not() {
  local name sick=()
  mapfile -t sick < <(unwell "$@")
  for name in "${sick[@]}"; do last_words "$name"; done
  name="$(failed_migration)"
  [ -z "$name" ] || { last_words "migrate-$name"; give_up "The migration of $name failed and was rolled back: its database is unchanged. A release that is older than the database cannot be started."; }
  give_up "The hub did not start. Unhealthy: ${sick[*]:-no container, so see the message of Compose above}. make ps and make logs show its containers; make down stops it."
}

# A broker reads its definitions when it starts. A running one, at an upgrade or after a restore, gets those of this
# release: a service may have a new queue, or more subscriptions than before.
renew_definitions() {
  import_definitions "$SECRETS/rabbitmq_definitions.json" ||
    give_up "RabbitMQ refused the definitions of this release; nothing was started. make logs ARGS=rabbitmq shows why."
}

# Database and broker first, because services are healthy only after them.
start() {
  local broker all=()
  unpause # a paused broker counts as running, and accepts no definitions
  broker="$(compose ps --quiet --status running rabbitmq)"
  bring_up_database_and_broker
  [ -z "$broker" ] || renew_definitions
  say "Starting the rest (up to $WAIT_SECONDS s) …"
  mapfile -t all < <(all_parts)
  START_OPTIONS=(--remove-orphans)
  bring_up "${all[@]}" || why_not "${all[@]}"
  show_renewed_certificate
  whole_log
}

# The AMQP gateway reads its certificate when it starts, and again after this signal, which closes no connection.
show_renewed_certificate() {
  ! has_subscribers || compose kill --signal USR2 amqp-gateway >/dev/null 2>&1 || true
}

# The definitions create a missing event log, and subscribers cannot tell an empty log from a complete one.
whole_log() {
  local code=0
  hubctl log status >/dev/null 2>&1 || code=$?
  [ "$code" -ne 1 ] || say "" "The event log lacks events that the outboxes have: deploy/compose.sh hubctl log restore adds them." \
    "  (deploy/compose.sh hubctl log status lists them; the hub runs meanwhile)"
}

up() {
  require_settings
  require_room
  require_ports
  require_own_database
  build
  check_settings
  make_secrets
  start
  [ "${HUB_DEMO:-0}" != 1 ] || load_year
  say "" "The hub:  $(address)" "Sign in:  make sign-in WHO=you ROLE=hub_admin" "Check:    make doctor    Stop: make down"
}

# Load the demonstration year; a second call finds it complete and loads nothing.
load_year() {
  local terminal=()
  [ -t 1 ] || terminal=(--no-TTY)
  HUB_TOKEN="$(hubctl tokens issue demonstration --role hub_admin --role hub_lead --days 1 2>/dev/null)"
  export HUB_TOKEN
  compose run --rm --no-deps "${terminal[@]}" --env HUB_TOKEN operator hub_demo || give_up "The demonstration year is incomplete; make up DEMO=1 continues it."
  say "E-mails:  $(address)/letters/"
}

migrate() {
  local service
  [ $# -gt 0 ] || set -- "${SERVICES[@]}"
  for service in "$@"; do
    compose run --rm --no-TTY "migrate-$service" ||
      give_up "The migration of $service failed and was rolled back: its database is unchanged."
  done
}
