#!/bin/sh
# Delete the files that runs, tests and tools of this checkout have written, and print the name of each.
set -eu
cd "$(dirname "$0")/../.."

python=.local/venv/bin/python
if [ -x "$python" ]; then
  # Refuses while a hub runs; deletes the volume of the broker's container too.
  "$python" -m hub_local.clean
fi
for thing in .local .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache; do
  if [ -e "$thing" ]; then
    printf 'deleting %-22s %s\n' "$thing" "$(du -sh "$thing" | cut -f1)"
    rm -rf "$thing"
  fi
done
