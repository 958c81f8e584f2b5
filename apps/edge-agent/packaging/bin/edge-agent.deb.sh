#!/bin/sh
# The agent's commands for whoever is logged in: with the service's data folder, or at the staff's door where that is as far as one gets.
set -eu
if [ -z "${TILLSYNC_DATA:-}" ]; then
  TILLSYNC_DATA=/var/lib/tillsync
  if [ ! -x "$TILLSYNC_DATA" ] && [ -x /run/tillsync ]; then TILLSYNC_DATA=/run/tillsync; fi
  export TILLSYNC_DATA
fi
exec /usr/lib/tillsync/bin/edge-agent "$@"
