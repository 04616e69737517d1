/** Broken connections. */
@NullMarked
package dev.sandboxer.e2b.http;

import org.jspecify.annotations.NullMarked;
