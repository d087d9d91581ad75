#!/bin/sh
# The programs beside Python that the tests need: cross compiler, emulator, CMake. Installed where this may be done.
set -eu
packages=""
command -v arm-none-eabi-gcc >/dev/null || packages="$packages gcc-arm-none-eabi"
# The compiler of some systems comes without its C library; the name alone is printed for a file that is not there.
case "$(arm-none-eabi-gcc -print-file-name=nano.specs 2>/dev/null || true)" in
/*) ;;
*) packages="$packages libnewlib-arm-none-eabi" ;;
esac
command -v qemu-system-arm >/dev/null || packages="$packages qemu-system-arm"
command -v cmake >/dev/null || packages="$packages cmake"
[ -n "$packages" ] || exit 0
if ! command -v apt-get >/dev/null; then
  echo "error: the emulated boards need arm-none-eabi-gcc with newlib, qemu-system-arm and cmake; next: install them" >&2
  exit 5
fi
install="apt-get install -y --no-install-recommends$packages"
if [ "$(id -u)" != 0 ]; then
  echo "error: the emulated boards need:$packages; next: sudo $install" >&2
  exit 5
fi
echo "installing$packages"
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
$install >/dev/null
