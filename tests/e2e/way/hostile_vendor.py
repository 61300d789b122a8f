"""A vendor that tries what it may not, and writes what it likes around an envelope. Prints how each try ended."""
import json
import os
import pathlib
import sys

import pika

envelope = pathlib.Path(sys.argv[1]).read_bytes()
other = sys.argv[2] if 2 < len(sys.argv) else "vendor.good"
parameters = pika.URLParameters(os.environ["AMQP_URL"])
user = parameters.credentials.username
answers = {}


def attempt(name, act):
    connection = pika.BlockingConnection(parameters)
    channel = connection.channel()
    channel.confirm_delivery()
    try:
        act(channel)
        answers[name] = "done"
    except pika.exceptions.ChannelClosedByBroker as closed:
        answers[name] = closed.reply_code
    except pika.exceptions.ConnectionClosedByBroker as closed:
        answers[name] = closed.reply_code
    if connection.is_open:
        connection.close()


def publish(channel, exchange, body, **properties):
    channel.basic_publish(exchange, "any.key", body, pika.BasicProperties(**properties), mandatory=True)



def stamped(expiration):
    """A submission with everything that might be taken for the relay's own."""
    return {
        "user_id": user,
        "message_id": "0" * 64 + "\x00",
        "type": "outcome",
        "priority": 9,
        "expiration": expiration,
        "delivery_mode": 1,
        "reply_to": other,
        "correlation_id": "relay",
        "headers": {
            "CC": [f"{other}.0300000005", "00.0300000005"],
            "BCC": ["relay.office"],
            "acceptance": "0" * 32,
            "accepted_at": "2020-01-01T00:00:00+09:00",
            "accepted_by": "ingest/x/1",
            "submitter": "office:0300000005",
            "sender": "0300000005",
            "destination": "0300000100",
            "validated_at": "2020-01-01T00:00:00+09:00",
            "validated_by": "validation/x/1",
            "routed_at": "2020-01-01T00:00:00+09:00",
            "sending": "{}",
            "station": "validation",
            "cause": "none",
            "x-delivery-count": 99,
            "x-death": [{"queue": "validation.00", "reason": "delivery_limit", "count": 1}],
            "x-first-death-queue": "validation.00",
            "x-last-death-queue": "validation.00",
            "traceparent": "no",
        },
    }


if len(sys.argv) == 2:
    # Nobody reads the queue now: the message expires there.
    attempt("expires", lambda channel: publish(channel, "relay.submit", envelope, **stamped("1")))
    print(json.dumps(answers))
    sys.exit()

attempt("read another's queue", lambda channel: channel.basic_get(other))
attempt("read a stage's queue", lambda channel: channel.basic_get("submit"))
attempt("purge its own queue", lambda channel: channel.queue_purge(other))
attempt("declare a queue", lambda channel: channel.queue_declare("vendor.new", durable=True))
attempt("bind its own queue", lambda channel: channel.queue_bind(user, "relay.submitted", "#"))
attempt("delete an exchange", lambda channel: channel.exchange_delete("relay.submitted"))
for exchange in ["relay.submitted", "relay.routed", "relay.office", "relay.parked", ""]:
    attempt(f"publish to {exchange}", lambda channel, to=exchange: publish(channel, to, envelope, user_id=user))
attempt("foreign user-id", lambda channel: publish(channel, "relay.submit", envelope, user_id=other))
attempt("no user-id", lambda channel: publish(channel, "relay.submit", envelope))
attempt("no user-id, ack", lambda channel: publish(channel, "relay.acks", b"{}"))
attempt("ack of nothing", lambda channel: publish(channel, "relay.acks", b"\xff{", user_id=user, message_id="x\x00y"))
attempt(
    "ack of another's",
    lambda channel: publish(
        channel, "relay.acks", json.dumps({"id": sys.argv[3], "step": "collected"}).encode(), user_id=user
    ),
)
attempt("stamps", lambda channel: publish(channel, "relay.submit", envelope, **stamped("60000")))
print(json.dumps(answers))
