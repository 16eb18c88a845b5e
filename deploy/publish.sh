#!/usr/bin/env bash
# Makes a folder that installs the agent on a host without an SDK: copy it there and run its deploy/install.sh.
#   deploy/publish.sh [--rid linux-x64|linux-arm64|win-x64] FOLDER
set -euo pipefail
cd "$(dirname "$0")/.."
. deploy/lib/packages.sh
. deploy/lib/dotnet.sh

rid=linux-x64
if [ "${1:-}" = --rid ]; then
  rid=${2:?a runtime identifier}
  shift 2
fi
case "${1:-}" in
  "" | -*) echo "usage: deploy/publish.sh [--rid linux-x64|linux-arm64|win-x64] FOLDER" >&2; exit 2 ;;
esac
mkdir -p "$1"
target=$(cd "$1" && pwd)
find_sdk

# obj/ of another kind of publish made programs that end at their start: each publish has its own.
build=$(mktemp -d /tmp/sispi-publish.XXXXXX)
trap 'rm -rf "$build"' EXIT
echo "Publishing for $rid (about a minute) ..."
if ! dotnet publish SispiAgent/SispiAgent.csproj -c Release -r "$rid" --self-contained -p:PublishReadyToRun=true --nologo -v quiet \
  --artifacts-path "$build" -o "$build/app" >"$build/log" 2>&1; then
  tail -n 20 "$build/log" >&2
  complain "Publishing failed." "The last lines of dotnet are above."
  exit 1
fi
rm -f "$build/app/"*.pdb "$build/app/SispiAgent.xml"

rm -rf "${target:?}/app"
cp -r "$build/app" "$target/app"
mkdir -p "$target/deploy/lib" "$target/systemd"
cp deploy/install.sh deploy/uninstall.sh deploy/roles.sql deploy/install-windows.ps1 "$target/deploy/"
cp deploy/lib/packages.sh deploy/lib/dotnet.sh "$target/deploy/lib/"
cp systemd/sispi-agent.service "$target/systemd/"
cp -r README.md CHANGELOG.md LICENSE docs "$target/"
echo "Published to $target"
