// An MQTT client in the page, on MQTT.js. What comes from others is only ever shown as text.
"use strict";

const MESSAGES_MAX = 200;
const LOG_MAX = 200;
const SHOWN_BYTES_MAX = 16_384;
const at = (id) => document.getElementById(id);
const number = (id) => Number(at(id).value);
const filters = new Map();
const reader = new TextDecoder("utf-8", { fatal: true });
let client = null;
let version = 5;
let count = 0;

function say(words, isBad = false) {
  const line = document.createElement("li");
  line.textContent = new Date().toLocaleTimeString("en-GB") + "  " + words;
  line.className = isBad ? "bad" : "";
  at("log").prepend(line);
  while (at("log").children.length > LOG_MAX) {
    at("log").lastChild.remove();
  }
}

function showStatus(state, words) {
  at("status").dataset.state = state;
  at("status").querySelector(".state").textContent = words;
  const isOn = state === "up";
  at("connect-button").disabled = client !== null;
  at("disconnect-button").disabled = client === null;
  for (const button of document.querySelectorAll("#subscribe [type=submit], #publish [type=submit]")) {
    button.disabled = !isOn;
  }
}

// The code of a reason, in the way that specifications write it.
function reason(code) {
  return "0x" + code.toString(16).padStart(2, "0");
}

// What an error says, and the reason that the server gave.
function cause(error) {
  const words = error?.reasonString ?? error?.message ?? String(error);
  return error?.code === undefined ? words : `${words} (${typeof error.code === "number" ? reason(error.code) : error.code})`;
}

function withoutGaps(properties) {
  const entries = Object.entries(properties).filter(([, value]) => value !== undefined && value !== "");
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

function will() {
  const topic = at("will-topic").value;
  if (topic === "") {
    return undefined;
  }
  return {
    topic,
    payload: at("will-payload").value,
    qos: number("will-qos"),
    retain: at("will-retain").checked,
    properties: version === 5 ? withoutGaps({ willDelayInterval: number("will-delay") || undefined }) : undefined,
  };
}

function connect() {
  version = number("version");
  const options = {
    protocolVersion: version,
    protocolId: version === 3 ? "MQIsdp" : "MQTT",
    clientId: at("client-id").value || "midge-page-" + crypto.getRandomValues(new Uint32Array(1))[0].toString(16),
    clean: at("clean").checked,
    keepalive: number("keep-alive"),
    connectTimeout: 10_000,
    reconnectPeriod: 0,
    resubscribe: false,
    timerVariant: "native", // Others would be a script of another origin.
    username: at("user").value || undefined,
    password: at("password").value || undefined,
    will: will(),
    properties: version === 5 ? withoutGaps({ sessionExpiryInterval: number("expiry") || undefined }) : undefined,
  };
  const url = at("target").value;
  say(`CONNECT to ${url} as ${options.clientId}`);
  client = mqtt.connect(url, options);
  const own = client;
  client.on("connect", (packet) => {
    showStatus("up", `connected as ${packet.properties?.assignedClientIdentifier ?? options.clientId}`);
    say(`CONNACK, session ${packet.sessionPresent ? "taken up" : "new"}${told(packet.properties)}`);
  });
  client.on("message", (topic, payload, packet) => receive(topic, payload, packet));
  client.on("disconnect", (packet) => say(`DISCONNECT by the server, ${reason(packet.reasonCode ?? 0)}${told(packet.properties)}`, true));
  client.on("error", (error) => say(cause(error), true));
  client.on("close", () => {
    if (client === own) {
      client = null;
      filters.clear();
      showFilters();
      say("closed");
      showStatus("unknown", "not connected");
    }
    own.end(true);
  });
  showStatus("unknown", "connecting");
}

// Properties in a line.
function told(properties) {
  const entries = Object.entries(properties ?? {});
  const text = (value) => (value instanceof Uint8Array ? hex(value) : typeof value === "object" ? JSON.stringify(value) : String(value));
  return entries.length === 0 ? "" : ", " + entries.map(([name, value]) => `${name} ${text(value)}`).join(", ");
}

function hex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ");
}

function asText(bytes) {
  try {
    return reader.decode(bytes);
  } catch {
    return null; // That is no text.
  }
}

function asJson(text) {
  try {
    const value = JSON.parse(text);
    return typeof value === "object" && value !== null ? JSON.stringify(value, null, 2) : null;
  } catch {
    return null;
  }
}

// A payload in a form that it has, the wanted one if it can.
function form(bytes, wanted) {
  const text = wanted === "hex" ? null : asText(bytes);
  if (text === null) {
    return hex(bytes);
  }
  return wanted === "text" ? text : (asJson(text) ?? text);
}

function receive(topic, payload, packet) {
  count++;
  at("count").textContent = String(count);
  const item = document.createElement("li");
  const name = document.createElement("span");
  name.className = "topic";
  name.textContent = topic;
  const note = document.createElement("span");
  note.className = "note";
  note.textContent = ` ${new Date().toLocaleTimeString("en-GB")}, QoS ${packet.qos}${packet.retain ? ", retained" : ""}, ${payload.length} bytes${told(packet.properties)}`;
  const body = document.createElement("pre");
  const cut = payload.subarray(0, SHOWN_BYTES_MAX);
  body.textContent = form(cut, at("shown-as").value) + (cut.length < payload.length ? " ..." : "");
  item.append(name, note, body);
  at("messages").prepend(item);
  while (at("messages").children.length > MESSAGES_MAX) {
    at("messages").lastChild.remove();
  }
}

function showFilters() {
  at("filters").replaceChildren(
    ...[...filters].map(([filter, qos]) => {
      const chip = document.createElement("li");
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = "×";
      button.setAttribute("aria-label", "Unsubscribe from " + filter);
      button.addEventListener("click", () => unsubscribe(filter));
      chip.append(`${filter}, QoS ${qos}`, button);
      return chip;
    }),
  );
}

function subscribe() {
  const filter = at("filter").value;
  const options = { qos: number("filter-qos") };
  if (version === 5) {
    options.nl = at("no-local").checked;
    options.rap = at("as-published").checked;
    options.rh = number("retain-handling");
    options.properties = withoutGaps({ subscriptionIdentifier: number("subscription-id") || undefined });
  }
  say(`SUBSCRIBE ${filter}`);
  client.subscribe(filter, options, (error, granted) => {
    if (error) {
      say(`SUBSCRIBE ${filter}: ${cause(error)}`, true);
      return;
    }
    for (const one of granted) {
      const isRefused = one.qos >= 0x80;
      say(`SUBACK ${one.topic}: ${isRefused ? reason(one.qos) : "QoS " + one.qos}`, isRefused);
      if (!isRefused) {
        filters.set(one.topic, one.qos);
      }
    }
    showFilters();
  });
}

function unsubscribe(filter) {
  client?.unsubscribe(filter, (error) => {
    say(error ? `UNSUBSCRIBE ${filter}: ${cause(error)}` : `UNSUBACK ${filter}`, Boolean(error));
    if (!error) {
      filters.delete(filter);
      showFilters();
    }
  });
}

// The bytes to send, or null if what was written is no hex.
function payload() {
  const written = at("payload").value;
  if (at("payload-form").value === "text") {
    return written;
  }
  const digits = written.replace(/\s+/g, "");
  if (!/^([0-9a-f]{2})*$/i.test(digits)) {
    return null;
  }
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

function userProperties() {
  const pairs = {};
  for (const line of at("user-properties").value.split("\n").filter((one) => one.trim() !== "")) {
    const [name, ...value] = line.split(":");
    (pairs[name.trim()] ??= []).push(value.join(":").trim());
  }
  return Object.keys(pairs).length === 0 ? undefined : pairs;
}

function publish() {
  const bytes = payload();
  if (bytes === null) {
    say("The payload is no hex: two digits for each byte.", true);
    return;
  }
  const topic = at("topic").value;
  const options = { qos: number("qos"), retain: at("retain").checked };
  if (version === 5) {
    options.properties = withoutGaps({
      contentType: at("content-type").value,
      responseTopic: at("response-topic").value,
      correlationData: at("correlation").value === "" ? undefined : new TextEncoder().encode(at("correlation").value),
      messageExpiryInterval: at("message-expiry").value === "" ? undefined : number("message-expiry"),
      userProperties: userProperties(),
    });
  }
  client.publish(topic, bytes, options, (error, packet) => {
    const answer = { 1: ", PUBACK", 2: ", PUBCOMP" }[options.qos] ?? "";
    const code = packet?.reasonCode ? " " + reason(packet.reasonCode) : "";
    say(error ? `PUBLISH ${topic}: ${cause(error)}` : `PUBLISH ${topic}${answer}${code}`, Boolean(error));
  });
}

// What a listener asks for, where everybody knows it.
function suggest() {
  const target = at("target").selectedOptions[0];
  const isTls = target?.value.startsWith("wss:") ?? false;
  at("trust").hidden = !isTls || location.protocol === "https:";
  at("trust-link").href = target?.value.replace(/^ws/, "http") ?? "/";
  const isLogin = target?.dataset.auth === "password";
  const { user = "", password = "" } = at("connect").dataset;
  at("user").value = isLogin ? user : "";
  at("password").value = isLogin ? password : "";
}

for (const [id, action] of Object.entries({ connect, subscribe, publish })) {
  at(id).addEventListener("submit", (event) => {
    event.preventDefault();
    try {
      action();
    } catch (error) {
      say(cause(error), true);
    }
  });
}
at("disconnect-button").addEventListener("click", () => {
  say("DISCONNECT");
  client?.end();
});
at("clear").addEventListener("click", () => {
  count = 0;
  at("count").textContent = "0";
  at("messages").replaceChildren();
});
at("target").addEventListener("change", suggest);
suggest();
