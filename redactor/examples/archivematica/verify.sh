#!/bin/sh
# The verification command: is the output the copy that was recorded, and is the log whole?
#   verify.sh "%outputLocation%" "%fileUUID%"
set -eu
output=$1 run=${REDACTOR_RUNS:-/var/lib/redactor}/$2
redactor verify "$run/copy" --key-file "${REDACTOR_KEY:-/etc/redactor/collection.key}" --quiet
test -n "$(find "$run/copy" -type f -exec cmp -s -- {} "$output" \; -print)"
