#!/usr/bin/env bash
# Removes the agent from this host. Configuration, state and logs stay, backup sets always.
#   uninstall.sh [--purge] [--root FOLDER]
#     --purge        configuration, state (alerts, ssh keys, history) and logs too
set -euo pipefail

root="" purge=""
while [ $# -gt 0 ]; do
  case $1 in
    --purge) purge=yes; shift ;;
    --root) root=$(cd "${2:?a folder}" && pwd); shift 2 ;;
    *) sed -n '2,4s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
  esac
done
[ "$(id -u)" = 0 ] || { echo "Removing needs root: sudo $0" >&2; exit 1; }

if [ -z "$root" ] && [ -d /run/systemd/system ]; then
  systemctl disable -q --now sispi-agent 2>/dev/null || true
elif [ -n "$root" ]; then
  systemctl --root="$root" disable sispi-agent.service >/dev/null 2>&1 || true
fi
rm -rf "$root/etc/systemd/system/sispi-agent.service" "$root/etc/systemd/system/sispi-agent.service.d"
rm -f "$root/etc/systemd/system/multi-user.target.wants/sispi-agent.service" "$root/usr/local/bin/sispi-agent"
rm -rf "$root/opt/sispi-agent" "$root/opt/sispi-agent.old" "$root/opt/sispi-agent.new"
if [ -z "$root" ] && [ -d /run/systemd/system ]; then systemctl daemon-reload; fi

if [ -n "$purge" ]; then
  rm -rf "$root/etc/sispi-agent" "$root/var/lib/sispi-agent" "$root/var/log/sispi-agent"
  echo "SispiAgent is removed, with its configuration, state and logs. Backup sets were not touched."
else
  echo "SispiAgent is removed. Kept: $root/etc/sispi-agent, $root/var/lib/sispi-agent, $root/var/log/sispi-agent (--purge removes them)."
fi
