/// The clients that people use, each with all that it can do, over each transport that it speaks. A
/// [Peer] hides how each library says a thing, so that a feature is tested in one place.
@NullMarked
package dev.midge.peers;

import org.jspecify.annotations.NullMarked;
