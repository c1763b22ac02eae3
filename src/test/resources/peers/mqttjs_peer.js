// Clients of MQTT.js, told what to do by a line each, in the form of a web form.
'use strict';

const readline = require('node:readline');
const mqtt = require('mqtt');

const peers = new Map();

function tell(fields) {
  const form = new URLSearchParams();
  for (const [name, values] of Object.entries(fields)) {
    for (const value of [values].flat()) {
      form.append(name, value ?? '');
    }
  }
  process.stdout.write(`${form}\n`);
}

function answer(ask, problem) {
  tell(problem ? { id: ask.get('id'), error: String(problem) } : { id: ask.get('id') });
}

function connect(ask) {
  const version = Number(ask.get('version'));
  const webSocket = ask.get('transport') === 'WEBSOCKET';
  const options = {
    protocolVersion: version,
    protocolId: version === 3 ? 'MQIsdp' : 'MQTT',
    clientId: ask.get('clientId'),
    clean: ask.get('clean') === '1',
    username: ask.get('user') ?? undefined,
    reconnectPeriod: 0,
  };
  if (ask.has('willTopic')) {
    options.will = {
      topic: ask.get('willTopic'),
      payload: ask.get('willPayload'),
      qos: Number(ask.get('willQos')),
      retain: ask.get('willRetain') === '1',
    };
  }
  if (version === 5) {
    options.properties = {
      sessionExpiryInterval: Number(ask.get('expiry')),
      topicAliasMaximum: Number(ask.get('aliases')), // Not with QoS 2: MQTT.js loses the topic.
    };
    options.autoUseTopicAlias = true;
    options.autoAssignTopicAlias = true;
  }
  const url = `${webSocket ? 'ws' : 'mqtt'}://127.0.0.1:${ask.get('port')}`;
  const client = mqtt.connect(webSocket ? `${url}/mqtt` : url, options);
  const peer = ask.get('peer');
  peers.set(peer, client);
  let reason = 0;
  client.on('connect', (connack) => {
    const present = version > 3 && connack.sessionPresent;
    tell({ id: ask.get('id'), reason: 0, present: present ? 1 : 0 });
  });
  client.on('error', (error) => tell({ id: ask.get('id'), reason: error.code ?? error.message }));
  client.on('disconnect', (packet) => { reason = packet.reasonCode ?? 0; });
  client.on('close', () => tell({ peer, event: 'closed', reason }));
  client.on('message', (topic, payload, packet) => {
    const properties = packet.properties ?? {};
    tell({
      peer,
      event: 'message',
      topic,
      payload: payload.toString(),
      qos: packet.qos,
      retain: packet.retain ? 1 : 0,
      property: pairs(properties.userProperties),
      contentType: properties.contentType,
      responseTopic: properties.responseTopic,
      correlation: properties.correlationData?.toString(),
      expiry: properties.messageExpiryInterval ?? 0,
      subscription: properties.subscriptionIdentifier ?? [],
    });
  });
}

function pairs(properties) {
  return Object.entries(properties ?? {}).flatMap(
    ([name, values]) => [values].flat().map((value) => `${name}=${value}`));
}

function subscribe(ask, client) {
  const options = { qos: Number(ask.get('qos')) };
  if (ask.get('subscription') !== '0') {
    options.properties = { subscriptionIdentifier: Number(ask.get('subscription')) };
  }
  client.subscribe(ask.get('filter'), options, (problem) => answer(ask, problem));
}

function publish(ask, client) {
  const options = { qos: Number(ask.get('qos')), retain: ask.get('retain') === '1' };
  if (client.options.protocolVersion === 5) {
    const properties = (options.properties = {});
    for (const pair of ask.getAll('property')) {
      const [name, value] = pair.split('=');
      properties.userProperties ??= {};
      (properties.userProperties[name] ??= []).push(value);
    }
    if (ask.get('contentType')) properties.contentType = ask.get('contentType');
    if (ask.get('responseTopic')) properties.responseTopic = ask.get('responseTopic');
    if (ask.get('correlation')) properties.correlationData = Buffer.from(ask.get('correlation'));
    if (ask.get('expiry') !== '0') properties.messageExpiryInterval = Number(ask.get('expiry'));
  }
  client.publish(ask.get('topic'), ask.get('payload'), options, (problem) => answer(ask, problem));
}

function disconnect(ask, client) {
  const options = { reasonCode: Number(ask.get('reason')) };
  client.end(false, options, (problem) => answer(ask, problem));
}

function close(ask, client) {
  if (client) {
    client.end(true, () => answer(ask));
  } else {
    answer(ask);
  }
}

const actions = { connect, subscribe, publish, disconnect, close };

readline.createInterface({ input: process.stdin, crlfDelay: Infinity }).on('line', (line) => {
  const ask = new URLSearchParams(line);
  actions[ask.get('do')](ask, peers.get(ask.get('peer')));
}).on('close', () => process.exit(0));
