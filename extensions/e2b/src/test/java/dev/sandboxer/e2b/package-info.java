/**
 * Tests of the E2B adapter against scripted servers, with errors, faults and limits that no real cloud shows on
 * request.
 */
@NullMarked
package dev.sandboxer.e2b;

import org.jspecify.annotations.NullMarked;
