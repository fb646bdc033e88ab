# shellcheck shell=bash
# From one release to the next, and away with all of it.

# A hub that is not well is helped first. What runs stays that of the release before until the backup is made.
upgrade() {
  local before
  require_settings
  before="$(compose ps --all --format '{{.Image}}' enrolment | head -n 1)"
  before="${before##*:}"
  require_room
  require_own_database
  say "From release ${before:-unknown (the hub is down)} to release $VERSION."
  build
  check_settings
  revive
  backup
  make_secrets
  say "Migrating …"
  (migrate) || give_up "The services still run as release ${before:-before}."
  start
  description
  hubctl doctor || give_up "The hub runs, but not everything is well. $(way_back "$before")"
  say "" "Release $VERSION runs." "$(way_back "$before")"
}

# Database and broker must be well, because the backup is of both. A service that stays unwell does not stop an
# upgrade: the new release may be what mends it.
revive() {
  local service old=() sick=()
  START_OPTIONS=(--no-recreate)
  bring_up_database_and_broker
  START_OPTIONS=()
  for service in "${SERVICES[@]}"; do
    [ -z "$(compose ps --all --quiet "$service")" ] || old+=("$service")
  done
  [ "${#old[@]}" -gt 0 ] || return 0
  settled "${old[@]}" && return
  mapfile -t sick < <(unwell "${old[@]}")
  [ "${#sick[@]}" -gt 0 ] || return 0
  restart_parts "${sick[@]}"
  settled "${old[@]}" && return
  mapfile -t sick < <(unwell "${old[@]}")
  for service in "${sick[@]}"; do last_words "$service"; done
  say "" "Not well before the upgrade: ${sick[*]}. It goes on, because the new release may mend that." >&2
}

way_back() {
  printf 'To go back: git checkout v%s && make uninstall && make restore ARCHIVE=%s' "${1:-…}" "$ARCHIVE"
}

uninstall() {
  local answer="${CONFIRM:-}" listed
  listed="$(volumes)"
  [ -n "$listed" ] || [ -e "$SECRETS" ] || give_up "There is no hub here."
  say "This deletes for good:" "  the containers and images of the project $PROJECT" "  the secrets in $SECRETS"
  # shellcheck disable=SC2086 # one argument a volume
  [ -z "$listed" ] || printf '  the volume %s\n' $listed
  say "Backups stay in $BACKUPS."
  [ -n "$answer" ] || read -r -p "Type $PROJECT to go on: " answer || true
  [ "$answer" = "$PROJECT" ] || give_up "Nothing was deleted."
  [ -e "$SECRETS/token_public_key.json" ] || make_secrets anew # compose reads them to know what there is
  compose --profile '*' down --volumes --remove-orphans --timeout 60
  listed="$(volumes)" # of an earlier release, which compose no longer knows
  # shellcheck disable=SC2086 # one argument a volume
  [ -z "$listed" ] || docker volume rm $listed >/dev/null
  local part
  for part in "${SERVICES[@]}" operator amqp-gateway; do docker image rm "mathshub-$part:$VERSION" >/dev/null 2>&1 || true; done # another hub may use them
  rm -rf "$SECRETS"
  say "Nothing is left of it but backups, and deploy/.env if you have one."
}
