/// Methods by which clients prove who they are: implementations of the ports of `broker`. Pure
/// cryptography of the JDK; owns no state but the accounts that it is given.
@NullMarked
package dev.midge.auth;

import org.jspecify.annotations.NullMarked;
