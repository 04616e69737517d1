/** The REST API of sand-boxer itself, for operators and for what E2B's API can't express. */
@NullMarked
package dev.sandboxer.http.api;

import org.jspecify.annotations.NullMarked;
