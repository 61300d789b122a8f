#!/usr/bin/env python3
"""Submit envelopes by AMQP, and take what lies in your own queue. Needs pika (Debian: python3-pika).

  AMQP_URL=amqps://vendor.abc:PASSWORD@relay.example/careplan CA_FILE=ca.pem ./vendor-queue.py submit ENVELOPE…
  AMQP_URL=… ./vendor-queue.py receive FOLDER [--most N] [--idle SECONDS]

`receive` writes envelopes to FOLDER/<id>.p7m, acknowledges each to the relay as imported, and prints a line of JSON for
every message. It ends after N messages, or when nothing came for so many seconds; without both it goes on.
"""
import argparse
import hashlib
import json
import os
import pathlib
import ssl
import urllib.parse

import pika


def connect():
    url = os.environ["AMQP_URL"]
    parameters = pika.URLParameters(url)
    if os.environ.get("CA_FILE"):
        context = ssl.create_default_context(cafile=os.environ["CA_FILE"])
        parameters.ssl_options = pika.SSLOptions(context, parameters.host)
    connection = pika.BlockingConnection(parameters)
    channel = connection.channel()
    channel.confirm_delivery()  # a publish that returns is on the broker's disks
    return channel, urllib.parse.unquote(urllib.parse.urlsplit(url).username)


def publish(channel, user, exchange, body):
    # The user-id says who you are; the broker refuses a false one. Nothing else you could set is looked at.
    properties = pika.BasicProperties(user_id=user, delivery_mode=2)
    channel.basic_publish(exchange, "relay", body, properties, mandatory=True)


def submit(channel, user, files):
    for file in files:
        envelope = pathlib.Path(file).read_bytes()
        publish(channel, user, "relay.submit", envelope)
        print(json.dumps({"submitted": hashlib.sha256(envelope).hexdigest()}), flush=True)


def take_in(folder, envelope_id, envelope):
    """Yours to write: here the envelope is only kept. The same id may come again, and must then change nothing."""
    if hashlib.sha256(envelope).hexdigest() != envelope_id:
        raise ValueError(f"{envelope_id}: not its bytes")
    part = folder / f"{envelope_id}.part"
    part.write_bytes(envelope)
    part.rename(folder / f"{envelope_id}.p7m")


def receive(channel, user, folder, most, idle):
    folder.mkdir(parents=True, exist_ok=True)
    channel.basic_qos(prefetch_count=16)  # 16 envelopes of 10 MiB are enough in memory
    taken = 0
    for method, properties, body in channel.consume(user, inactivity_timeout=idle):
        if method is None:
            break
        line = {"type": properties.type, "message_id": properties.message_id}
        if properties.type == "envelope":
            take_in(folder, properties.message_id, body)
            line["headers"] = properties.headers
            answer = {"id": properties.message_id, "step": "imported", "result": "ok", "software": "example/1"}
            publish(channel, user, "relay.acks", json.dumps(answer))
        else:  # "status" and "notice" are JSON; types to come are to be passed over
            line["body"] = json.loads(body)
        print(json.dumps(line), flush=True)
        channel.basic_ack(method.delivery_tag)  # last: what is not acknowledged comes again
        taken += 1
        if taken == most:
            break
    channel.cancel()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    submitting = commands.add_parser("submit")
    submitting.add_argument("files", nargs="+")
    receiving = commands.add_parser("receive")
    receiving.add_argument("folder", type=pathlib.Path)
    receiving.add_argument("--most", type=int)
    receiving.add_argument("--idle", type=float)
    arguments = parser.parse_args()
    channel, user = connect()
    if arguments.command == "submit":
        submit(channel, user, arguments.files)
    else:
        receive(channel, user, arguments.folder, arguments.most, arguments.idle)
    channel.connection.close()


main()
