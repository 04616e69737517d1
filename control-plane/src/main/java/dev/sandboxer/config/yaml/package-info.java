/** Reads YAML files that people write, and reports every mistake by line and column. */
@NullMarked
package dev.sandboxer.config.yaml;

import org.jspecify.annotations.NullMarked;
