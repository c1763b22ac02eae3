/// The certificates of this server: what their recipes in `certs/` say, the authority that signs
/// them, and the folder in which keys and certificates are kept. Everything about the inside of a
/// certificate is known here only, and left to a library. Uses `config` to read recipes.
@NullMarked
package dev.midge.certs;

import org.jspecify.annotations.NullMarked;
