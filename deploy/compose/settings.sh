# shellcheck shell=bash
# Read deploy/.env as docker compose does, and refuse each line that the two could read differently.

SETTINGS_WRONG=() # a sentence for each line that cannot be read
SETTINGS_NAMED=() # the names that the file sets

# A value in quotes may be followed by a comment. Without quotes a comment begins at " #".
SETTING_LINE='^[[:space:]]*(export[[:space:]]+)?([A-Za-z_][A-Za-z0-9_]*)[[:space:]]*=[[:space:]]*(.*)$'
IN_SINGLE_QUOTES="^'([^']*)'[[:space:]]*(#.*)?\$"
IN_DOUBLE_QUOTES='^"([^"\$]*)"[[:space:]]*(#.*)?$'
BYTE_ORDER_MARK=$'\xef\xbb\xbf'

wrong_line() { SETTINGS_WRONG+=("deploy/.env, line $1: $2"); }

# Read the operator's settings; the environment takes precedence, as it does for docker compose.
read_settings() {
  local line number=0
  SETTINGS_WRONG=() SETTINGS_NAMED=()
  [ -e .env ] || return 0
  if [ ! -f .env ] || [ ! -r .env ]; then
    SETTINGS_WRONG+=("deploy/.env is not a file that this account can read: change its owner or its mode.")
    return 0
  fi
  while IFS= read -r line || [ -n "$line" ]; do
    number=$((number + 1))
    [ "$number" -gt 1 ] || line="${line#"$BYTE_ORDER_MARK"}"
    read_setting "$number" "$line"
  done <.env
}

read_setting() {
  local number="$1" line="$2" name value
  line="${line%$'\r'}"
  [[ "$line" =~ [^[:space:]] ]] || return 0
  [[ ! "$line" =~ ^[[:space:]]*# ]] || return 0
  if [[ ! "$line" =~ $SETTING_LINE ]]; then
    wrong_line "$number" "this is not of the form NAME=value."
    return 0
  fi
  name="${BASH_REMATCH[2]}" value="${BASH_REMATCH[3]}"
  case "$name" in
    HUB_* | COMPOSE_* | PIP_*) ;;
    [Hh][Uu][Bb]_*) wrong_line "$number" "$name is written in capitals: ${name^^}."; return 0 ;;
    *) return 0 ;;
  esac
  if [[ " ${SETTINGS_NAMED[*]} " == *" $name "* ]]; then
    wrong_line "$number" "$name is set a second time: remove one of the two."
    return 0
  fi
  plain_value "$number" "$name" "$value" || return 0
  SETTINGS_NAMED+=("$name")
  [ -n "${!name+set}" ] || export "$name=$VALUE"
}

# Set VALUE to a setting without its quotes and comment.
plain_value() {
  local number="$1" name="$2" value="$3"
  case "$value" in
    \'*)
      if [[ ! "$value" =~ $IN_SINGLE_QUOTES ]] || [[ "${BASH_REMATCH[1]}" == *\\ ]]; then
        wrong_line "$number" "$name begins with a single quote, which must end on this line, with nothing but a comment after it."
        return 1
      fi
      VALUE="${BASH_REMATCH[1]}" ;;
    \"*)
      if [[ ! "$value" =~ $IN_DOUBLE_QUOTES ]] || [[ "${BASH_REMATCH[1]}" == *\\* ]]; then
        wrong_line "$number" "$name is in double quotes, which must end on this line and hold no \\ and no \$: use single quotes."
        return 1
      fi
      VALUE="${BASH_REMATCH[1]}" ;;
    *)
      VALUE="${value%%" #"*}"
      while [[ "$VALUE" == *[[:space:]] ]]; do VALUE="${VALUE%?}"; done
      if [[ "$VALUE" == \#* || "$VALUE" == *\$* ]]; then
        wrong_line "$number" "$name holds a \$ or begins with #: put its value in single quotes."
        return 1
      fi ;;
  esac
  [[ ! "$VALUE" =~ [[:cntrl:]] ]] || { wrong_line "$number" "$name holds an invisible character: type the line again."; return 1; }
}

# Print the absolute path of a folder, which the engine requires.
absolute() {
  case "$1" in
    /*) printf '%s' "$1" ;;
    \~/*) printf '%s' "$HOME/${1#\~/}" ;;
    *) printf '%s' "$PWD/${1#./}" ;;
  esac
}

# Give up at the first wrong setting without which docker compose cannot read its file; check_settings reports the others.
require_settings() {
  local sentence port
  if [ "${#SETTINGS_WRONG[@]}" -gt 0 ]; then
    for sentence in "${SETTINGS_WRONG[@]}"; do say "$sentence" >&2; done
    give_up "Nothing was changed."
  fi
  for port in HUB_HTTP_PORT HUB_HTTPS_PORT HUB_SUBSCRIBERS_PORT; do
    is_port "${!port:-80}" || give_up "$port is \"${!port}\": a port is a number from 1 to 65535."
  done
  [[ "$PROJECT" =~ ^[a-z0-9][a-z0-9_-]*$ ]] || give_up "COMPOSE_PROJECT_NAME is \"$PROJECT\": this must be lower-case letters, digits, - and _, and begin with one of the first two."
  is_address "${HUB_BIND:-0.0.0.0}" || give_up "HUB_BIND is \"$HUB_BIND\": this is an address of this machine, such as 127.0.0.1, or [::1] for IPv6."
  case "${HUB_INSIDE_CLOSED:-true}" in
    true | false) ;;
    *) give_up "HUB_INSIDE_CLOSED is \"$HUB_INSIDE_CLOSED\": this is true or false." ;;
  esac
  for sentence in "$SECRETS" "$BACKUPS"; do
    [[ "$sentence" != *:* ]] || give_up "$sentence has a colon in its name: choose another folder with HUB_SECRETS or HUB_BACKUPS."
  done
}

is_port() { [[ "$1" =~ ^[1-9][0-9]{0,4}$ ]] && [ "$1" -le 65535 ]; }

is_address() {
  local part='(25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])'
  [[ "$1" =~ ^($part\.){3}$part$ || "$1" =~ ^\[[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*\]$ ]]
}

# Check every setting, and all together, with this release's own images, before anything is replaced.
check_settings() {
  local read exists=() secrets=()
  ! hub_exists || exists=(--hub-exists)
  [ ! -d "$SECRETS" ] || secrets=("$SECRETS:/secrets") # the engine would create a missing folder
  read="$(compose --profile '*' config --format json 2>/dev/null)" ||
    give_up "Docker Compose cannot use the settings: $(compose --profile '*' config --quiet 2>&1 | tail -n 1)"
  run_offline --interactive "${secrets[@]}" -- settings /secrets "${exists[@]}" "${SETTINGS_NAMED[@]}" <<<"$read" || give_up "Nothing that runs was changed."
  gateway_accepts
}

gateway_accepts() {
  local said
  said="$(docker run --rm --network none --entrypoint caddy --env HUB_ADDRESS --env HUB_TLS --env HUB_PAGES --env HUB_OUTER_GATEWAYS \
    --volume "$PWD/caddy/Caddyfile:/etc/caddy/Caddyfile:ro" caddy:2 adapt --config /etc/caddy/Caddyfile 2>&1 >/dev/null)" ||
    give_up "The gateway cannot use HUB_ADDRESS, HUB_TLS or another of its settings: ${said##*$'\n'}"
}
