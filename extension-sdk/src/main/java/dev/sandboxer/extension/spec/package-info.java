/**
 * What a sandbox is asked to be, as values: {@link dev.sandboxer.extension.spec.SandboxSpec} and its parts.
 *
 * <p>Everything here is immutable and safe for use by several threads. A value that breaks a rule is refused where it is made,
 * with an {@link IllegalArgumentException} whose message names the rule.
 */
@NullMarked
package dev.sandboxer.extension.spec;

import org.jspecify.annotations.NullMarked;
