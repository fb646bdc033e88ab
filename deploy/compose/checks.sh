# shellcheck shell=bash
# Checks before anything is changed; each prints one sentence with the fault and the remedy.

COMPOSE_AT_LEAST=2.20
ENGINE_AT_LEAST=20.10
DISK_AT_LEAST=4    # GB free where the engine keeps its data
MEMORY_AT_LEAST=2  # GB

no_older() { [ "$(printf '%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]; }

require_engine() {
  command -v docker >/dev/null || give_up "Docker is not installed: install Docker Engine with Compose v$COMPOSE_AT_LEAST or newer, then run this again."
  local engine version
  engine="$(docker version --format '{{.Server.Version}}' 2>/dev/null)" || give_up "The Docker engine does not answer: start it, or run this as an account that may use it."
  no_older "$engine" "$ENGINE_AT_LEAST" || give_up "Docker Engine $engine is too old: $ENGINE_AT_LEAST or newer is needed."
  version="$(docker compose version --short 2>/dev/null || true)"
  version="${version#v}"
  [ -n "$version" ] || give_up "Docker Compose v2 is not installed (docker-compose with a hyphen is v1): install the compose plugin."
  no_older "$version" "$COMPOSE_AT_LEAST" || give_up "Docker Compose $version is too old: $COMPOSE_AT_LEAST or newer is needed."
}

engine_folder() { docker info --format '{{.DockerRootDir}}'; }
free_gb() { df --output=avail -BG "$1" | tail -n 1 | tr -dc 0-9; }
memory_mb() { printf '%s' $(($(docker info --format '{{.MemTotal}}') / 1000000)); }

require_room() {
  local root free memory
  root="$(engine_folder)"
  if [ -d "$root" ]; then
    free="$(free_gb "$root")"
    [ "$free" -ge "$DISK_AT_LEAST" ] || give_up "Only $free GB are free in $root; the hub needs $DISK_AT_LEAST GB to start."
  fi
  memory="$(memory_mb)"
  [ $((memory / 1000)) -ge "$MEMORY_AT_LEAST" ] || give_up "This machine has $memory MB of memory; the hub needs $MEMORY_AT_LEAST GB."
}

require_ports() {
  require_free gateway HUB_HTTP_PORT "${HUB_HTTP_PORT:-80}"
  require_free gateway HUB_HTTPS_PORT "${HUB_HTTPS_PORT:-443}"
  ! has_subscribers || require_free amqp-gateway HUB_SUBSCRIBERS_PORT "${HUB_SUBSCRIBERS_PORT:-5671}"
}

require_free() { # require_free PART SETTING PORT
  [ -z "$(compose ps --quiet "$1" 2>/dev/null)" ] || return 0 # it is ours
  ! (exec 3<>"/dev/tcp/127.0.0.1/$3") 2>/dev/null ||
    give_up "Port $3 is in use: stop what uses it, or choose another with $2."
}

# A server of another major version cannot read these files; its own message would be hidden in its log.
require_own_database() {
  local volume="${PROJECT}_database" major
  docker volume inspect "$volume" >/dev/null 2>&1 || return 0
  major="$(docker run --rm --network none --entrypoint cat --volume "$volume:/database:ro" "postgres:$POSTGRES" /database/PG_VERSION 2>/dev/null || true)"
  [ -z "$major" ] || [ "$major" = "$POSTGRES" ] ||
    give_up "The databases were written by PostgreSQL $major, and this release has $POSTGRES: check out the release that wrote them, make backup, make uninstall, then check out this release again and make restore."
}

require_hub() {
  [ ! -e "$SECRETS/token_public_key.json" ] || return 0
  ! hub_exists || give_up "The hub exists, but $SECRETS/token_public_key.json is lost: make check-settings prints the remedy."
  give_up "There is no hub here yet: make up creates one, make restore restores one from a backup."
}

require_no_hub() {
  [ -z "$(volumes)" ] && [ ! -e "$SECRETS/postgres_password" ] ||
    give_up "There is a hub here already, and a backup is restored only where there is none: make uninstall removes it, after asking."
}

require_running() {
  local part
  for part in "$@"; do
    [ -n "$(compose ps --quiet --status running "$part" 2>/dev/null)" ] || give_up "$part is not running: make up starts the hub."
  done
}
