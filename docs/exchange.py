#!/usr/bin/env python3
"""Send and receive envelopes with Python's own library and `openssl`; nothing of ours.

    exchange.py send FOLDER DESTINATION SEQUENCE   sends a folder's files as one sending unit, waits until it is delivered
    exchange.py receive FOLDER                     fetches what is new into FOLDER, a folder for each envelope

It wants in the environment: INGEST_URL DELIVERY_URL CA_FILE (the doors and the CA of their certificates), OFFICE (the own
office number), CERT KEY (its certificate and key, PEM); for `receive` also OFFICES_CA_FILE, the CA of other offices.
"""

import datetime
import hashlib
import http.client
import io
import json
import os
import pathlib
import random
import ssl
import subprocess
import sys
import time
import urllib.parse
import zipfile

CMS = "application/pkcs7-mime; smime-type=signed-data"
# Not known to be done: the very same request may be sent again.
AGAIN = {408, 429, 500, 503}


def ask(method, url, body=None, content_type="application/json"):
    """One request, repeated until it is known to be done; the answer's bytes. A refusal ends the program with its words."""
    place = urllib.parse.urlsplit(url)
    context = ssl.create_default_context(cafile=os.environ["CA_FILE"])
    context.load_cert_chain(os.environ["CERT"], os.environ["KEY"])
    for attempt in range(8):
        wait = min(2**attempt, 30) * random.uniform(0.5, 1.0)
        connection = http.client.HTTPSConnection(place.netloc, context=context, timeout=90)
        try:
            path = place.path + ("?" + place.query if place.query else "")
            connection.request(method, path, body, {"Content-Type": content_type} if body else {})
            answer = connection.getresponse()
            text = answer.read()
            if answer.status < 300:
                return text
            if answer.status not in AGAIN:
                problem = json.loads(text)
                sys.exit(f"{problem['code']}: {problem['detail']} / {problem['title']}")
            wait = float(answer.headers.get("Retry-After", wait))
        except (OSError, http.client.HTTPException) as error:
            print(f"{url}: {error}; again", file=sys.stderr)
        finally:
            connection.close()
        time.sleep(wait)
    sys.exit(f"{url}: given up; send the same bytes again later")


def openssl(*arguments, data):
    return subprocess.run(["openssl", *arguments], input=data, stdout=subprocess.PIPE, check=True).stdout


def envelope(folder, destination, sequence):
    """The bytes of an envelope: manifest and files in a ZIP, under the office's seal."""
    files = sorted(path for path in pathlib.Path(folder).iterdir() if path.is_file())
    contents = {path.name: path.read_bytes() for path in files}
    manifest = {
        "format": "careplan-envelope/1",
        "sender": os.environ["OFFICE"],
        "destination": destination,
        "sequence": sequence,
        "created_at": datetime.datetime.now().astimezone().isoformat(timespec="seconds"),
        "files": [
            {
                "name": name,
                "role": "standard" if name.upper().endswith(".CSV") else "attachment",
                "size": len(content),
                "sha256": hashlib.sha256(content).hexdigest(),
            }
            for name, content in contents.items()
        ],
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("manifest.json", json.dumps(manifest, ensure_ascii=False))
        for name, content in contents.items():
            archive.writestr(name, content)
    seal = ["cms", "-sign", "-binary", "-nodetach", "-outform", "DER", "-md", "sha256"]
    return openssl(*seal, "-signer", os.environ["CERT"], "-inkey", os.environ["KEY"], data=packed.getvalue())


def send(folder, destination, sequence):
    sealed = envelope(folder, destination, sequence)
    # Keep these bytes until the 202: whoever seals anew sends another envelope.
    accepted = json.loads(ask("POST", os.environ["INGEST_URL"] + "/v1/envelopes", sealed, CMS))
    assert accepted["id"] == hashlib.sha256(sealed).hexdigest()
    while True:
        item = json.loads(ask("GET", os.environ["DELIVERY_URL"] + accepted["status_url"]))
        if item["status"] not in ("accepted", "validated", "routed"):
            break
        time.sleep(1)
    print(item["status"], item["id"])
    for problem in item.get("problems", []):
        print(problem["code"], problem.get("file"), problem.get("line"), problem["message"])
    return 0 if item["status"] in ("delivered", "collected", "imported") else 1


def receive(folder):
    door, after = os.environ["DELIVERY_URL"], ""
    while True:
        page = json.loads(ask("GET", f"{door}/v1/inbox?state=new&wait=0&after={urllib.parse.quote(after)}"))
        if not page["items"]:
            return 0
        # Follow `next` and nothing is missed; a program that runs on keeps it on disk.
        after = page["next"]
        for item in page["items"]:
            take(door, item["id"], pathlib.Path(folder) / item["id"])


def take(door, id, folder):
    sealed = ask("GET", f"{door}/v1/inbox/{id}")
    assert hashlib.sha256(sealed).hexdigest() == id, "the bytes are not those that were sent"
    trusted = os.environ["OFFICES_CA_FILE"]
    packed = openssl("cms", "-verify", "-inform", "DER", "-CAfile", trusted, "-purpose", "any", data=sealed)
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        for file in manifest["files"]:
            name, content = file["name"], archive.read(file["name"])
            assert name == pathlib.PurePath(name).name and "\\" not in name, "a name with a path"
            assert hashlib.sha256(content).hexdigest() == file["sha256"]
            (folder / name).write_bytes(content)
    # On disk first, then said; saying it twice changes nothing.
    ask("POST", f"{door}/v1/inbox/{id}/collected")
    print("collected", id)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["send", folder, destination, sequence]:
            sys.exit(send(folder, destination, sequence))
        case ["receive", folder]:
            sys.exit(receive(folder))
        case _:
            sys.exit(__doc__)
