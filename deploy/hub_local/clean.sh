#!/bin/sh
# Deletes what runs, tests and tools of this checkout have written, naming each thing.
set -eu
cd "$(dirname "$0")/../.."

python=.local/venv/bin/python
if [ -x "$python" ]; then
  # Only with the lock of the run in hand; also the container's volume, where there is one.
  "$python" -m hub_local.clean
fi
for thing in .local .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache .import_linter_cache; do
  if [ -e "$thing" ]; then
    printf 'deleting %-22s %s\n' "$thing" "$(du -sh "$thing" | cut -f1)"
    rm -rf "$thing"
  fi
done
