#!/usr/bin/env bash
# Installs what the tests need, builds, runs all tests, and ends with "N passed, N failed, N skipped".
#   deploy/test.sh                    everything
#   deploy/test.sh --filter EXPR      some tests: an expression of the test platform, e.g. 'FullyQualifiedName~Alerts'
#   SISPI_TEST_OFFLINE=1              installs nothing
# As root the tests run as user "postgres" (PostgreSQL refuses root), those of category Root as root.
set -euo pipefail
cd "$(dirname "$0")/.."
. deploy/lib/packages.sh

configuration=Release
filter=""
if [ "${1:-}" = "--filter" ]; then filter=$2; fi

[ -n "${SISPI_TEST_OFFLINE:-}" ] || install_test_packages

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
dotnet build SispiAgent.sln -c "$configuration" --nologo -v quiet

# A clone may lie where the unprivileged user can't look: the tests run from a copy that he can.
work=$(mktemp -d /tmp/sispi-tests.XXXXXX)
chmod 755 "$work"
trap 'rm -rf "$work"' EXIT
cp -r SispiAgent.Tests/bin/$configuration/net10.0 "$work/bin"
mkdir "$work/results" "$work/home" "$work/tmp" "$work/repository"
tar -c --exclude=bin --exclude=obj --exclude=.git . | tar -x -C "$work/repository" # the conventions read the sources

run() { # run LOG FILTER [PREFIX...]
  local log=$1 expression=$2; shift 2
  # The folder of a test's unix sockets has to be short; that of a laptop's login is not always.
  (cd "$work/bin" && "$@" env HOME="$work/home" TMPDIR="$work/tmp" SISPI_REPOSITORY="$work/repository" DOTNET_ROOT="${DOTNET_ROOT:-$(dirname "$(readlink -f "$(command -v dotnet)")")}" \
    ./SispiAgent.Tests --filter "$expression" --results-directory "$work/results" --progress off --output Normal) 2>&1 | tee "$work/$log"
  return "${PIPESTATUS[0]}"
}

code=0
if [ "$(id -u)" = 0 ]; then
  chown -R postgres "$work/results" "$work/home" "$work/tmp"
  run user.log "TestCategory!=Root${filter:+&($filter)}" setpriv --reuid=postgres --regid=postgres --init-groups || code=$?
  [ "$code" != 8 ] || code=0
  root=0
  run root.log "TestCategory=Root${filter:+&($filter)}" || root=$?
  [ "$root" = 0 ] || [ "$root" = 8 ] || code=$root
else
  run user.log "TestCategory!=Root${filter:+&($filter)}" || code=$?
  echo "The tests of category Root need root: skipped."
fi

cat "$work"/*.log | awk '/^ *total:/{t+=$2} /^ *failed:/{f+=$2} /^ *succeeded:/{s+=$2} /^ *skipped:/{k+=$2}
  END { printf "%d passed, %d failed, %d skipped\n", s, f, k; if (s + f == 0) exit 8 }' || code=$?
exit "$code"
