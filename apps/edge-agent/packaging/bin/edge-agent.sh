#!/bin/sh
# Starts the agent's commands on the Node.js that this package brings; what the host has, and how it is set up, does not matter.
set -eu
program=$(readlink -f -- "$0")
root=$(dirname -- "$(dirname -- "$program")")
unset NODE_OPTIONS NODE_PATH 2>/dev/null || :
exec "$root/runtime/node" "$root/bin/edge-agent.mjs" "$@"
