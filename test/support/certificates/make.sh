#!/bin/sh
# Makes the certificates of the tests, valid for a hundred years. They protect nothing: the keys lie beside them.
set -e
cd "$(dirname "$0")"
key() { openssl ecparam -name prime256v1 -genkey -noout -out "$1.key"; }
authority() {
  key "$1"
  openssl req -x509 -new -key "$1.key" -out "$1.pem" -days 36500 -subj "/CN=bothways test $1"
}
signed() {
  key "$1"
  openssl req -new -key "$1.key" -subj "/CN=$1" |
    openssl x509 -req -CA authority.pem -CAkey authority.key -days 36500 -out "$1.pem" -extfile extensions.txt
}
echo 'subjectAltName=DNS:localhost,IP:127.0.0.1' >extensions.txt
authority authority
signed server
signed client
authority stranger
rm -f authority.key extensions.txt *.srl
