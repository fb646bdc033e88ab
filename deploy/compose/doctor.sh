# shellcheck shell=bash
# Report faults in sentences: of this machine and the containers, then those that hubctl finds from inside.

WRONG=0
well() { say "  well   $1"; }
wrong() { say "  WRONG  $1"; WRONG=$((WRONG + 1)); }
note() { say "  note   $1"; }

doctor() {
  say "The machine"
  machine
  say "The containers"
  containers
  say "Backups"
  last_backup
  if [ -n "$(compose ps --quiet --status running postgres)" ]; then
    say "The hub's description"
    description
    hubctl doctor --others-wrong "$WRONG" || WRONG=$((WRONG + 1))
  else
    wrong "postgres is not running, so the databases cannot be checked: make up starts the hub."
  fi
  [ "$WRONG" -eq 0 ] || give_up "Faults were found: see the lines with WRONG."
}

# Earlier releases read the hub's area from HUB_AREA_LA_CODES; this one reads it from the hub's description.
description() {
  local described codes="${HUB_AREA_LA_CODES:-}" how="PUT /enrolment/v1/hub describes it (docs/operations.md, The hub itself)"
  described="$(in_postgres psql --username hub_admin --dbname hub_enrolment --tuples-only --no-align --command \
    "SELECT count(*) FROM hub" </dev/null 2>/dev/null || true)"
  case "${described:-unknown}:${codes:+set}" in
    1:) well "The hub has been described." ;;
    1:set) note "HUB_AREA_LA_CODES is not read any more: the hub has been described, so remove the setting." ;;
    0:set) note "HUB_AREA_LA_CODES is not read any more, and the hub has not been described yet: reports of the hub's area have no schools. $how; its area_la_codes are $codes." ;;
    0:) note "The hub has not been described yet: reports of the hub's area have no schools. $how." ;;
    *) note "Whether the hub has been described could not be read." ;;
  esac
}

machine() {
  local root free memory
  root="$(engine_folder)"
  memory="$(memory_mb)"
  well "Docker Engine $(docker version --format '{{.Server.Version}}'), Compose $(docker compose version --short)"
  if [ -d "$root" ]; then
    free="$(free_gb "$root")"
    if [ "$free" -lt 2 ]; then wrong "Only $free GB are free in $root: RabbitMQ accepts no events below 1 GB."
    elif [ "$free" -lt 5 ]; then note "$free GB are free in $root."
    else well "$free GB are free in $root."; fi
  fi
  if [ $((memory / 1000)) -lt "$MEMORY_AT_LEAST" ]; then wrong "$memory MB of memory; the hub needs $MEMORY_AT_LEAST GB."
  else well "$memory MB of memory."; fi
}

containers() {
  local name state health restarts image network gateways=(gateway)
  ! has_subscribers || gateways+=(amqp-gateway)
  for name in "${gateways[@]}" "${SERVICES[@]}" postgres rabbitmq; do
    read -r state health image < <(compose ps --all --format '{{.State}} {{or .Health "none"}} {{.Image}}' "$name" | head -n 1) || true
    if [ -z "${state:-}" ]; then wrong "$name has no container: make up creates it."; continue; fi
    restarts="$(docker inspect --format '{{.RestartCount}}' "$(compose ps --all --quiet "$name" | head -n 1)")"
    if [ "$state" != running ]; then wrong "$name is $state: make logs ARGS=$name shows the reason, make up starts it again."
    elif [ "$health" = unhealthy ]; then wrong "$name runs but is unhealthy: make logs ARGS=$name shows the reason, make up restarts it."
    elif [ "$health" = starting ]; then note "$name is starting, and not ready yet."
    elif [ "$restarts" -gt 0 ]; then note "$name ($image) runs, and was started again $restarts times by itself."
    else well "$name ($image)"; fi
    state=""
  done
  while read -r name _ network; do
    wrong "$name is disconnected from the network $network, so other parts cannot reach it: make up connects it again."
  done < <(cut_off)
}

last_backup() {
  local newest="" age
  # The folder is created by the first backup.
  [ ! -d "$BACKUPS" ] || newest="$(find "$BACKUPS" -maxdepth 1 -name 'hub-*.tar.gz' -printf '%T@ %f\n' | sort -n | tail -n 1)"
  if [ -z "$newest" ]; then note "There is none in $BACKUPS: make backup makes one."; return; fi
  age=$((($(date +%s) - ${newest%%.*}) / 86400))
  if [ "$age" -gt 7 ]; then note "The last one, ${newest#* }, is $age days old."; else well "${newest#* }, $age days old"; fi
}
