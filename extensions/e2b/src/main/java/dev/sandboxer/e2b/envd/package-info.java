/**
 * Work inside one sandbox through envd, E2B's daemon there ({@code spec/envd}): processes, files, watches and ports.
 * Start at {@link dev.sandboxer.e2b.envd.E2bSession}.
 */
@NullMarked
package dev.sandboxer.e2b.envd;

import org.jspecify.annotations.NullMarked;
