#!/bin/sh
# Stands in for a command: counts, stops for ever when it is the step to be killed at, else runs the command.
step=$(($(cat /tmp/step 2>/dev/null || echo 0) + 1))
echo "$step" >/tmp/step
if [ "$step" -eq "$(cat /tmp/stop-at)" ]; then
  echo "${0##*/} $*" >/tmp/stopped
  sleep 600
fi
PATH=${PATH#*:}
exec "${0##*/}" "$@"
