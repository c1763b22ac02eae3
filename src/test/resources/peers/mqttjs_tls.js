// A client of MQTT.js that trusts one authority, sends itself a message and tells what comes.
'use strict';

const fs = require('node:fs');
const mqtt = require('mqtt');

const [url, ca] = process.argv.slice(2);
const client = mqtt.connect(url, { ca: fs.readFileSync(ca), reconnectPeriod: 0 });
const say = (words) => {
  console.log(words);
  client.end(true, () => process.exit());
};
client.on('connect', () => client.subscribe('js', { qos: 1 }, () => {
  client.publish('js', 'from a script', { qos: 1 });
}));
client.on('message', (topic, payload) => say(`received ${payload}`));
client.on('error', (error) => say(error.code));
