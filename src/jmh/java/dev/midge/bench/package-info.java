/// What single steps of a message's journey cost, in time and in allocated bytes. `./midge bench`
/// runs them; `loadtest/README.md` says how.
package dev.midge.bench;
