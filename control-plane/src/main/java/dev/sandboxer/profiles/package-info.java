/** What a sandbox may be asked for by name: {@link dev.sandboxer.profiles.ProfileCatalogue} and what it holds. */
@NullMarked
package dev.sandboxer.profiles;

import org.jspecify.annotations.NullMarked;
