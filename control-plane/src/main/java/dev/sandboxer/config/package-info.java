/**
 * YAML and environment into records. Start at {@link dev.sandboxer.config.Home} and
 * {@link dev.sandboxer.config.ConfigFile}.
 *
 * <p>This package knows {@code profiles}, which doesn't know it: reading YAML is no business of a profile.
 */
@NullMarked
package dev.sandboxer.config;

import org.jspecify.annotations.NullMarked;
