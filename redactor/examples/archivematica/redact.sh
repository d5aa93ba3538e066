#!/bin/sh
# The normalization command: a redacted copy of one file. In the FPR:
#   redact.sh "%fileFullName%" "%outputDirectory%%prefix%%fileName%%postfix%%fileExtensionWithDot%" "%fileUUID%"
# Its output location is the second of these. The audit log stays in REDACTOR_RUNS, and is private.
set -eu
input=$1 output=$2 run=${REDACTOR_RUNS:-/var/lib/redactor}/$3
umask 077
mkdir -p "$run"
redactor redact "$input" --out "$run/copy" --key-file "${REDACTOR_KEY:-/etc/redactor/collection.key}" --update --quiet
find "$run/copy" -type f -exec cp -- {} "$output" \;
