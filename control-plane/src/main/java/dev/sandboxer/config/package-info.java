/**
 * Reads YAML and the environment into records. Start at {@link dev.sandboxer.config.Home} and
 * {@link dev.sandboxer.config.ConfigFile}.
 *
 * <p>This package depends on {@code profiles}, never the other way round: a profile does not know YAML.
 */
@NullMarked
package dev.sandboxer.config;

import org.jspecify.annotations.NullMarked;
