/// Who is let in, and what for: accounts and policies of the access file, passwords, SCRAM and
/// tokens, as implementations of the ports of `broker`. What is known at one moment is immutable,
/// and replaced as a whole. Checks that take long have threads of their own. Uses `config` to say
/// what is wrong with its files.
@NullMarked
package dev.midge.auth;

import org.jspecify.annotations.NullMarked;
