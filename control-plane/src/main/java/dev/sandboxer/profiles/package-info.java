/** Profiles, the named recipes for sandboxes. Start at {@link dev.sandboxer.profiles.ProfileCatalogue}. */
@NullMarked
package dev.sandboxer.profiles;

import org.jspecify.annotations.NullMarked;
