#!/bin/sh
# Fetch Debian packages, and what of their needs this machine lacks, into FOLDER: no root, nothing installed, no service
# started. For servers that would begin to listen when they are installed (InfluxDB 1.6.7: on all interfaces).
#
#     tests/get_debian.sh FOLDER PACKAGE...
set -eu
folder=$(realpath -m "${1:?name the folder to unpack into}")
shift

fail() { echo "$1" >&2; exit 1; }

[ ! -d "$folder" ] || exit 0
command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || fail "apt-get and dpkg-deb are needed (Debian)"
mkdir -p "$(dirname "$folder")"
work=$(mktemp -d "$(dirname "$folder")/fetching.XXXXXX")
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/lists/partial" "$work/cache/archives/partial" "$work/root"
apt() {
  apt-get -q -o Dir::State::lists="$work/lists" -o Dir::Cache="$work/cache" -o APT::Sandbox::User="$(id -un)" \
    -o Debug::NoLocking=1 "$@" >>"$work/log" 2>&1
}
apt update || fail "the package lists do not come ($(grep -m 1 '^[EW]:' "$work/log" || echo 'no reason given'))"
apt install --download-only --yes --no-install-recommends "$@" || fail "$* do not come ($(grep -m 1 '^E:' "$work/log" || echo 'no reason given'))"
for package in "$work"/cache/archives/*.deb; do
  [ ! -e "$package" ] || dpkg-deb -x "$package" "$work/root"  # none: all are installed
done
mv "$work/root" "$folder" 2>/dev/null || [ -d "$folder" ]  # someone else was faster
