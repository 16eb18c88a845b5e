#!/usr/bin/env bash
# From nothing to the demo: installs what is missing (Debian, Ubuntu), builds, and runs "sispi-agent demo".
#   deploy/quickstart.sh              the demo; it leaves nothing behind
#   deploy/quickstart.sh --keep       leaves its servers and agents running, and says how to look around
# Arguments are the demo's. Packages are installed as root or with sudo; the rest runs as you. As root the demo's servers
# and agents run as user "postgres".
set -euo pipefail
cd "$(dirname "$0")/.."
. deploy/lib/packages.sh
. deploy/lib/dotnet.sh

install_run_packages
find_sdk
build_arguments

work=$(mktemp -d /tmp/sispi-quickstart.XXXXXX)
keep=""
trap '[ -n "$keep" ] || rm -rf "$work"' EXIT
for argument in "$@"; do [ "$argument" != --keep ] || keep=yes; done

echo "Building ..."
if ! dotnet build SispiAgent/SispiAgent.csproj -c Release --nologo -v quiet "${BUILD[@]}" >"$work/build.log" 2>&1; then
  grep -E "error|warning" "$work/build.log" | sort -u | sed -n '1,20p' >&2 || true
  [ -s "$work/build.log" ] || echo "dotnet said nothing" >&2
  complain "The build failed." "Everything it said: dotnet build SispiAgent/SispiAgent.csproj -c Release"
  exit 1
fi

# As root, "postgres" runs the demo's servers and agents: from a copy that this user can read, wherever the clone lies.
cp -r "$(build_output SispiAgent)" "$work/app"
chmod -R a+rX "$work"
runtime=$DOTNET_ROOT
[ "$(id -u)" != 0 ] || runtime=$(runtime_for "$work/runtime" setpriv --reuid=postgres --regid=postgres --init-groups)
export DOTNET_ROOT=$runtime

code=0
"$work/app/SispiAgent" demo "$@" || code=$?
[ -z "$keep" ] || echo "When it has been ended, the program's copy can go too: rm -r $work"
exit "$code"
