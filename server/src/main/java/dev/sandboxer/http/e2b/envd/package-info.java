/**
 * What E2B's daemon {@code envd} serves inside each sandbox: processes and the file system over Connect, files over plain HTTP.
 * Source of the wire: E2B's {@code process.proto}, {@code filesystem.proto} and {@code envd.yaml}.
 */
@NullMarked
package dev.sandboxer.http.e2b.envd;

import org.jspecify.annotations.NullMarked;
