#!/usr/bin/env bash
# Proves by hand (as root, some minutes) that the two commands work on a machine with nothing but the SDK: a folder made by
# debootstrap, with this machine's SDK and NuGet packages bound in, seen from a process and mount namespace of its own.
#   deploy/lib/bare-machine.sh                        quickstart.sh twice as root, twice as an ordinary user with sudo
#   deploy/lib/bare-machine.sh test.sh                the same with test.sh
#   deploy/lib/bare-machine.sh quickstart.sh root     only as root ("user": only as the ordinary user)
# What is committed is tried (HEAD). BARE_SUITE (bookworm) and BARE_MIRROR (this machine's own package mirror) choose the system.
# The bare system is kept in /var/cache/sispi-bare-machine; each try gets a copy of it, that is thrown away.
set -euo pipefail
cd "$(dirname "$0")/../.."
. deploy/lib/packages.sh
. deploy/lib/dotnet.sh

command=${1:-quickstart.sh} who=${2:-root user}
# shellcheck disable=SC2016 # a variable of apt's
own_mirror() { apt-get indextargets --format '$(REPO_URI)' | grep -v security | sed -n 1p; }
suite=${BARE_SUITE:-bookworm} mirror=${BARE_MIRROR:-$(own_mirror)}
cache=/var/cache/sispi-bare-machine
[ "$(id -u)" = 0 ] || { complain "This needs root."; exit 1; }

install_packages debootstrap util-linux git
find_sdk
if [ ! -e "$cache/$suite/etc/debian_version" ]; then
  echo "Fetching a bare $suite ..."
  mkdir -p "$cache"
  rm -rf "${cache:?}/$suite"
  debootstrap --variant=minbase --include=ca-certificates,sudo "$suite" "$cache/$suite" "$mirror" >"$cache/$suite.log" 2>&1
fi

machine=""
trap '[ -z "$machine" ] || rm -rf --one-file-system "$machine"' EXIT

prepare() { # a machine of its own, with a clone and an ordinary user
  machine=$(mktemp -d "$cache/run.XXXXXX")
  chmod 755 "$machine"
  cp -a "$cache/$suite/." "$machine/"
  cp /etc/resolv.conf "$machine/etc/resolv.conf"
  cp --remove-destination -L /etc/ssl/certs/ca-certificates.crt "$machine/etc/ssl/certs/ca-certificates.crt" # an inner network's own authority
  echo "127.0.0.1 localhost bare" >"$machine/etc/hosts"
  chroot "$machine" useradd -m -s /bin/bash ana
  echo "ana ALL=(ALL) NOPASSWD: ALL" >"$machine/etc/sudoers.d/ana"
  mkdir -p "$machine/usr/share/dotnet" "$machine/var/nuget" "$machine/home/ana/.nuget/NuGet" "$machine/root/.nuget/NuGet" "$machine/home/ana/SispiAgent"
  ln -sf /usr/share/dotnet/dotnet "$machine/usr/bin/dotnet"
  if [ -f "${HOME}/.nuget/NuGet/NuGet.Config" ]; then
    cp "$HOME/.nuget/NuGet/NuGet.Config" "$machine/home/ana/.nuget/NuGet/"
    cp "$HOME/.nuget/NuGet/NuGet.Config" "$machine/root/.nuget/NuGet/"
  fi
  git archive HEAD | tar -x -C "$machine/home/ana/SispiAgent"
  chroot "$machine" chown -R ana:ana /home/ana
}

inside() { # inside USER COMMAND: everything it mounts or starts is gone afterwards
  # shellcheck disable=SC2016 # the inner shell expands them
  unshare --mount --pid --ipc --uts --fork --kill-child bash -c '
    set -e
    mount --make-rprivate /
    hostname bare
    mount -t proc proc "$1/proc"
    mount --rbind /dev "$1/dev"
    mount -t tmpfs tmpfs "$1/dev/shm"
    mount --bind "$2" "$1/usr/share/dotnet" && mount -o remount,bind,ro "$1/usr/share/dotnet"
    if [ -d "$3" ]; then mount --bind "$3" "$1/var/nuget" && mount -o remount,bind,ro "$1/var/nuget"; fi
    home=$(awk -F: -v user="$4" "\$1 == user { print \$6 }" "$1/etc/passwd")
    exec chroot "$1" setpriv --reuid="$4" --regid="$4" --init-groups env -i HOME="$home" USER="$4" LANG=C.UTF-8 TERM=dumb \
      PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin NUGET_FALLBACK_PACKAGES=/var/nuget \
      NUGET_CERT_REVOCATION_MODE="${NUGET_CERT_REVOCATION_MODE:-online}" CI="${CI:-}" bash -c "$5"
  ' - "$machine" "$DOTNET_ROOT" "${NUGET_PACKAGES:-$HOME/.nuget/packages}" "$1" "$2"
}

code=0
for user in $who; do
  [ "$user" = root ] || user=ana
  prepare
  for round in 1 2; do
    begin=$SECONDS
    if inside "$user" "cd /home/ana/SispiAgent && deploy/$command"; then
      echo "== bare $suite, $user, round $round: deploy/$command ok, $((SECONDS - begin)) s"
    else
      echo "== bare $suite, $user, round $round: deploy/$command FAILED ($?), $((SECONDS - begin)) s"
      code=1
    fi
  done
  rm -rf --one-file-system "$machine"
  machine=""
done
exit "$code"
