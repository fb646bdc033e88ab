#!/bin/sh
# Create .local/venv with the exact packages of the lock files, unless it has them already.
#   setup.sh run     packages of `make run`
#   setup.sh tests   those, and packages of `make check` and `make test`
#   setup.sh peers   those, and other frameworks, which the fault suite and the benchmark compare with ours
set -eu
cd "$(dirname "$0")/../.."
level="${1:-run}"
venv=.local/venv
log=.local/log/setup.log
locks="requirements.lock deploy/hub_local/requirements.lock"
[ "$level" != run ] && locks="$locks tests/requirements.lock"
[ "$level" = peers ] && locks="$locks tests/peers/requirements.lock"

say() { printf '%s\n' "$*"; }
give_up() {
  say "$1" >&2
  [ -s "$log" ] && tail -n 15 "$log" | sed 's/^/    /' >&2 && say "The whole log: $log" >&2
  exit 1
}

find_python() {
  for candidate in ${PYTHON:-python3 python3.13 python3.12 python3.11}; do
    if "$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; then
      echo "$candidate"
      return
    fi
  done
}

# Debian and Ubuntu have ensurepip, which venv needs, in a separate package.
make_venv() {
  rm -rf "$venv"
  "$python" -m venv "$venv" >>"$log" 2>&1 && return
  package="$(basename "$python")-venv"
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    give_up "Python cannot create a virtual environment here: install the package $package and run this again."
  fi
  say "Installing the system's package $package with apt-get: Python cannot create a virtual environment without it"
  export DEBIAN_FRONTEND=noninteractive
  options="-y -q --no-install-recommends -o DPkg::Lock::Timeout=300"
  # shellcheck disable=SC2086
  apt-get $options install "$package" >>"$log" 2>&1 </dev/null ||
    { apt-get $options update && apt-get $options install "$package"; } >>"$log" 2>&1 </dev/null ||
    give_up "apt-get could not install $package."
  rm -rf "$venv"
  "$python" -m venv "$venv" >>"$log" 2>&1 || give_up "Python cannot create a virtual environment here."
}

python="$(find_python)"
[ -n "$python" ] || { log=; give_up "Python 3.11, 3.12 or 3.13 is needed and was not found (PYTHON=/path/to/python3 make … names one)."; }

# The environment is created again after a change of the interpreter or of the checkout's path; packages are installed
# again after a change of the lists.
made="$PWD $("$python" -c 'import sys; print(sys.base_prefix, sys.version)' | tr '\n' ' ')"
# shellcheck disable=SC2086
wanted="$(cat $locks deploy/hub_local/setup.sh | cksum)"
if [ "$(cat "$venv/.made" 2>/dev/null)" != "$made" ]; then
  stale=yes
elif [ "$(cat "$venv/.installed-$level" 2>/dev/null)" = "$wanted" ]; then
  exit 0
fi

mkdir -p .local/log
: >"$log"
begun="$(date +%s)"
if [ "${stale:-no}" = yes ]; then
  make_venv
  printf '%s\n' "$made" >"$venv/.made"
fi
say "Installing Python packages into $venv ($("$python" -V), once until the lists change) …"
requirements=""
for lock in $locks; do requirements="$requirements -r $lock"; done
# shellcheck disable=SC2086
"$venv/bin/python" -m pip install --disable-pip-version-check --no-input --no-deps --require-hashes $requirements >>"$log" 2>&1 </dev/null ||
  give_up "The Python packages could not be installed."

# The sources are imported from the checkout.
site="$("$venv/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')"
for folder in shared services/enrolment services/visits services/notifications services/reporting deploy; do
  printf '%s\n' "$PWD/$folder"
done >"$site/mathshub.pth"
printf '#!/bin/sh\nexec "%s/%s/bin/python" -m hubctl "$@"\n' "$PWD" "$venv" >"$venv/bin/hubctl"
chmod +x "$venv/bin/hubctl"
printf '%s\n' "$wanted" >"$venv/.installed-$level"
say "install     $(printf '%6d' $(($(date +%s) - begun))) s"
