#!/usr/bin/env bash
# Installs or upgrades the agent on this host. As root; running it again changes nothing that need not change.
#   deploy/install.sh [--user USER] [--node NODE] [--from FOLDER] [--root FOLDER] [--no-start]
#     --user USER    who the agent runs as: postgres, or the web user on the web host (codemanager). Remembered.
#     --node NODE    this host's node in Cluster:Nodes, where it is not the host's own name
#     --from FOLDER  a published program; else the one beside this script (deploy/publish.sh), else it is published here
#     --root FOLDER  into a system image under FOLDER; nothing is started
#     --no-start     installed and enabled, not (re)started
# An existing configuration is kept; a new default one is put beside it as appsettings.json.new.
# Exit: 0 done, 1 failed and nothing changed, 2 the present configuration is not valid for this version and nothing
# changed, 22 installed, but not running.
set -euo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)
. "$here/deploy/lib/packages.sh"

usage() { sed -n '2,9s/^# \{0,1\}//p' "$0" >&2; exit 2; }

root="" user="" node="" from="" start=yes
while [ $# -gt 0 ]; do
  case $1 in
    --user) user=${2:?a user}; shift 2 ;;
    --node) node=${2:?a node}; shift 2 ;;
    --from) from=${2:?a folder}; shift 2 ;;
    --root) root=${2:?a folder}; start=""; shift 2 ;;
    --no-start) start=""; shift ;;
    *) usage ;;
  esac
done
[ "$(id -u)" = 0 ] || { complain "Installing needs root." "sudo $0"; exit 1; }
if [ -n "$root" ]; then root=$(cd "$root" && pwd); fi

opt=$root/opt/sispi-agent etc=$root/etc/sispi-agent
unit=$root/etc/systemd/system/sispi-agent.service
dropin=$root/etc/systemd/system/sispi-agent.service.d/user.conf
systemd=""
if [ -z "$root" ] && [ -d /run/systemd/system ]; then systemd=yes; fi

# --- who
[ -n "$user" ] || user=$(sed -n 's/^User=//p' "$dropin" 2>/dev/null || true)
user=${user:-postgres}
if [ -f "$root/etc/passwd" ]; then entry=$(grep "^$user:" "$root/etc/passwd" || true); else entry=$(getent passwd "$user" || true); fi
[ -n "$entry" ] || { complain "There is no user $user here." "Name the agent's user: --user codemanager (on a database host it is postgres)"; exit 1; }
owner=$(cut -d: -f3,4 <<<"$entry")

# --- what
work=$(mktemp -d /tmp/sispi-install.XXXXXX)
trap 'rm -rf "$work" "$opt.new"' EXIT
if [ -z "$from" ] && [ -x "$here/app/SispiAgent" ]; then from=$here/app; fi
if [ -z "$from" ]; then
  "$here/deploy/publish.sh" "$work/published"
  from=$work/published/app
fi
[ -x "$from/SispiAgent" ] || { complain "There is no program SispiAgent in $from." "deploy/publish.sh makes such a folder."; exit 1; }

mkdir -p "$root/opt"
rm -rf "$opt.new"
cp -r "$from" "$opt.new"
mkdir -p "$opt.new/docs" "$opt.new/deploy"
cp -r "$here/docs/." "$opt.new/docs/"
cp "$here/deploy/uninstall.sh" "$here/deploy/roles.sql" "$opt.new/deploy/"
chown -R 0:0 "$opt.new"
chmod -R u=rwX,go=rX "$opt.new"

# --- configuration
default=$work/appsettings.json
cp "$opt.new/appsettings.json" "$default"
set_node() { # in the first "Node" of the file, which is Agent:Node
  [ -z "$node" ] || sed -i "0,/\"Node\": *\"[^\"]*\"/s//\"Node\": \"$node\"/" "$1"
}
fresh=""
if [ -e "$etc/appsettings.json" ]; then
  cp -p "$etc/appsettings.json" "$work/candidate.json"
else
  fresh=yes
  cp "$default" "$work/candidate.json"
fi
set_node "$work/candidate.json"
problem=0
"$opt.new/SispiAgent" config check --config "$work/candidate.json" >"$work/check.log" 2>&1 || problem=$?
if [ "$problem" != 0 ] && [ -z "$fresh" ]; then
  cat "$work/check.log" >&2
  complain "Nothing was changed: $etc/appsettings.json is not valid for this version (above)." \
    "Mend it and run this again. The new default, to compare: $here/appsettings.json"
  exit 2
fi

mkdir -p "$etc"
if ! cmp -s "$work/candidate.json" "$etc/appsettings.json"; then
  install -m 644 "$work/candidate.json" "$etc/.appsettings.json.installing"
  mv "$etc/.appsettings.json.installing" "$etc/appsettings.json"
fi
rm -f "$etc/appsettings.json.new"
if [ -z "$fresh" ]; then
  set_node "$default"
  cmp -s "$default" "$etc/appsettings.json" || install -m 644 "$default" "$etc/appsettings.json.new"
fi

# --- in place
mkdir -p "$root/var/lib/sispi-agent" "$root/var/log/sispi-agent"
chown -R "$owner" "$root/var/lib/sispi-agent" "$root/var/log/sispi-agent"
chmod 700 "$root/var/lib/sispi-agent"
chmod 750 "$root/var/log/sispi-agent"

was_running=""
if [ -n "$systemd" ] && systemctl is-active -q sispi-agent; then
  was_running=yes
  [ -z "$start" ] || systemctl stop sispi-agent
fi
rm -rf "$opt.old"
[ ! -e "$opt" ] || mv "$opt" "$opt.old"
mv "$opt.new" "$opt"
mkdir -p "$root/usr/local/bin"
ln -sfn /opt/sispi-agent/SispiAgent "$root/usr/local/bin/sispi-agent"

mkdir -p "$(dirname "$unit")"
install -m 644 "$here/systemd/sispi-agent.service" "$unit"
if [ "$user" = postgres ]; then
  rm -f "$dropin"
  rmdir "$(dirname "$dropin")" 2>/dev/null || true
else
  mkdir -p "$(dirname "$dropin")"
  printf '# written by install.sh --user\n[Service]\nUser=%s\n' "$user" >"$dropin"
fi
if [ -n "$root" ]; then
  systemctl --root="$root" enable sispi-agent.service >/dev/null 2>&1 || { complain "The unit could not be enabled under $root."; exit 22; }
elif [ -n "$systemd" ]; then
  systemctl daemon-reload
  systemctl enable -q sispi-agent
fi

version=$("$opt/SispiAgent" --version)
echo "SispiAgent $version is in $opt, runs as $user, configuration $etc/appsettings.json."
[ ! -e "$opt.old" ] || echo "The version before it is in $opt.old; back to it: $0 --from $opt.old"
[ ! -e "$etc/appsettings.json.new" ] || echo "Your configuration was kept; this version's default is beside it: appsettings.json.new"
isal=$(find "$root/usr/lib" "$root/usr/lib64" -name 'libisal.so.2*' -print -quit 2>/dev/null || true)
[ "$user" != postgres ] || [ -n "$isal" ] || echo "Backups take about two thirds of the time with ISA-L: apt-get install libisal2 (Debian, Ubuntu), dnf install isa-l (EPEL)"

if [ "$problem" != 0 ]; then
  cat "$work/check.log" >&2
  complain "Installed, not started: the configuration does not fit this host yet (above)." \
    "Edit $etc/appsettings.json, then: sispi-agent config check && systemctl start sispi-agent"
  exit 22
fi
if [ -n "$start" ] && [ -n "$systemd" ]; then
  if ! systemctl restart sispi-agent; then
    complain "Installed, but it does not start." "journalctl -u sispi-agent -n 50"
    exit 22
  fi
  echo "It is running."
elif [ -n "$was_running" ]; then
  echo "The version before it is still running: systemctl restart sispi-agent"
elif [ -z "$systemd" ] && [ -z "$root" ]; then
  echo "There is no systemd here: see that the system starts \"sispi-agent\" as $user at boot."
fi

cat <<EOF2
Next, as $user or root:
  sispi-agent mail test        proves the way to the people
  sispi-agent peer setup       makes the ssh keys, and prints the lines for the other hosts
  sispi-agent status           everything known, on one screen
EOF2
