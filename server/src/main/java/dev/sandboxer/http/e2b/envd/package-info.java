/**
 * What E2B's daemon {@code envd} serves inside each sandbox: processes and the file system over Connect, files over plain HTTP.
 * The messages are those of {@code e2b-protocol}; source of the rest: E2B's {@code envd.yaml}.
 */
@NullMarked
package dev.sandboxer.http.e2b.envd;

import org.jspecify.annotations.NullMarked;
