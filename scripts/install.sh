#!/bin/sh
# Installs what the tests, the demo and `make run` need on Debian and Ubuntu, as root or with
# sudo. On other systems it only says what is missing. It takes a minute the first time.
set -eu

missing=""
need() { # command package
	command -v "$1" >/dev/null 2>&1 || missing="$missing $2"
}
either() { # command command package
	command -v "$1" >/dev/null 2>&1 || command -v "$2" >/dev/null 2>&1 || missing="$missing $3"
}

either chromium chromium-browser chromium
either firefox-esr firefox firefox-esr
need gnome-keyring-daemon gnome-keyring
need dbus-run-session dbus
need dbus-daemon dbus-daemon
need gdbus libglib2.0-bin
need Xvfb xvfb
need xdotool xdotool
need zenity zenity
need xclip xclip
need openbox openbox
need xfce4-panel xfce4-panel
need xfconf-query xfconf
need import imagemagick
need systemd-analyze systemd
either node nodejs nodejs
need npm npm
need dpkg dpkg
need man man-db
[ "$(id -u)" = 0 ] || need fakeroot fakeroot
either gcc clang "gcc libc6-dev"
[ -n "$(find /usr/share/fonts -name '*.ttf' -print -quit 2>/dev/null)" ] || missing="$missing fonts-noto-core fonts-liberation"

[ -n "$missing" ] || exit 0

if ! command -v apt-get >/dev/null 2>&1; then
	echo "install: missing packages (Debian names):$missing" >&2
	echo "install: install them with your package manager and try again" >&2
	exit 1
fi
as_root=""
if [ "$(id -u)" != 0 ]; then
	if ! command -v sudo >/dev/null 2>&1; then
		echo "install: run as root: apt-get install --no-install-recommends$missing" >&2
		exit 1
	fi
	as_root=sudo
fi
echo "install:$missing"
$as_root apt-get update -qq
# Ubuntu calls these two packages differently.
for pair in chromium:chromium-browser firefox-esr:firefox; do
	if ! apt-cache show "${pair%%:*}" >/dev/null 2>&1; then
		missing=$(echo "$missing" | sed "s/ ${pair%%:*}\b/ ${pair##*:}/")
	fi
done
# shellcheck disable=SC2086 # a list of packages
DEBIAN_FRONTEND=noninteractive $as_root apt-get install -y -qq --no-install-recommends $missing >/dev/null
