/**
 * The description of a sandbox to create: {@link dev.sandboxer.extension.spec.SandboxSpec} and its parts.
 *
 * <p>All types are immutable and thread-safe. Constructors reject invalid values with an {@link IllegalArgumentException} whose
 * message names the violated constraint.
 */
@NullMarked
package dev.sandboxer.extension.spec;

import org.jspecify.annotations.NullMarked;
