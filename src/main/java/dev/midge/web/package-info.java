/// The web site: pages for people, files and JSON for programs. Answers what comes to the port
/// `Site` of `listener`; sockets are no concern of this room, and no rule of MQTT lives here.
/// Templates and assets are in the folder `web` of the project. Uses `listener` for what is open,
/// `certs` for certificates, `limit` for how much an address may have, `observe` and `history` for
/// how the server is and was, `broker` for what the operator sees and ends. What pages use of
/// others (MQTT.js, uPlot) the build gets from npm.
@NullMarked
package dev.midge.web;

import org.jspecify.annotations.NullMarked;
