#!/usr/bin/env bash
# Install a lock file, every file checked against its hash; with uv where it is, else with pip.
# Usage: install_lock.sh PYTHON LOCKFILE
set -euo pipefail

python=$1
lock=$2

# uv does not read pip's settings, so behind a private index it may find nothing where pip does.
if command -v uv >/dev/null 2>&1; then
    if uv pip install --quiet --no-deps --require-hashes --python "$python" -r "$lock" 2>/dev/null; then
        exit 0
    fi
    echo "debtcycle: uv could not install $lock, trying pip ..."
fi
# The lock names every package, so nothing is left to resolve.
exec "$python" -m pip install -qq --disable-pip-version-check --progress-bar off \
    --no-deps --require-hashes -r "$lock"
