#!/bin/sh
# Installs the program, the units and a first config for the whole machine. Safe to run again: it upgrades the
# program and the units, and leaves the config as it is. As root, from the checkout: make install-systemd
#   PYTHON   the Python to use (default python3, at least 3.11)
#   EXTRAS   extras of the package (default postgres,docx,socks,metrics,evidence; none: EXTRAS=)
#   DESTDIR  put everything below this directory and start nothing
set -eu
python=${PYTHON:-python3}
extras=${EXTRAS-postgres,docx,socks,metrics,evidence}
root=${DESTDIR:-}
source=$(cd "$(dirname "$0")/.." && pwd)

if [ -z "$root" ] && [ "$(id -u)" -ne 0 ]; then
    echo "This installs for the whole machine: run it as root (sudo make install-systemd)." >&2
    exit 1
fi
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
    echo "Python >= 3.11 is needed; name one: PYTHON=python3.12" >&2
    exit 1
}

"$python" -m venv "$root/opt/policy-monitor"
"$root/opt/policy-monitor/bin/python" -m pip install --quiet --upgrade "$source${extras:+[$extras]}"

install -d -m 755 "$root/etc/policy-monitor" "$root/etc/systemd/system" "$root/usr/local/bin"
install -d -m 750 "$root/etc/policy-monitor/secrets"
ln -sf /opt/policy-monitor/bin/policy-monitor "$root/usr/local/bin/policy-monitor"
if [ ! -e "$root/etc/policy-monitor/config.toml" ]; then
    sed 's|^state = .*|state = "/var/lib/policy-monitor"|' "$source/config.toml" >"$root/etc/policy-monitor/config.toml"
    chmod 644 "$root/etc/policy-monitor/config.toml"
fi
for unit in policy-monitor.service policy-monitor-check.service policy-monitor-check.timer; do
    install -m 644 "$source/systemd/$unit" "$root/etc/systemd/system/$unit"
done

if [ -z "$root" ]; then
    id policy-monitor >/dev/null 2>&1 ||
        useradd --system --user-group --no-create-home --home-dir /var/lib/policy-monitor \
            --shell /usr/sbin/nologin policy-monitor
    install -d -m 700 -o policy-monitor -g policy-monitor /var/lib/policy-monitor
    chgrp policy-monitor /etc/policy-monitor/secrets
    systemctl daemon-reload
    systemctl try-restart policy-monitor.service
fi
cat <<END
Installed. Next:
  edit    /etc/policy-monitor/config.toml      vendors, and where alerts go
  check   sudo -u policy-monitor policy-monitor config check
  start   systemctl enable --now policy-monitor.service         the daemon, or
          systemctl enable --now policy-monitor-check.timer     one round of looks twice a day
END
