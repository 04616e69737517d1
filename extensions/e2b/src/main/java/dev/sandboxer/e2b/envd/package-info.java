/**
 * Work inside one sandbox through envd, E2B's daemon there ({@code spec/envd}): processes, files, watches and ports. A {@link
 * dev.sandboxer.e2b.envd.E2bSession} is the way in.
 */
@NullMarked
package dev.sandboxer.e2b.envd;

import org.jspecify.annotations.NullMarked;
