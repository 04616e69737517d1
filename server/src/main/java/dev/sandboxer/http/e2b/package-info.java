/**
 * E2B's API as its official clients speak it, put together of three rooms: {@code edge}, {@code control} and {@code envd}. All
 * that is specific to E2B's wire is in here; what it means is decided elsewhere.
 */
@NullMarked
package dev.sandboxer.http.e2b;

import org.jspecify.annotations.NullMarked;
