"""SCons script: compiler and flags come from the board's description, which ci/offline_platformio.py writes."""

import re

from SCons.Script import AlwaysBuild, Default, DefaultEnvironment

env = DefaultEnvironment()
host = {"compiler": "cc", "flags": [], "link": ["-Wl,--gc-sections"]}
chosen = env.BoardConfig().get("build.edgekit") if "BOARD" in env else host


def tool(name: str) -> str:
    return re.sub(r"(gcc|cc)$", name, chosen["compiler"])


env.Replace(
    CC=chosen["compiler"],
    CXX=tool("g++"),
    LINK=tool("g++") if chosen is host else chosen["compiler"],
    AR=tool("ar"),
    RANLIB=tool("ranlib"),
    SIZETOOL=tool("size"),
    PROGNAME="program" if chosen is host else "firmware",
    PROGSUFFIX="" if chosen is host else ".elf",
    SIZECHECKCMD="$SIZETOOL -A -d $SOURCES",
    SIZEPRINTCMD="$SIZETOOL -B -d $SOURCES",
    SIZEPROGREGEXP=r"^(?:\.text|\.rodata|\.ARM\.exidx|\.data)\s+(\d+).*",
    SIZEDATAREGEXP=r"^(?:\.data|\.bss|\.stack)\s+(\d+).*",
)
env.Append(
    CFLAGS=["-std=c99"],
    CCFLAGS=[*chosen["flags"], "-ffunction-sections", "-fdata-sections"],
    LINKFLAGS=[*chosen["flags"], *chosen["link"]],
)
program = env.BuildProgram()
size = env.Alias("size", program, env.VerboseAction("$SIZEPRINTCMD", "Calculating size $SOURCE"))
AlwaysBuild(size)
AlwaysBuild(env.Alias("nobuild", program))
Default([program, size])
