/**
 * The services of E2B's daemon {@code envd}, which runs in each sandbox at E2B: processes and the file system over Connect, files over
 * plain HTTP. The messages are those of {@code e2b-protocol}. Source of the rest: E2B's {@code envd.yaml}.
 */
@NullMarked
package dev.sandboxer.http.e2b.envd;

import org.jspecify.annotations.NullMarked;
