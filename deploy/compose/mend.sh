# shellcheck shell=bash
# Repair containers that a fault has left stopped, paused, cut off or unhealthy, one step stronger at a time.

WAIT_SECONDS=120   # for one attempt to start parts
SETTLE_SECONDS=20  # a service becomes ready within 10 s of the end of a fault
# When this command began, as the engine writes instants.
TZ=UTC printf -v BEGAN '%(%Y-%m-%dT%H:%M:%S)T' -1

# service|state|health|container of the named parts (all, unless named); no migrations, which end by themselves.
parts() {
  compose ps --all --format '{{.Service}}|{{.State}}|{{.Health}}|{{.ID}}' "$@" 2>/dev/null | awk -F '|' '$1 !~ /^(migrate-|operator$)/'
}

all_parts() { compose config --services | awk '$1 !~ /^(migrate-|operator$)/'; }

# Run a container's own health check now: the engine's last result may be a minute old.
answers() {
  local check=()
  mapfile -t check < <(docker inspect --format '{{with .Config.Healthcheck}}{{range .Test}}{{println .}}{{end}}{{end}}' "$1" 2>/dev/null)
  case "${check[0]:-}" in
    CMD) timeout 30 docker exec "$1" "${check[@]:1}" ;;
    CMD-SHELL) timeout 30 docker exec "$1" sh -c "${check[1]}" ;;
  esac </dev/null >/dev/null 2>&1
}

# The gateway's image has no HTTP client. It answers this address itself, without a service that may hang; a redirect
# to HTTPS counts too.
gateway_answers() {
  local host="${HUB_BIND:-127.0.0.1}" line
  host="${host//[][]/}"
  [ "$host" != 0.0.0.0 ] || host=127.0.0.1
  {
    exec 3<>"/dev/tcp/$host/${HUB_HTTP_PORT:-80}" &&
      printf 'GET /reporting/metrics HTTP/1.0\r\nHost: localhost\r\n\r\n' >&3 &&
      read -r -t 10 line <&3
  } 2>/dev/null && [[ "$line" =~ ^HTTP/[0-9.]+\ [1-4] ]]
}

is_well() { # is_well SERVICE STATE HEALTH CONTAINER
  [ "$2" = running ] || return 1
  case "$3" in unhealthy | starting) return 1 ;; esac
  [ "$1" != gateway ] || gateway_answers || return 1
  answers "$4"
}

# The parts among those named that are missing, do not run or do not answer. All are asked at the same time.
unwell() {
  local name state health container found
  found="$(parts "$@")"
  {
    for name in "$@"; do
      case $'\n'"$found" in *$'\n'"$name|"*) ;; *) say "$name" ;; esac
    done
    while IFS='|' read -r name state health container; do
      [ -z "$name" ] || (is_well "$name" "$state" "$health" "$container" || say "$name") &
    done <<<"$found"
    wait
  } | sort -u
}

unpause() {
  local name container
  while IFS='|' read -r name _ _ container; do
    say "  $name is paused: it goes on"
    docker unpause "$container" >/dev/null || true
  done < <(parts | awk -F '|' '$2 == "paused"')
}

# "service network", as compose.yaml has them.
wanted_networks() {
  compose config | awk '
    /^[a-z]/ { part = $1 }
    part != "services:" { next }
    /^  [^ ]/ { service = $1; sub(/:$/, "", service) }
    /^    [^ ]/ { inside = $1 == "networks:" }
    inside && /^      [^ ]/ { network = $1; sub(/:$/, "", network); print service, network }'
}

# "service container network" of containers that were taken off a network: they run, and no other part finds them.
cut_off() {
  local containers attached
  containers="$(parts | cut -d '|' -f 4)"
  [ -n "$containers" ] || return 0
  # shellcheck disable=SC2086 # one argument a container
  attached="$(docker inspect --format '{{index .Config.Labels "com.docker.compose.service"}} {{.Id}} {{range $name, $_ := .NetworkSettings.Networks}}{{$name}} {{end}}' $containers)"
  # shellcheck disable=SC2016 # awk's fields, not the shell's
  awk -v project="$PROJECT" '
    NR == FNR { wanted[$1] = wanted[$1] " " $2; next }
    {
      count = split(wanted[$1], names, " ")
      for (i = 1; i <= count; i++) if (index($0 " ", " " project "_" names[i] " ") == 0) print $1, $2, project "_" names[i]
    }' <(wanted_networks) <(printf '%s\n' "$attached")
}

reconnect() {
  local name container network
  while read -r name container network; do
    say "  $name is cut off from the network $network: it is connected again"
    docker network connect --alias "$name" "$network" "$container" 2>/dev/null || true # a new container will be
  done < <(cut_off)
}

# Remove stopped containers whose network was deleted: neither the engine nor Compose starts them again, migrations
# included. Their data is in volumes.
remove_stranded() {
  local container network networks
  for container in $(docker ps --all --quiet --filter "label=com.docker.compose.project=$PROJECT" --filter status=exited --filter status=created); do
    networks="$(docker inspect --format '{{range .NetworkSettings.Networks}}{{.NetworkID}} {{end}}' "$container")"
    for network in $networks; do
      docker network inspect "$network" >/dev/null 2>&1 && continue
      docker rm "$container" >/dev/null || true
      break
    done
  done
}

# Print the named parts that are unhealthy and whose container started (or was created) before this command.
unwell_since() { # unwell_since StartedAt|Created PART…
  local field=".$1" name container
  [ "$1" != StartedAt ] || field=.State.StartedAt
  for name in $(unwell "${@:2}"); do
    for container in $(compose ps --all --quiet "$name" 2>/dev/null); do
      [[ "$(docker inspect --format "{{$field}}" "$container")" < "$BEGAN" ]] && say "$name" && break
    done
  done
}

restart_parts() {
  say "  restarting $*"
  compose restart --timeout 30 "$@" || true # what it did not help is seen next
}

# Also when its network was deleted, or a file that it had mounted was replaced. What it keeps is in volumes.
renew_parts() {
  say "  new containers for $*"
  compose up --detach --no-deps --force-recreate --quiet-pull "$@" || true
}

# Wait until the named parts answer; a service finds its database and broker again by itself.
settled() {
  local until=$((SECONDS + SETTLE_SECONDS))
  while [ -n "$(unwell "$@")" ]; do
    [ "$SECONDS" -lt "$until" ] || return 1
    sleep 1
  done
}

attempt() {
  compose up --detach --wait --wait-timeout "$WAIT_SECONDS" --quiet-pull "${START_OPTIONS[@]}" "$@" && settled "$@"
}

START_OPTIONS=()

# Compose ends migrations under way when another part does not come up; one that was ended by a signal did not fail.
failed_migration() {
  # shellcheck disable=SC2016 # awk's fields, not the shell's
  compose ps --all --format '{{.Service}}|{{.State}}|{{.ExitCode}}' |
    awk -F '|' '$1 ~ /^migrate-/ && $2 == "exited" && $3 != 0 && $3 < 128 { sub(/^migrate-/, "", $1); print $1; exit }'
}

# Start parts and wait until they answer. Those that do not are restarted, then made anew, unless this command has
# just done so: then it is no use.
bring_up() {
  local sick=()
  attempt "$@" && return 0
  [ -z "$(failed_migration)" ] || return 1
  mapfile -t sick < <(unwell_since StartedAt "$@")
  if [ "${#sick[@]}" -gt 0 ]; then
    restart_parts "${sick[@]}"
    attempt "$@" && return 0
  fi
  mapfile -t sick < <(unwell_since Created "$@")
  [ "${#sick[@]}" -gt 0 ] || return 1
  renew_parts "${sick[@]}"
  attempt "$@"
}

last_words() {
  say "" "The last words of $1:" >&2
  compose logs --no-log-prefix --tail 15 "$1" >&2
}

# Everything else waits for these two.
bring_up_database_and_broker() {
  local sick=() name
  unpause
  reconnect
  remove_stranded
  say "Starting the database and the broker (up to $WAIT_SECONDS s) …"
  bring_up postgres rabbitmq && return
  mapfile -t sick < <(unwell postgres rabbitmq)
  for name in "${sick[@]}"; do last_words "$name"; done
  give_up "The database or the broker does not start, and the rest needs both. Not well: ${sick[*]:-no container, so read what Compose says above}."
}
