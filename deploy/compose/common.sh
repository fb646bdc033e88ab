# shellcheck shell=bash
# Settings, folders and commands of the engine that the other files here use.

# shellcheck source=compose/settings.sh
. "${BASH_SOURCE[0]%/*}/settings.sh"

take_settings_over() {
  read_settings
  # HUB_DEMO=1 (make … DEMO=1): a second hub with an invented year, whose mail server stores all e-mails and delivers none.
  if [ "${HUB_DEMO:-0}" = 1 ]; then
    export COMPOSE_PROJECT_NAME=hub-demo HUB_SECRETS="$PWD/secrets-demo" HUB_BACKUPS="$PWD/backups-demo"
    export HUB_HTTP_PORT="${HUB_DEMO_HTTP_PORT:-8080}" HUB_HTTPS_PORT="${HUB_DEMO_HTTPS_PORT:-8443}" HUB_ADDRESS=:80
    export HUB_SUBSCRIBERS_PORT="${HUB_DEMO_SUBSCRIBERS_PORT:-8671}"
    export COMPOSE_PROFILES="${COMPOSE_PROFILES:+$COMPOSE_PROFILES,}demo" HUB_ALLOW_HUB_TIME=1 HUB_REQUESTS_PER_MINUTE=0
    export HUB_SMTP_HOST=mailpit HUB_SMTP_PORT=1025 HUB_SMTP_TLS=none HUB_SMTP_USER=""
    export HUB_MAIL_FROM="${HUB_MAIL_FROM:-maths-hub@hub.example}"
  fi
  # With an issuer the gateway asks oauth2-proxy for the identity of people.
  if [ -n "${HUB_OIDC_ISSUER:-}" ]; then
    export HUB_PAGES=pages_oidc COMPOSE_PROFILES="${COMPOSE_PROFILES:+$COMPOSE_PROFILES,}oidc"
  fi
  PROJECT="${COMPOSE_PROJECT_NAME:-hub}"
  SECRETS="$(absolute "${HUB_SECRETS:-secrets}")"
  BACKUPS="$(absolute "${HUB_BACKUPS:-backups}")"
  export HUB_SECRETS="$SECRETS"
}

SERVICES=(enrolment visits notifications reporting)
VERSION="${HUB_VERSION:-0.1.0}"
OPERATOR="mathshub-operator:$VERSION"
POSTGRES=17 # the major version in compose.yaml; its data can only be read by the same

say() { printf '%s\n' "$@"; }
give_up() { printf '%s\n' "$*" >&2; exit 1; }
# settings.sh has read .env already; make down must work although .env has a line that compose cannot read.
compose() {
  HUB_PUBLIC_URL="${HUB_PUBLIC_URL:-$(address)}" HUB_SUBSCRIBERS_HOST="$(! has_subscribers || subscribers_host)" \
    docker compose --env-file /dev/null --file compose.yaml "$@"
}

# Run `python -m hub_operations …` on folders of this machine, without a network: run_offline HOST_FOLDER:CONTAINER_FOLDER … -- words
# With --interactive as its first word it reads standard input.
run_offline() {
  local mounts=() name settings=(--env "HUB_ID=${HUB_ID:-cambridge}" --env "HUB_SUBSCRIBERS_HOST=$(subscribers_host)")
  [ "$1" != --interactive ] || { mounts+=("$1"); shift; }
  while [ "$1" != -- ]; do mounts+=(--volume "$1"); shift; done
  for name in "${!HUB_@}" COMPOSE_PROFILES; do
    [[ "$name" == HUB_ID || "$name" == HUB_SUBSCRIBERS_HOST || "$name" == HUB_TOKEN* ]] || settings+=(--env "$name")
  done
  docker run --rm --network none --user "$(id -u):$(id -g)" "${settings[@]}" "${mounts[@]}" "$OPERATOR" hub_operations "${@:2}"
}

# Run `python -m hub_operations …` on the network of the databases, with a folder of this machine as /work.
run_with_databases() {
  compose run --rm --no-TTY --no-deps --user "$(id -u):$(id -g)" --volume "$1:/work" operator hub_operations "${@:2}"
}

# Import queues, bindings, users and permissions from a file into the running broker; others stay.
import_definitions() {
  compose cp "$1" rabbitmq:/tmp/definitions.json >/dev/null 2>&1 &&
    compose exec --no-TTY rabbitmq rabbitmqctl --quiet import_definitions /tmp/definitions.json </dev/null &&
    compose exec --no-TTY --user root rabbitmq rm /tmp/definitions.json </dev/null
}

in_postgres() { compose exec --no-TTY postgres "$@"; }

hubctl() {
  export HUB_OPERATOR="${HUB_OPERATOR:-$(id -un)}"
  if [ "${1:-}" = replay ]; then
    replay "$@"
    return
  fi
  compose run --rm --no-deps operator hubctl "$@"
}

# A replay lists the rows that it would lose in a folder of this machine, mounted under the same name: the list contains personal data.
replay() {
  local folder="${HUB_LOSSES_DIR:-$BACKUPS/losses}"
  (umask 077 && mkdir -p "$folder") || give_up "The folder $folder cannot be created."
  folder="$(cd "$folder" && pwd)"
  compose run --rm --no-deps --user "$(id -u):$(id -g)" --volume "$folder:$folder" --env "HUB_LOSSES_DIR=$folder" operator hubctl "$@"
}

address() {
  local given="${HUB_ADDRESS:-:80}"
  case "$given" in
    :*) printf 'http://localhost%s' "$([ "${HUB_HTTP_PORT:-80}" = 80 ] || printf ':%s' "${HUB_HTTP_PORT}")" ;;
    http*) printf '%s' "$given" ;;
    *) printf 'https://%s' "$given" ;;
  esac
}

# The host that subscribers connect to, and that the certificate names: HUB_SUBSCRIBERS_HOST, or the host of the hub's URL.
subscribers_host() {
  local url="${HUB_SUBSCRIBERS_HOST:-${HUB_PUBLIC_URL:-$(address)}}"
  url="${url#*://}"
  printf '%s' "${url%%[/:]*}"
}

# Whether the profile of the AMQP gateway is active.
has_subscribers() { [[ ",${COMPOSE_PROFILES:-}," == *,subscribers,* ]]; }

# Whether volumes with data exist, which a lost secret would make unreadable.
hub_exists() { [ -n "$(volumes)" ]; }

volumes() { docker volume ls --quiet --filter "label=com.docker.compose.project=$PROJECT"; }

take_settings_over
