#!/bin/sh
# The event detail command: program and version, as other tools are recorded. The whole event, with
# each place, is written as PREMIS 3.0 beside the log.
#   event-detail.sh "%fileUUID%"
set -eu
run=${REDACTOR_RUNS:-/var/lib/redactor}/$1
umask 077
redactor audit export "$run/copy" --format premis > "$run/premis.xml"
version=$(redactor --version)
echo "program=\"redactor\"; version=\"${version#redactor }\"; events=\"$run/premis.xml\""
