#!/usr/bin/env bash
# Installs the Debian packages that a step needs and that are missing: install.sh run|test|fuzz …
# Asks for nothing else of the machine; says what it installs before it does. As root, or through sudo.
set -euo pipefail

run_packages=(g++ cmake ninja-build ccache pkg-config ca-certificates tzdata python3
  libboost1.81-dev libsqlite3-dev libcurl4-openssl-dev libssl-dev libyaml-dev libonig-dev libzstd-dev libcli11-dev)
test_packages=(libgtest-dev libgmock-dev libbenchmark-dev python3-venv git sqlite3 libjq-dev)
fuzz_packages=(clang-19 libclang-rt-19-dev)

wanted=()
for set in "$@"; do
  case "$set" in
    run) wanted+=("${run_packages[@]}") ;;
    test) wanted+=("${test_packages[@]}") ;;
    fuzz) wanted+=("${fuzz_packages[@]}") ;;
    *) echo "install.sh: unknown set '$set' (run, test or fuzz)" >&2; exit 2 ;;
  esac
done

missing=()
for package in "${wanted[@]}"; do
  dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0

if ! command -v apt-get >/dev/null; then
  echo "xFlow is built and tested on Debian 12. Please install these by your system's means: ${missing[*]}" >&2
  exit 1
fi
sudo=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || { echo "Run this as root once, or install: ${missing[*]}" >&2; exit 1; }
  sudo=(sudo)
fi
echo "Installing ${#missing[@]} Debian packages: ${missing[*]}"
log=$(mktemp)
if ! { "${sudo[@]}" apt-get update -qq &&
       "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"; } \
     >"$log" 2>&1; then
  echo "The installation failed; its last lines:" >&2
  tail -20 "$log" >&2
  exit 1
fi
rm -f "$log"
