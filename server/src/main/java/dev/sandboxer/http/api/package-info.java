/** Our own REST API: what E2B's has no words for, and what operators look at. */
@NullMarked
package dev.sandboxer.http.api;

import org.jspecify.annotations.NullMarked;
