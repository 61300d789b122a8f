#!/usr/bin/env bash
# A first envelope with nothing but zip, openssl and curl: `first-envelope.sh FOLDER` sends the files of a folder as one
# sending unit. It wants, in the environment:
#   INGEST_URL CA_FILE    the door and the CA of its certificate
#   CERT KEY              the sender's certificate and key (PEM)
#   SENDER DESTINATION    office numbers
#   SEQUENCE              the 14 digits in the files' names
set -euo pipefail
folder=$1
work=$(pwd)

# 1. manifest.json: who sends what to whom, with size and SHA-256 of every file.
files=""
for path in "$folder"/*; do
  name=$(basename "$path")
  size=$(wc -c <"$path")
  digest=$(sha256sum "$path" | cut -d' ' -f1)
  files+="${files:+,}{\"name\":\"$name\",\"role\":\"standard\",\"size\":$size,\"sha256\":\"$digest\"}"
done
cat >manifest.json <<JSON
{"format":"careplan-envelope/1","sender":"$SENDER","destination":"$DESTINATION","sequence":"$SEQUENCE",
 "created_at":"$(date -Iseconds)","files":[$files]}
JSON

# 2. The ZIP: manifest.json first, then the files, all at the root.
rm -f content.zip
zip -q -X -j content.zip manifest.json
(cd "$folder" && zip -q -X -g "$work/content.zip" ./*)

# 3. The seal: CMS SignedData with content and certificate inside.
openssl cms -sign -binary -nodetach -outform DER ${OPENSSL_CMS_FLAGS:-} \
  -md sha256 -signer "$CERT" -inkey "$KEY" -in content.zip -out envelope.p7m

# 4. To the door. 202 means: on disk and confirmed. On 503 send the very same file again.
curl --fail-with-body --silent --show-error --cacert "$CA_FILE" --cert "$CERT" --key "$KEY" \
  -H 'Content-Type: application/pkcs7-mime; smime-type=signed-data' --data-binary @envelope.p7m "$INGEST_URL/v1/envelopes"
echo
