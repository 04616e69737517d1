/** Credentials for backends: the vault that keeps them, and the rules that choose one for a request. */
@NullMarked
package dev.sandboxer.credentials;

import org.jspecify.annotations.NullMarked;
