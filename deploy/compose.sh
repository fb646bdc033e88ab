#!/usr/bin/env bash
# Commands of the Makefile for the deployment of deploy/compose.yaml. A failed check prints one sentence and changes nothing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

# shellcheck source=compose/common.sh
. compose/common.sh
# shellcheck source=compose/checks.sh
. compose/checks.sh
# shellcheck source=compose/mend.sh
. compose/mend.sh
# shellcheck source=compose/start.sh
. compose/start.sh
# shellcheck source=compose/backup.sh
. compose/backup.sh
# shellcheck source=compose/change.sh
. compose/change.sh
# shellcheck source=compose/doctor.sh
. compose/doctor.sh

require_engine
case "${1:-}" in
  up | restore | uninstall) "$@" ;;
  backup | upgrade | doctor | migrate | hubctl) require_hub; "$@" ;;
  down) require_hub; compose --profile '*' down --timeout 60 "${@:2}" ;;
  logs) require_hub; compose logs --follow --tail 100 "${@:2}" ;;
  ps) require_hub; compose ps --all ;;
  renew) require_hub; run_offline "$SECRETS:/secrets" -- renew /secrets "${2:-}" || give_up "No secret was changed." ;;
  check-settings) require_settings; build; check_settings; say "The settings are complete and consistent." ;;
  *) give_up "usage: compose.sh up|check-settings|down|logs|ps|migrate|backup|restore|upgrade|doctor|uninstall|renew|hubctl" ;;
esac
