#!/usr/bin/env bash
# What `make up`, `down`, `logs`, `ps` and `migrate` do with deploy/compose.yaml. One sentence and no half of a hub when
# something is missing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

# An operator's settings; the environment wins over them, as it does for docker compose.
if [ -f .env ]; then
  while IFS='=' read -r name value; do
    case "$name" in HUB_*) [ -n "${!name+set}" ] || export "$name=$value" ;; esac
  done <.env
fi

COMPOSE_AT_LEAST=2.20
DISK_AT_LEAST=4    # GB free where the engine keeps its data
MEMORY_AT_LEAST=2  # GB
WAIT_SECONDS=120
SECRETS="${HUB_SECRETS:-$PWD/secrets}"
OPERATOR="mathshub-operator:${HUB_VERSION:-0.1.0}"

say() { printf '%s\n' "$@"; }
give_up() { printf '%s\n' "$*" >&2; exit 1; }
compose() { docker compose --file compose.yaml "$@"; }

# Nothing is changed before all of this holds.
require_engine() {
  command -v docker >/dev/null || give_up "Docker is not installed: install Docker Engine with Compose v$COMPOSE_AT_LEAST or newer, then run this again."
  docker info >/dev/null 2>&1 || give_up "The Docker engine does not answer: start it, or run this as somebody who may use it."
  local version
  version="$(docker compose version --short 2>/dev/null || true)"
  version="${version#v}"
  [ -n "$version" ] || give_up "Docker Compose v2 is not installed (docker-compose with a hyphen is v1): install the compose plugin."
  [ "$(printf '%s\n' "$COMPOSE_AT_LEAST" "$version" | sort -V | head -n 1)" = "$COMPOSE_AT_LEAST" ] ||
    give_up "Docker Compose $version is too old: $COMPOSE_AT_LEAST or newer is needed."
}

require_room() {
  local root free memory
  root="$(docker info --format '{{.DockerRootDir}}')"
  if [ -d "$root" ]; then
    free="$(df --output=avail -BG "$root" | tail -n 1 | tr -dc 0-9)"
    [ "$free" -ge "$DISK_AT_LEAST" ] || give_up "Only $free GB are free in $root; the hub needs $DISK_AT_LEAST GB to start."
  fi
  memory="$(docker info --format '{{.MemTotal}}')"
  [ $((memory / 1000000000)) -ge "$MEMORY_AT_LEAST" ] || give_up "This machine has $((memory / 1000000)) MB of memory; the hub needs $MEMORY_AT_LEAST GB."
}

require_ports() {
  [ -z "$(compose ps --quiet gateway 2>/dev/null)" ] || return 0 # they are ours
  local port
  for port in "${HUB_HTTP_PORT:-80}" "${HUB_HTTPS_PORT:-443}"; do
    if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
      give_up "Port $port is in use: stop what uses it, or choose others with HUB_HTTP_PORT and HUB_HTTPS_PORT."
    fi
  done
}

# Compose reads the secrets of every service, so they must be there for any of its commands.
make_secrets() {
  (umask 077 && mkdir -p "$SECRETS")
  docker run --rm --network none --user "$(id -u):$(id -g)" --volume "$SECRETS:/secrets" "$OPERATOR" operations secrets /secrets ||
    give_up "No hub was started."
}

why_not() {
  local name
  for name in $(compose ps --all --format '{{.Service}} {{.State}} {{.Health}} {{.ExitCode}}' |
    awk '($2 == "exited" && $4 != 0) || $2 == "restarting" || $3 == "unhealthy" { print $1 }'); do
    say "" "The last words of $name:" >&2
    compose logs --no-log-prefix --tail 15 "$name" >&2
  done
}

address() {
  local given="${HUB_ADDRESS:-:80}"
  case "$given" in
    :*) printf 'http://localhost%s' "$([ "${HUB_HTTP_PORT:-80}" = 80 ] || printf ':%s' "${HUB_HTTP_PORT}")" ;;
    http*) printf '%s' "$given" ;;
    *) printf 'https://%s' "$given" ;;
  esac
}

up() {
  require_engine
  require_room
  require_ports
  say "Building images …"
  compose --profile operator build --quiet || give_up "The images could not be built."
  make_secrets
  say "Starting (up to $WAIT_SECONDS s) …"
  if ! compose up --detach --wait --wait-timeout "$WAIT_SECONDS" --remove-orphans --quiet-pull; then
    why_not
    give_up "The hub is not up. What is there can be looked at with make ps and make logs; make down stops it."
  fi
  say "" "The hub:  $(address)" "Sign in:  make sign-in WHO=you ROLE=hub_admin" "Logs:     make logs    Stop: make down"
}

require_secrets() {
  [ -e "$SECRETS/token_public_key.json" ] || give_up "There is no hub here yet: make up makes one."
}

require_engine_and_hub() {
  require_engine
  require_secrets
}

case "${1:-}" in
  up) up ;;
  down) require_engine_and_hub && compose --profile '*' down --timeout 60 "${@:2}" ;;
  logs) require_engine_and_hub && compose logs --follow --tail 100 "${@:2}" ;;
  ps) require_engine_and_hub && compose ps --all ;;
  migrate)
    require_engine_and_hub
    for service in enrolment visits notifications reporting; do compose run --rm --no-TTY "migrate-$service"; done
    ;;
  hubctl)
    require_engine_and_hub
    export HUB_PUBLIC_URL="${HUB_PUBLIC_URL:-$(address)}" HUB_OPERATOR="${HUB_OPERATOR:-$(id -un)}"
    compose run --rm --no-deps operator hubctl "${@:2}"
    ;;
  *) give_up "usage: compose.sh up|down|logs|ps|migrate|hubctl" ;;
esac
