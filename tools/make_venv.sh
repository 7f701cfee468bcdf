#!/usr/bin/env bash
# Make a virtual environment with the first Python that is new enough.
# Usage: make_venv.sh DIRECTORY      (PYTHON in the environment chooses the interpreter)
set -euo pipefail

directory=$1
[ -x "$directory/bin/python" ] && exit 0

new_enough() {
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

# Each candidate is run, not only looked up: a launcher on the path may point at nothing.
found=""
for candidate in ${PYTHON:-python3 python3.11 python3.12 python3.13 python3.14 python}; do
    if new_enough "$candidate"; then
        found=$candidate
        break
    fi
done
if [ -z "$found" ]; then
    seen=$(${PYTHON:-python3} --version 2>/dev/null || echo "none that runs")
    echo "debtcycle needs Python 3.11 or later; found: $seen." >&2
    echo "Install one, or name it: make PYTHON=/path/to/python3.11 ..." >&2
    exit 1
fi

echo "debtcycle: making $directory with $("$found" --version) ..."
if ! "$found" -m venv "$directory" >/dev/null 2>&1; then
    rm -rf "$directory"
    echo "debtcycle: $found cannot make a virtual environment." >&2
    echo "On Debian or Ubuntu: apt-get install python3-venv" >&2
    exit 1
fi
