/** Our own REST API, for what E2B's API can't express and for operators. */
@NullMarked
package dev.sandboxer.http.api;

import org.jspecify.annotations.NullMarked;
