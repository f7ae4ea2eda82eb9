#!/bin/sh
# Makes a local certificate authority and a certificate for localhost in a folder, once: sh certificates.sh <folder> [name …]
set -eu
cd "$1"
shift
[ -f server.crt ] && exit 0
command -v openssl > /dev/null || apk add --no-cache openssl
names="DNS:localhost,IP:127.0.0.1"
for name in "$@"; do names="$names,DNS:$name"; done
openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj "/CN=im-chat local authority" -keyout ca.key -out ca.crt
openssl req -newkey rsa:2048 -nodes -subj "/CN=localhost" -keyout server.key -out server.csr
# Apple's devices refuse certificates that are valid for more than 825 days
printf 'subjectAltName=%s\nextendedKeyUsage=serverAuth\n' "$names" > server.ext
openssl x509 -req -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 800 -extfile server.ext -out server.new
mv server.new server.crt
rm server.csr server.ext
