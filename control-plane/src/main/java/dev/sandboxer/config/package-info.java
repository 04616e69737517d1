/**
 * YAML and environment into records. Start at {@link dev.sandboxer.config.Home} and {@link dev.sandboxer.config.ConfigFile}.
 *
 * <p>This package knows the records of the features (profiles); they don't know it.
 */
@NullMarked
package dev.sandboxer.config;

import org.jspecify.annotations.NullMarked;
