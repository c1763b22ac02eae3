"""Clients of Paho for Python, told what to do by a line each, in the form of a web form."""

import sys
import threading
from urllib.parse import parse_qs, urlencode

from paho.mqtt import client as mqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCodes
from paho.mqtt.subscribeoptions import SubscribeOptions

output = threading.Lock()


def tell(**fields):
    line = urlencode(fields, doseq=True) + "\n"
    with output:
        sys.stdout.write(line)
        sys.stdout.flush()


class Peer:
    def __init__(self, name):
        self.name = name
        self.lock = threading.Lock()  # Not for calls of Paho, which has locks of its own.
        self.waiting = {}  # What Paho calls it, and the question that it answers.
        self.early = {}  # The same and the answer, if that came before Paho said what it calls it.
        self.aliases = {}
        self.aliases_max = 0
        self.window = threading.Semaphore(200)  # What is published at once.
        self.client = None

    def connect(self, ask):
        self.version = int(ask["version"])
        five = self.version == 5
        options = {
            "client_id": ask["clientId"],
            "protocol": self.version,
            "transport": "websockets" if ask["transport"] == "WEBSOCKET" else "tcp",
        }
        if not five:
            options["clean_session"] = ask["clean"] == "1"
        if hasattr(mqtt, "CallbackAPIVersion"):  # Paho 2
            options["callback_api_version"] = mqtt.CallbackAPIVersion.VERSION1
        self.client = client = mqtt.Client(**options)
        client.ws_set_options(path="/mqtt")
        if "user" in ask:
            client.username_pw_set(ask["user"])
        if "willTopic" in ask:
            client.will_set(
                ask["willTopic"], ask["willPayload"], int(ask["willQos"]), ask["willRetain"] == "1")
        # No limit of Paho's own: it counts what it receives as sent, in the middle of publish(), and
        # what waited in its queue is then overtaken by what did not.
        client.max_inflight_messages_set(0)
        client.on_connect = self.on_connect
        client.on_disconnect = self.on_disconnect
        client.on_message = self.on_message
        client.on_subscribe = lambda c, u, mid, *rest: self.done(("subscribe", mid))
        client.on_publish = self.on_publish
        self.wait("connect", ask)
        more = {}
        if five:
            properties = Properties(PacketTypes.CONNECT)
            properties.SessionExpiryInterval = int(ask["expiry"])
            more = {"clean_start": ask["clean"] == "1", "properties": properties}
        client.connect("127.0.0.1", int(ask["port"]), 60, **more)
        client.loop_start()

    def on_connect(self, client, userdata, flags, code, properties=None):
        self.aliases_max = getattr(properties, "TopicAliasMaximum", 0)
        present = flags["session present"] if self.version > 3 else 0
        self.done("connect", reason=getattr(code, "value", code), present=int(present))

    def on_disconnect(self, client, userdata, code, properties=None):
        client.disconnect()  # Or Paho would connect again.
        self.done("disconnect")
        reason = code.value if hasattr(code, "value") else 0
        tell(peer=self.name, event="closed", reason=reason)

    def on_message(self, client, userdata, message):
        fields = {
            "topic": message.topic,
            "payload": message.payload.decode(),
            "qos": message.qos,
            "retain": int(message.retain),
        }
        properties = getattr(message, "properties", None)
        if properties is not None:
            fields["property"] = ["=".join(pair) for pair in getattr(properties, "UserProperty", [])]
            fields["contentType"] = getattr(properties, "ContentType", "")
            fields["responseTopic"] = getattr(properties, "ResponseTopic", "")
            fields["correlation"] = getattr(properties, "CorrelationData", b"").decode()
            fields["expiry"] = getattr(properties, "MessageExpiryInterval", 0)
            fields["subscription"] = getattr(properties, "SubscriptionIdentifier", [])
        tell(peer=self.name, event="message", **fields)

    def subscribe(self, ask):
        if self.version == 5:
            properties = None
            if ask["subscription"] != "0":
                properties = Properties(PacketTypes.SUBSCRIBE)
                properties.SubscriptionIdentifier = int(ask["subscription"])
            options = SubscribeOptions(qos=int(ask["qos"]))
            _, mid = self.client.subscribe(ask["filter"], options=options, properties=properties)
        else:
            _, mid = self.client.subscribe(ask["filter"], int(ask["qos"]))
        self.wait(("subscribe", mid), ask)

    def publish(self, ask):
        topic, more = ask["topic"], {}
        if self.version == 5:
            properties = Properties(PacketTypes.PUBLISH)
            for pair in ask.get("property", []):
                properties.UserProperty = tuple(pair.split("=", 1))
            if ask["contentType"]:
                properties.ContentType = ask["contentType"]
            if ask["responseTopic"]:
                properties.ResponseTopic = ask["responseTopic"]
            if ask["correlation"]:
                properties.CorrelationData = ask["correlation"].encode()
            if ask["expiry"] != "0":
                properties.MessageExpiryInterval = int(ask["expiry"])
            if topic in self.aliases:
                properties.TopicAlias, topic = self.aliases[topic], ""
            elif len(self.aliases) < self.aliases_max:
                properties.TopicAlias = self.aliases[topic] = len(self.aliases) + 1
            more = {"properties": properties}
        self.window.acquire()
        info = self.client.publish(
            topic, ask["payload"], int(ask["qos"]), ask["retain"] == "1", **more)
        self.wait(("publish", info.mid), ask)

    def on_publish(self, client, userdata, mid, *rest):
        self.window.release()
        self.done(("publish", mid))

    def disconnect(self, ask):
        self.wait("disconnect", ask)
        if self.version == 5:
            self.client.disconnect(
                reasoncode=ReasonCodes(PacketTypes.DISCONNECT, identifier=int(ask["reason"])))
        else:
            self.client.disconnect()

    def close(self, ask):
        if self.client is not None:
            self.client.disconnect()
            self.client.loop_stop()
        tell(id=ask["id"])

    def wait(self, what, ask):
        with self.lock:
            if what not in self.early:
                self.waiting[what] = ask["id"]
                return
            fields = self.early.pop(what)
        tell(id=ask["id"], **fields)

    def done(self, what, **fields):
        with self.lock:
            if what not in self.waiting:
                self.early[what] = fields
                return
            question = self.waiting.pop(what)
        tell(id=question, **fields)


peers = {}
for line in sys.stdin:
    form = parse_qs(line.rstrip("\n"), keep_blank_values=True)
    ask = {name: values if name == "property" else values[0] for name, values in form.items()}
    peer = peers.setdefault(ask["peer"], Peer(ask["peer"]))
    try:
        getattr(peer, ask["do"])(ask)
    except Exception as problem:
        tell(id=ask["id"], error=repr(problem))
