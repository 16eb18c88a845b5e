# Sourced: what has to be on the machine, and how it gets there.
# shellcheck shell=bash

complain() { # complain MESSAGE [ADVICE...]: a line each
  echo "$1" >&2
  shift
  local line
  for line in "$@"; do echo "  $line" >&2; done
}

fail() { # the same, as a command that fails
  complain "$@"
  return 1
}

as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    fail "This needs root, and there is no sudo here: $*" "Run the script as root, or install sudo."
  fi
}

missing_packages() { # prints those of its arguments that are not installed
  local package
  for package in "$@"; do
    [[ $(dpkg-query -W -f='${Status}' "$package" 2>/dev/null) == *"ok installed"* ]] || echo "$package"
  done
}

# Debian's package would create and start a cluster of its own on port 5432.
no_default_cluster() {
  [ ! -f /etc/postgresql-common/createcluster.conf ] || return 0
  as_root mkdir -p /etc/postgresql-common
  echo "create_main_cluster = false" | as_root tee /etc/postgresql-common/createcluster.conf >/dev/null
}

# Only the programs are wanted: no sshd on port 22 that was not there before. The policy counts as long as this script
# lives, so that a killed one leaves nothing that would keep later packages from starting.
hold_services() {
  [ ! -e /usr/sbin/policy-rc.d ] || return 0
  printf '#!/bin/sh\n# made by SispiAgent, for the time of one installation\n[ ! -d /proc/%s ] || exit 101\n' "$$" |
    as_root tee /usr/sbin/policy-rc.d >/dev/null
  as_root chmod 755 /usr/sbin/policy-rc.d
}

release_services() {
  ! grep -qs "made by SispiAgent" /usr/sbin/policy-rc.d || as_root rm -f /usr/sbin/policy-rc.d
}

apt() { # another apt or dpkg may be at work (unattended upgrades): wait for it
  as_root env DEBIAN_FRONTEND=noninteractive NEEDRESTART_MODE=l apt-get -q -o DPkg::Lock::Timeout=300 -o APT::Update::Error-Mode=any "$@"
}

install_packages() {
  local missing log code=0
  if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    missing_programs
    return
  fi
  missing=$(missing_packages "$@" | tr '\n' ' ')
  [ -n "$missing" ] || return 0

  echo "Installing ${missing% } ..."
  log=$(mktemp)
  no_default_cluster && hold_services || return 1
  # shellcheck disable=SC2086 # a list of words
  apt install -y --no-install-recommends $missing >"$log" 2>&1 ||
    { apt update >"$log" 2>&1 && apt install -y --no-install-recommends $missing >"$log" 2>&1; } || code=$?
  release_services
  if [ "$code" != 0 ]; then
    tail -n 15 "$log" >&2
    rm -f "$log"
    complain "Could not install: $missing" "The last lines of apt-get are above. Mend that, or install them by hand, and run this again."
    return 1
  fi
  rm -f "$log"
  case " $missing " in
    *" openssh-server "*) keep_off "to log in to this machine by ssh" ssh.service ssh.socket ;;
  esac
  case " $missing " in
    *" postfix "*) keep_off "to have mail delivered on this machine" postfix.service ;;
  esac
}

keep_off() { # keep_off PURPOSE UNIT...: a service that came with a package we asked for is not started at the next boot either
  local purpose=$1
  shift
  [ -d /run/systemd/system ] || return 0
  as_root systemctl disable -q "$@" 2>/dev/null || true
  echo "Its service is off; $purpose: systemctl enable --now $1"
}

# Where there is no apt: say what is missing, by program.
missing_programs() {
  local missing=() programs
  compgen -G "/usr/lib/postgresql/*/bin/initdb" >/dev/null || compgen -G "/usr/pgsql-*/bin/initdb" >/dev/null || command -v initdb >/dev/null ||
    missing+=("PostgreSQL's server and client programs (initdb, postgres, pg_dump)")
  for programs in rsync ssh ssh-keygen setpriv ps; do
    command -v "$programs" >/dev/null || missing+=("$programs")
  done
  command -v sshd >/dev/null || [ -x /usr/sbin/sshd ] || missing+=("sshd (it need not run)")
  [ "${#missing[@]}" != 0 ] || return 0
  fail "This is not Debian or Ubuntu, so install by hand what is missing:" "${missing[@]}"
}

install_run_packages() {
  install_packages postgresql postgresql-client rsync openssh-server openssh-client util-linux procps ca-certificates python3 # rrsync is a Python script
}

install_test_packages() {
  local more=()
  if command -v apt-get >/dev/null; then more=(shellcheck systemd iproute2); fi
  # A real mail server for one test; where there is one already it stays: another package would push it out.
  if [ "${#more[@]}" != 0 ] && [ ! -e /usr/sbin/sendmail ]; then more+=(postfix); fi
  install_packages postgresql postgresql-client rsync openssh-server openssh-client util-linux iproute2 procps ca-certificates python3 libisal2 "${more[@]}"
}
