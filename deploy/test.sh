#!/usr/bin/env bash
# Installs what the tests need, builds, runs all tests, and ends with "N passed, N failed, N skipped" on the last line.
#   deploy/test.sh                    everything, the Windows publish and shellcheck included
#   deploy/test.sh --filter EXPR      some tests: an expression of the test platform, e.g. 'FullyQualifiedName~Alerts'
#   SISPI_TEST_OFFLINE=1              installs nothing
#   SISPI_TEST_MINUTES=75             how long the tests may take before they are stopped and counted as failed
#   SISPI_TEST_SLOWEST=20             how many of the slowest tests are named at the end
#   CI=1                              a component that is missing fails its tests, instead of skipping them
# As root the tests run as user "postgres" (PostgreSQL refuses root), those of category Root as root.
# The exit code is 0 only when something passed and nothing failed.
set -euo pipefail
cd "$(dirname "$0")/.."

passed=0 failed=0 skipped=0 filter="" problems=() work="" minutes=${SISPI_TEST_MINUTES:-75}
case "${1:-}" in
  "") ;;
  --filter) filter=${2:?an expression} ;;
  *) echo "usage: deploy/test.sh [--filter EXPRESSION]" >&2; exit 2 ;;
esac

finish() { # always the last thing, whatever went before: what failed, and the line that others read
  local code=$? problem
  trap - EXIT
  if [ -n "$work" ]; then
    end_leftovers
    rm -rf "$work" || true
  fi
  if [ "$code" != 0 ] && [ "$failed" = 0 ]; then
    failed=1
    problems+=("deploy/test.sh ended early, with $code")
  fi
  [ "${#problems[@]}" = 0 ] || printf '\nFailed:\n'
  for problem in "${problems[@]}"; do printf '  %s\n' "$problem"; done
  [ "$failed" = 0 ] && [ "$passed" -gt 0 ] && code=0 || code=1
  printf '\n%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
  exit "$code"
}

# Whatever a test started carries this run's folder in its environment; nothing else does.
end_leftovers() {
  local file pid
  for file in $(grep -lsz "^SISPI_REPOSITORY=$work/repository$" /proc/[0-9]*/environ 2>/dev/null || true); do
    pid=${file#/proc/} pid=${pid%/environ}
    echo "Left behind by a test, ended: $pid $(tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null || true)" >&2
    kill -KILL "$pid" 2>/dev/null || true
  done
}

trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

. deploy/lib/packages.sh
. deploy/lib/dotnet.sh
. deploy/lib/results.sh
. deploy/lib/servers.sh

if [ -z "${SISPI_TEST_OFFLINE:-}" ]; then install_test_packages; install_test_servers; fi
find_sdk
build_arguments

# A clone may lie where the unprivileged user can't look: the tests run from a copy that he can.
work=$(mktemp -d /tmp/sispi-tests.XXXXXX)
chmod 755 "$work"
mkdir "$work/results" "$work/home" "$work/tmp" "$work/repository"

echo "Building ..."
if ! dotnet build SispiAgent.sln -c Release --nologo -v quiet "${BUILD[@]}" >"$work/build.log" 2>&1; then
  sort -u "$work/build.log" | grep -E "error|warning" | sed -n '1,30p' || tail -n 30 "$work/build.log"
  failed=1 problems+=("the build")
  exit 1
fi
cp -r "$(build_output SispiAgent.Tests)" "$work/bin"
[ -n "$filter" ] || compile_ahead "$work/bin" "$work/ahead"
tar -c --exclude=./*/bin --exclude=./*/obj --exclude=./.git . | tar -x -C "$work/repository" # the conventions read the sources
chmod -R a+rX "$work/bin" "$work/repository"

# The agents of tests live for a minute: what is called less than 10000 times (0x2710) is not compiled a second time.
export DOTNET_TC_CallCountThreshold=2710

run() { # run NAME FILTER [PREFIX...]: the tests of FILTER, run by PREFIX
  local name=$1 expression=$2 code=0
  shift 2
  # The folder of a test's unix sockets has to be short; that of a laptop's login is not always.
  (cd "$work/bin" && timeout --kill-after=60 "$((minutes + 2))m" "$@" env HOME="$work/home" TMPDIR="$work/tmp" SISPI_REPOSITORY="$work/repository" \
    DOTNET_ROOT="$runtime" ./SispiAgent.Tests --filter "$expression" --results-directory "$work/results" --report-trx --report-trx-filename "$name.trx" \
    --timeout "${minutes}m" --progress off --ansi off --output Normal) 2>&1 | tee "$work/$name.log" || code=${PIPESTATUS[0]}
  count_tests "$name" "$code"
}

runtime=$DOTNET_ROOT
if [ "$(id -u)" = 0 ]; then
  as_postgres=(setpriv --reuid=postgres --regid=postgres --init-groups)
  runtime=$(runtime_for "$work/runtime" "${as_postgres[@]}")
  chown -R postgres "$work/results" "$work/home" "$work/tmp"
  run user "TestCategory!=Root${filter:+&($filter)}" "${as_postgres[@]}"
  run root "TestCategory=Root${filter:+&($filter)}"
else
  run user "TestCategory!=Root${filter:+&($filter)}"
  echo "The tests of category Root need root: not run."
fi

if [ -z "$filter" ]; then
  printf '\nThe slowest, in seconds:\n'
  slowest "${SISPI_TEST_SLOWEST:-20}" "$work"/results/*.trx
  step "publishing for Windows" publish_for_windows
  step "shellcheck" shellcheck -x -P SCRIPTDIR deploy/*.sh deploy/lib/*.sh
fi
