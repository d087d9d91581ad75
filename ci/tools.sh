#!/bin/sh
# The programs beside Python that the tests need: cross compiler, emulator, CMake. Installed where this may be done.
set -eu
packages=""
command -v arm-none-eabi-gcc >/dev/null || packages="$packages gcc-arm-none-eabi libnewlib-arm-none-eabi"
command -v qemu-system-arm >/dev/null || packages="$packages qemu-system-arm"
command -v cmake >/dev/null || packages="$packages cmake"
[ -n "$packages" ] || exit 0
install="apt-get install -y --no-install-recommends$packages"
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
  echo "error: the emulated boards need:$packages; next: sudo $install" >&2
  exit 5
fi
echo "installing$packages"
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
$install >/dev/null
