/** YAML files that people write, read with every mistake reported by line and column. */
@NullMarked
package dev.sandboxer.config.yaml;

import org.jspecify.annotations.NullMarked;
