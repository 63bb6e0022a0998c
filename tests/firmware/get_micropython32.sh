#!/bin/sh
# Fetch Debian 13's 32-bit MicroPython and its libraries into FOLDER: no root, nothing installed, no system file read
# but apt's own settings, whose Debian mirror and signing keys are used. FOLDER/micropython starts it.
#
#     tests/firmware/get_micropython32.sh FOLDER
set -eu
folder=$(realpath -m "${1:?name the folder to fetch into}")
suite=trixie
packages="micropython libffi8 libmbedtls21 libmbedcrypto16 libmbedx509-7 libc6"

fail() { echo "$1; or set MICROPYTHON32 to a 32-bit MicroPython program" >&2; exit 1; }

[ ! -x "$folder/micropython" ] || exit 0
command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || fail "apt-get and dpkg-deb are needed (Debian)"
keys=$(find /usr/share/keyrings -name 'debian-archive-keyring.*' 2>/dev/null | sort | head -n 1)
[ -n "$keys" ] || fail "Debian's signing keys are missing: install the package debian-archive-keyring"
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Label: Debian' 2>/dev/null | head -n 1)
[ -n "$mirror" ] || mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep -v security | head -n 1)
[ -n "$mirror" ] || fail "apt knows no Debian mirror: add one to its sources"

mkdir -p "$(dirname "$folder")"
work=$(mktemp -d "$(dirname "$folder")/fetching.XXXXXX")
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/lists/partial" "$work/cache/archives/partial" "$work/debs" "$work/made/root"
: >"$work/status"
printf 'Types: deb\nURIs: %s\nSuites: %s\nComponents: main\nArchitectures: i386\nSigned-By: %s\n' \
  "$mirror" "$suite" "$keys" >"$work/debian.sources"
apt() {
  apt-get -q -o Dir::Etc::sourcelist="$work/debian.sources" -o Dir::Etc::sourceparts=/dev/null \
    -o Dir::State::lists="$work/lists" -o Dir::State::status="$work/status" -o Dir::Cache="$work/cache" \
    -o APT::Sandbox::User="$(id -un)" -o APT::Architecture=i386 -o APT::Architectures=i386 "$@" >>"$work/log" 2>&1
}
apt update || fail "Debian $suite cannot be listed ($(grep -m 1 '^[EW]:' "$work/log" || echo 'no reason given'))"
names=$(for name in $packages; do printf '%s:i386 ' "$name"; done)
# shellcheck disable=SC2086
(cd "$work/debs" && apt download $names) || fail "the packages do not come ($(grep -m 1 '^E:' "$work/log" || echo 'no reason given'))"
for package in "$work"/debs/*.deb; do dpkg-deb -x "$package" "$work/made/root"; done
cat >"$work/made/micropython" <<'START'
#!/bin/sh
root=$(dirname "$0")/root
exec "$root/usr/lib/ld-linux.so.2" --library-path "$root/usr/lib/i386-linux-gnu" "$root/usr/bin/micropython" "$@"
START
chmod +x "$work/made/micropython"
"$work/made/micropython" -c 'pass' || fail "the fetched MicroPython does not run here (an x86 processor is needed)"
rm -rf "$folder"
mv "$work/made" "$folder" 2>/dev/null || [ -x "$folder/micropython" ]  # someone else was faster
