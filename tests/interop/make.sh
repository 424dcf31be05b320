#!/bin/sh
# Installs both SDKs from the lock files, makes their vectors anew and verifies all vectors with
# both, those in vectors/rust.json too if they were written.
set -eu
cd "$(dirname "$0")"

npm ci --ignore-scripts --no-audit --no-fund
python3 -m venv .venv
# requirements.txt is a full lock: --no-deps keeps anything else out, `pip check` proves it complete.
.venv/bin/pip install --quiet --disable-pip-version-check --no-deps --requirement requirements.txt
.venv/bin/pip check --disable-pip-version-check

node make.mjs
.venv/bin/python make.py

status=0
for file in vectors/*.json; do
    echo "== $file, livekit-server-sdk"
    node verify.mjs "$file" || status=1
    echo "== $file, livekit-api"
    .venv/bin/python verify.py "$file" || status=1
done
exit $status
