/** Whose key a backend is reached with: the vault, and the rules that choose. */
@NullMarked
package dev.sandboxer.credentials;

import org.jspecify.annotations.NullMarked;
