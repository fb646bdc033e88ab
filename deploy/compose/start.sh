# shellcheck shell=bash
# From nothing, or from an older start, to a hub that is healthy; or to a sentence.

build() {
  say "Building images …"
  compose --profile operator build --quiet || give_up "The images could not be built; nothing that runs was changed."
}

# Compose reads the secrets of every service, so they must be there for any of its commands.
# None is made while a hub keeps data that only the old ones open; with "anew" they are, as that data is deleted next.
make_secrets() {
  local exists=()
  [ "${1:-}" = anew ] || ! hub_exists || exists=(--hub-exists)
  (umask 077 && mkdir -p "$SECRETS")
  aside "$SECRETS:/secrets" -- secrets /secrets "${exists[@]}" || give_up "No hub was started."
}

# Name the parts that are not well, with their last lines; a migration that failed is what the others wait for.
why_not() {
  local name sick=()
  mapfile -t sick < <(unwell "$@")
  for name in "${sick[@]}"; do last_words "$name"; done
  name="$(failed_migration)"
  [ -z "$name" ] || { last_words "migrate-$name"; give_up "The migration of $name failed and was undone as a whole: its database is as it was. A release that is older than the database cannot be started."; }
  give_up "The hub is not up. Not well: ${sick[*]:-no container, so read what Compose says above}. What is there can be looked at with make ps and make logs; make down stops it."
}

# A broker reads its definitions when it starts. One that runs already, at an upgrade or with a backup's
# definitions, is given those of this release: a service may have a new queue, or read more than before.
renew_definitions() {
  import_definitions "$SECRETS/rabbitmq_definitions.json" ||
    give_up "RabbitMQ refused the definitions of this release; nothing was started. make logs ARGS=rabbitmq shows why."
}

# Database and broker first: a service that waits for them is not well before they are.
start() {
  local broker all=()
  unpause # it would look like one that runs, and take no definitions
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

# The AMQP gateway reads its certificate when it starts, and again after this signal; no connection is closed by it.
show_renewed_certificate() {
  ! has_subscribers || compose kill --signal USR2 amqp-gateway >/dev/null 2>&1 || true
}

# The definitions of a start make a log that is missing, and an empty one looks like any other to a subscriber.
whole_log() {
  local code=0
  hubctl log status >/dev/null 2>&1 || code=$?
  [ "$code" -ne 1 ] || say "" "The event log lacks events that publishers keep: deploy/compose.sh hubctl log restore brings them back." \
    "  (deploy/compose.sh hubctl log status says which; the hub runs meanwhile)"
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
  say "" "The hub:  $(address)" "Sign in:  make sign-in WHO=you ROLE=hub_admin" "Is it well?  make doctor    Stop: make down"
}

# A second time it finds that the year has been lived, and loads nothing.
load_year() {
  local terminal=()
  [ -t 1 ] || terminal=(--no-TTY)
  HUB_TOKEN="$(hubctl tokens issue demonstration --role hub_admin --role hub_lead --days 1 2>/dev/null)"
  export HUB_TOKEN
  compose run --rm --no-deps "${terminal[@]}" --env HUB_TOKEN operator hub_demo || give_up "The demonstration year is not all there; make up DEMO=1 goes on with it."
  say "Letters:  $(address)/letters/"
}

migrate() {
  local service
  [ $# -gt 0 ] || set -- "${SERVICES[@]}"
  for service in "$@"; do
    compose run --rm --no-TTY "migrate-$service" ||
      give_up "The migration of $service failed and was undone as a whole: its database is as it was."
  done
}
