# shellcheck shell=bash
# From one release to the next, and away with all of it.

upgrade() {
  local before sick
  require_settings
  require_running postgres rabbitmq "${SERVICES[@]}"
  before="$(compose ps --format '{{.Image}}' enrolment | head -n 1)"
  before="${before##*:}"
  sick="$(compose ps --format '{{.Service}} {{.Health}}' | awk '$2 == "unhealthy" || $2 == "starting" { print $1 }' | head -n 1)"
  [ -z "$sick" ] || give_up "$sick is not healthy; an upgrade begins with a healthy hub. make doctor says what is wrong."
  require_room
  require_own_database
  say "From release $before to $VERSION."
  build
  check_settings
  backup
  make_secrets
  say "Migrating …"
  (migrate) || give_up "The services still run as release $before."
  start
  description
  hubctl doctor || give_up "The hub runs, but not everything is well. $(way_back "$before")"
  say "" "Release $VERSION runs." "$(way_back "$before")"
}

way_back() {
  printf 'To go back: git checkout v%s && make uninstall && make restore ARCHIVE=%s' "$1" "$ARCHIVE"
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
  local part
  for part in "${SERVICES[@]}" operator; do docker image rm "mathshub-$part:$VERSION" >/dev/null 2>&1 || true; done # another hub may use them
  rm -rf "$SECRETS"
  say "Nothing is left of it but backups, and deploy/.env if you have one."
}
