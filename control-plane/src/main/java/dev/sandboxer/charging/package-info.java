/**
 * Where sandboxes' lives and money meet: {@link dev.sandboxer.charging.Charging} listens to transitions, and holds, measures,
 * captures and releases.
 */
@NullMarked
package dev.sandboxer.charging;

import org.jspecify.annotations.NullMarked;
